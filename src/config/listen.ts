import { isIPv6 } from 'node:net';
import { z } from 'zod';
import { isHost } from './host.ts';
import type { Kind } from './kinds.ts';

/** Where the server listens. */
export interface ListenAddress {
  /** A host name or IP address without brackets; undefined for all interfaces. */
  readonly host: string | undefined;
  /** 0 for any free port. */
  readonly port: number;
}

/** Reads `HOST:PORT`, `:PORT` or `[IPv6]:PORT`. @returns the address, or what must be done about the text. */
function parseListenAddress(text: string): ListenAddress | { readonly remedy: string } {
  if (isIPv6(text)) return { remedy: `must name a port; an IPv6 address goes in brackets: "[${text}]:8080"` };
  const match = /^(?:\[(?<bracketed>[^\]]*)\]|(?<plain>[^:[\]]*)):(?<port>[^:]*)$/.exec(text);
  if (match?.groups === undefined) return { remedy: 'must be HOST:PORT, ":PORT" or "[IPv6]:PORT"' };
  const { bracketed, plain, port = '' } = match.groups;
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    return { remedy: 'port must be 1-65535 (0: any free one)' };
  if (bracketed !== undefined && !isIPv6(bracketed))
    return { remedy: 'only an IPv6 address goes in brackets' };
  const host = bracketed ?? plain ?? '';
  if (host !== '' && !isHost(host))
    return { remedy: 'the host must be an IP address of this machine or its name' };
  return { host: host === '' ? undefined : host, port: Number(port) };
}

/** The address as it is written: `127.0.0.1:8080`, `:8080`, `[::1]:8080`. */
export function formatListenAddress(address: ListenAddress): string {
  const { host = '', port } = address;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

export const listenAddress: Kind<ListenAddress> = {
  form: '`HOST:PORT`, `:PORT` for all interfaces, `[IPv6]:PORT`; port 0 for any free one',
  schema: z.unknown().transform((value, context): ListenAddress => {
    const parsed =
      typeof value === 'string'
        ? parseListenAddress(value)
        : { remedy: 'must be a text, such as ":8080" in quotes' };
    if (!('remedy' in parsed)) return parsed;
    context.addIssue({ code: 'custom', message: parsed.remedy });
    return z.NEVER;
  }),
  fromText: (text) => text,
  nature: 'plain',
};
