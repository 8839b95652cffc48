import { strangeAnswer } from '../strange-answer.ts';

export interface GlusterPeer {
  readonly uuid: string;
  /** All names gluster knows the peer by; `localhost` for the node itself. */
  readonly names: readonly string[];
  readonly isConnected: boolean;
  /** It takes part in the cluster: bricks may be put on it. The node itself always does. */
  readonly isMember: boolean;
}

/** glusterd's number for "Peer in Cluster". */
const inCluster = '3';

/**
 * Reads `gluster pool list --xml`. By hand: an installation may have a thousand peers, every deletion asks for them, and an
 * XML parser takes ten times as long for these flat records.
 *
 * @throws AppError `node.strange_answer`.
 */
export function parsePool(output: string): GlusterPeer[] {
  const list = /<cliOutput>[^]*<peerStatus(?:\/>|>([^]*)<\/peerStatus>)\s*<\/cliOutput>\s*$/.exec(output);
  // gluster defines no entities: whoever does wants something else than to answer.
  if (list === null || output.includes('<!DOCTYPE')) throw strangeAnswer('gluster pool list', output);
  const rest = (list[1] ?? '').trim();
  return rest === ''
    ? []
    : rest.split(/<\/peer>\s*/).flatMap((text) => (text === '' ? [] : [parsePeer(text)]));
}

function parsePeer(text: string): GlusterPeer {
  const isPeer = text.startsWith('<peer>');
  const uuid = valueOf('uuid', text);
  const connected = valueOf('connected', text);
  const state = valueOf('state', text);
  const names = [...text.matchAll(/<hostname>([^<]+)<\/hostname>/g)].map(([, name]) => name ?? '');
  if (!isPeer || uuid === undefined || names.length === 0 || (connected !== '0' && connected !== '1'))
    throw strangeAnswer('gluster pool list', text);
  return {
    uuid,
    names: [...new Set(names)],
    isConnected: connected === '1',
    isMember: state === undefined || state === inCluster,
  };
}

const valueOf = (name: string, text: string): string | undefined =>
  new RegExp(`<${name}>([^<]+)</${name}>`).exec(text)?.[1];
