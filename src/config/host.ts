import { isIP } from 'node:net';
import { z } from 'zod';
import type { Kind } from './kinds.ts';

const label = '[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?';
const hostName = new RegExp(`^${label}(\\.${label})*\\.?$`);

/** True for a DNS name or an IP address without brackets. Only digits and dots is a mistyped address, never a name. */
export function isHost(host: string): boolean {
  if (isIP(host) !== 0) return true;
  return host.length <= 253 && hostName.test(host) && !/^[\d.]+$/.test(host);
}

/** A machine by name or address. */
export const host: Kind<string> = {
  form: 'host name or IP address',
  schema: z
    .string({ error: 'must be a text; put quotes around it' })
    .refine(isHost, { error: 'must be a host name or an IP address, without user and port' }),
  fromText: (text) => text,
  nature: 'plain',
};
