import { randomBytes } from 'node:crypto';

const idBytes = 16;

/** Random bytes for the next ids: the system is asked for many at a time. */
let pool = Buffer.alloc(0);
let at = 0;

/** A new id as every object of the wire contract has one: 16 random bytes, 32 lower-case hex digits. */
export function newId(): string {
  if (at === pool.length) {
    pool = randomBytes(256 * idBytes);
    at = 0;
  }
  at += idBytes;
  return pool.toString('hex', at - idBytes, at);
}

const uuidAlphabet = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const lvmUuidGroups = [6, 4, 4, 4, 4, 4, 6];

/**
 * A new LVM UUID (`pvcreate --uuid`): 32 characters in groups of 6-4-4-4-4-4-6. Mortar chooses it beforehand so that a
 * physical volume found after a crash can be told from a foreign one.
 */
export function newLvmUuid(): string {
  const bytes = randomBytes(32);
  const characters = [...bytes].map((byte) => uuidAlphabet[byte % uuidAlphabet.length]).join('');
  let from = 0;
  return lvmUuidGroups.map((length) => characters.slice(from, (from += length))).join('-');
}
