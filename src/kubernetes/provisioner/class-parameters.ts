/** The parameters of a StorageClass (Kubernetes contract 1.2): those of the in-tree plugin, and `volumeform`. */
import { wrong } from './failure.ts';

export type VolumeType =
  | { readonly type: 'none' }
  | { readonly type: 'replicate'; readonly replica: number }
  | { readonly type: 'disperse'; readonly data: number; readonly redundancy: number };

export interface SecretName {
  readonly namespace: string;
  readonly name: string;
}

export interface ClassParameters {
  /** The Mortar server, without a slash at its end. */
  readonly server: string;
  /** Empty where the class does without authentication. */
  readonly user: string;
  /** The key in clear text; empty when a secret holds it. */
  readonly userKey: string;
  readonly secret: SecretName | undefined;
  /** Cluster ids; empty: any. */
  readonly clusters: readonly string[];
  readonly gidMin: number;
  readonly gidMax: number;
  readonly volumeType: VolumeType;
  /** `key value` each. */
  readonly volumeOptions: readonly string[];
  readonly namePrefix: string;
  readonly snapshotFactor: number;
  /** In front of the claim's UID in the names of Endpoints and Service; may be empty. */
  readonly endpointPrefix: string;
  /** What the PersistentVolume is mounted by. */
  readonly form: 'glusterfs' | 'csi';
}

const lowestGid = 2000;
const highestGid = 2_147_483_647;
const longestEndpointPrefix = 26;

const known = [
  'resturl',
  'restauthenabled',
  'restuser',
  'restuserkey',
  'secretnamespace',
  'secretname',
  'clusterid',
  'gidmin',
  'gidmax',
  'volumetype',
  'volumeoptions',
  'volumenameprefix',
  'snapfactor',
  'customepnameprefix',
  'volumeform',
] as const;
type Key = (typeof known)[number];

const complain = (key: string, value: string, remedy: string): Error =>
  wrong(`StorageClass parameter ${key}: "${value}" ${remedy}`);

/**
 * Reads the parameters; their keys count in any case.
 *
 * @throws ProvisionFailure that names the parameter, its value and what it may be; for all faults of names at once.
 */
export function readClassParameters(sent: Readonly<Record<string, string>>): ClassParameters {
  const read = foldKeys(sent);
  const restUrl = read('resturl')?.trim() ?? '';
  if (restUrl === '') throw wrong('StorageClass must contain the parameter resturl: the address of Mortar');
  return {
    server: serverOf(restUrl),
    ...credentialsOf(read),
    clusters: listOf(read('clusterid')),
    ...gidsOf(read),
    volumeType: volumeTypeOf(read('volumetype') ?? 'replicate:3'),
    volumeOptions: listOf(read('volumeoptions')),
    namePrefix: namePrefixOf(read('volumenameprefix') ?? ''),
    snapshotFactor: snapshotFactorOf(read('snapfactor') ?? '1'),
    endpointPrefix: endpointPrefixOf(read('customepnameprefix') ?? 'glusterfs-dynamic'),
    form: formOf(read('volumeform') ?? 'glusterfs'),
  };
}

type Read = (key: Key) => string | undefined;

function foldKeys(sent: Readonly<Record<string, string>>): Read {
  const values = new Map<string, string>();
  const unknown: string[] = [];
  for (const [key, value] of Object.entries(sent)) {
    const folded = key.toLowerCase();
    if (!known.some((name) => name === folded)) unknown.push(key);
    else if (values.has(folded)) throw wrong(`StorageClass parameter ${key} is given twice, in other cases`);
    else values.set(folded, value);
  }
  if (unknown.length > 0) {
    throw wrong(
      `StorageClass has unknown parameters: ${unknown.map((key) => `"${key}"`).join(', ')}; there are ${known.join(', ')}`,
    );
  }
  return (key) => values.get(key);
}

function serverOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw complain(
      'resturl',
      withoutPassword(text),
      'is no address; write one such as http://mortar.storage:8080',
    );
  }
  if (
    url.username !== '' ||
    url.password !== '' ||
    url.pathname !== '/' ||
    url.search !== '' ||
    url.hash !== ''
  ) {
    throw complain('resturl', withoutPassword(text), `has more than host and port; write ${url.origin}`);
  }
  return url.origin;
}

const withoutPassword = (text: string): string => text.replace(/\/\/[^/]*@/, '//…@');

function credentialsOf(read: Read): Pick<ClassParameters, 'user' | 'userKey' | 'secret'> {
  const namespace = read('secretnamespace') ?? '';
  const name = read('secretname') ?? '';
  if ((namespace === '') !== (name === '')) {
    throw wrong(
      `StorageClass parameters secretNamespace and secretName: "${namespace}" and "${name}" must be either both set or both empty`,
    );
  }
  const isEnabled = (read('restauthenabled') ?? 'true').toLowerCase() === 'true';
  if (!isEnabled) return { user: '', userKey: '', secret: undefined };
  const secret = name === '' ? undefined : { namespace, name };
  const user = read('restuser') ?? '';
  const userKey = secret === undefined ? (read('restuserkey') ?? '') : '';
  if (user === '' && (secret !== undefined || userKey !== '')) {
    throw wrong('StorageClass has a key, but no parameter restuser that says whose; write restuser: admin');
  }
  return { user, userKey, secret };
}

const listOf = (text = ''): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

function gidsOf(read: Read): Pick<ClassParameters, 'gidMin' | 'gidMax'> {
  const gidMin = gidOf('gidMin', read('gidmin') ?? String(lowestGid));
  const gidMax = gidOf('gidMax', read('gidmax') ?? String(highestGid));
  if (gidMin > gidMax) {
    throw wrong(
      `StorageClass parameters gidMin and gidMax: must have a gidMax (${gidMax}) >= gidMin (${gidMin})`,
    );
  }
  return { gidMin, gidMax };
}

function gidOf(key: string, text: string): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= lowestGid && value <= highestGid) return value;
  throw complain(key, text, `must be a whole number from ${lowestGid} to ${highestGid}`);
}

const volumeTypes = 'use replicate, replicate:N, disperse:D:R or none';

function volumeTypeOf(text: string): VolumeType {
  const [word = '', ...numbers] = text.split(':');
  const count = (at: number): number => {
    const part = numbers[at] ?? '';
    if (/^\d{1,4}$/.test(part) && Number(part) > 0) return Number(part);
    throw complain('volumetype', text, `has no whole number above 0 in place ${at + 1}; ${volumeTypes}`);
  };
  const expect = (most: number): void => {
    if (numbers.length > most) throw complain('volumetype', text, `has too many parts; ${volumeTypes}`);
  };
  switch (word) {
    case 'none':
      expect(0);
      return { type: 'none' };
    case 'replicate':
      expect(1);
      return { type: 'replicate', replica: numbers.length === 0 ? 3 : count(0) };
    case 'disperse':
      expect(2);
      return { type: 'disperse', data: count(0), redundancy: count(1) };
    default:
      throw complain('volumetype', text, `is not known; ${volumeTypes}`);
  }
}

function namePrefixOf(text: string): string {
  if (/^[a-zA-Z0-9-]{0,40}$/.test(text)) return text;
  throw complain('volumenameprefix', text, 'must be at most 40 letters, digits and -, without _');
}

function snapshotFactorOf(text: string): number {
  const factor = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (factor >= 1 && factor <= 100) return factor;
  throw complain('snapfactor', text, 'must be a number from 1 to 100');
}

function endpointPrefixOf(text: string): string {
  if (text === '') return '';
  // Names of Services begin with a letter, and have 63 characters: a UID takes 36 and a dash.
  if (text.length <= longestEndpointPrefix && /^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(text)) return text;
  throw complain(
    'customepnameprefix',
    text,
    `must be at most ${longestEndpointPrefix} small letters, digits and -, beginning with a letter`,
  );
}

function formOf(text: string): ClassParameters['form'] {
  if (text === 'glusterfs' || text === 'csi') return text;
  throw complain('volumeform', text, 'must be glusterfs or csi');
}
