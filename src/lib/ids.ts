import { randomBytes } from 'node:crypto';

const idPattern = /^[0-9a-f]{32}$/;

/** A new id as every object of the wire contract has one: 16 random bytes, 32 lower-case hex digits. */
export function newId(): string {
  return randomBytes(16).toString('hex');
}

export function isId(text: string): boolean {
  return idPattern.test(text);
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
  let at = 0;
  return lvmUuidGroups.map((length) => characters.slice(at, (at += length))).join('-');
}
