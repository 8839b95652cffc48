import { createHash, createHmac } from 'node:crypto';

/** One line of a known_hosts file; sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT", has the form. */
export interface KnownHost {
  readonly file: string;
  readonly lineNumber: number;
  readonly marker?: 'cert-authority' | 'revoked' | undefined;
  /** The first field as it stands: patterns with commas between, or one hashed name. */
  readonly names: string;
  readonly keyType: string;
  readonly key: Buffer;
}

/** What the files say of a key that a host shows. */
export type HostKeyVerdict =
  | { readonly kind: 'known' }
  /** `authority`: a line that would know it if certificates were understood. */
  | { readonly kind: 'unknown'; readonly authority: KnownHost | undefined }
  | { readonly kind: 'changed' | 'revoked'; readonly line: KnownHost };

const linePattern =
  /^(?:@(?<marker>\S+)\s+)?(?<names>\S+)\s+(?<keyType>\S+)\s+(?<key>[A-Za-z0-9+/]+=*)(?:\s|$)/;

/** Reads a known_hosts file. Lines that cannot be read are passed over, as OpenSSH does. */
export function parseKnownHosts(text: string, file: string): KnownHost[] {
  const lines: KnownHost[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const trimmed = line.trim();
    const parts = trimmed.startsWith('#') ? undefined : linePattern.exec(trimmed)?.groups;
    const { marker, names = '', keyType = '', key = '' } = parts ?? {};
    if (parts === undefined) continue;
    if (marker !== undefined && marker !== 'cert-authority' && marker !== 'revoked') continue;
    lines.push({ file, lineNumber: index + 1, marker, names, keyType, key: Buffer.from(key, 'base64') });
  }
  return lines;
}

/** The name under which a host stands in known_hosts: with brackets and port when that is not 22. */
function knownHostName(address: string, port: number): string {
  const name = address.toLowerCase();
  return port === 22 ? name : `[${name}]:${port}`;
}

/**
 * Judges the key that the host of this address shows. A host that has keys on record, but none is this one, counts as
 * changed whatever the type of the key: since the types on record are asked for first (`orderHostKeyAlgorithms`), it no longer
 * has them. A host on another port than 22 may also stand there without its port, as OpenSSH allows.
 */
export function judgeHostKey(
  lines: readonly KnownHost[],
  host: { readonly address: string; readonly port: number },
  key: Buffer,
): HostKeyVerdict {
  const own = lines.filter((line) => standsFor(line, knownHostName(host.address, host.port)));
  const alike =
    host.port === 22 ? [] : lines.filter((line) => standsFor(line, knownHostName(host.address, 22)));
  const revoked = [...own, ...alike].find((line) => line.marker === 'revoked' && line.key.equals(key));
  if (revoked !== undefined) return { kind: 'revoked', line: revoked };
  const plain = own.filter((line) => line.marker === undefined);
  if (plain.some((line) => line.key.equals(key))) return { kind: 'known' };
  const [other] = plain.toSorted((a, b) => rank(a, key) - rank(b, key));
  if (other !== undefined) return { kind: 'changed', line: other };
  if (alike.some((line) => line.marker === undefined && line.key.equals(key))) return { kind: 'known' };
  return { kind: 'unknown', authority: own.find((line) => line.marker === 'cert-authority') };
}

/** Lines with a key of the same type are the better explanation of a change. */
function rank(line: KnownHost, key: Buffer): number {
  return line.keyType === hostKeyType(key) ? 0 : 1;
}

/** Host key algorithms of ours by the type of key they use; SHA-1 signatures are left out. */
const algorithmsByType = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
} as const;

type HostKeyAlgorithm = (typeof algorithmsByType)[keyof typeof algorithmsByType][number];

/** The host key algorithms to offer, those first for which the host has a key on record. */
export function orderHostKeyAlgorithms(
  lines: readonly KnownHost[],
  host: { readonly address: string; readonly port: number },
): HostKeyAlgorithm[] {
  const names = [knownHostName(host.address, host.port), knownHostName(host.address, 22)];
  const recorded = lines.filter(
    (line) => line.marker === undefined && names.some((name) => standsFor(line, name)),
  );
  const isRecorded = (type: string): boolean => recorded.some((line) => line.keyType === type);
  return Object.entries(algorithmsByType)
    .toSorted(([a], [b]) => Number(isRecorded(b)) - Number(isRecorded(a)))
    .flatMap(([, algorithms]) => algorithms);
}

/** `SHA256:…` as OpenSSH prints it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The type that a public key in SSH's wire form names at its beginning. */
export function hostKeyType(key: Buffer): string {
  return key.subarray(4, 4 + key.readUInt32BE(0)).toString('latin1');
}

/** The line that puts a host's key on record. */
export function knownHostLine(address: string, port: number, key: Buffer): string {
  return `${knownHostName(address, port)} ${hostKeyType(key)} ${key.toString('base64')}`;
}

function standsFor(line: KnownHost, name: string): boolean {
  if (line.names.startsWith('|')) return isHashOf(line.names, name);
  const patterns = line.names.toLowerCase().split(',');
  if (patterns.some((pattern) => pattern.startsWith('!') && matchesPattern(pattern.slice(1), name)))
    return false;
  return patterns.some((pattern) => matchesPattern(pattern, name));
}

function isHashOf(hashed: string, name: string): boolean {
  const [, version, salt, hash] = hashed.split('|');
  if (version !== '1' || salt === undefined || hash === undefined) return false;
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
}

/** `*` stands for any characters, `?` for one. Brackets are plain characters here. */
function matchesPattern(pattern: string, name: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(name);
}
