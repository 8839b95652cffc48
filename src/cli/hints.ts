import { ClientError, TransportError } from '../client/client-error.ts';

/** What may help a person at a terminal; scripts get heketi-cli's words alone. */
export function hintFor(thrown: unknown): string | undefined {
  if (thrown instanceof TransportError && thrown.systemCode === 'ECONNREFUSED') {
    return 'Does the server run, and there? Its address: --server, or MORTAR_SERVER.';
  }
  if (!(thrown instanceof ClientError)) return undefined;
  if (thrown.status === 401) return 'User and key: MORTAR_USER and MORTAR_KEY, or --user and --secret.';
  if (thrown.code === 'placement.no_room') {
    return 'The same flags with "volume plan" show every device and what would help.';
  }
  return thrown.remedy;
}
