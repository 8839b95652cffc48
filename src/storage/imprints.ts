/**
 * Imprints: what Mortar writes about an object on the nodes themselves, so that its database can be filled again from them
 * (law 5). Volume groups and thin pools carry LVM tags, gluster volumes carry `user.mortar.*` options.
 */
import { z } from 'zod';
import type { Durability } from '../lib/durability.ts';
import { idTag, ownerTag } from './naming.ts';

type EntryState = 'online' | 'offline' | 'failed';
type Tags = Readonly<Record<string, string>>;

/** What a volume group says of its device, and of the node and cluster that it belongs to. */
export interface DeviceImprint {
  readonly device: {
    readonly id: string;
    readonly name: string;
    readonly state: EntryState;
    readonly tags: Tags;
  };
  readonly node: {
    readonly id: string;
    readonly zone: number;
    readonly state: EntryState;
    readonly tags: Tags;
    readonly manageNames: readonly string[];
    readonly storageNames: readonly string[];
  };
  readonly cluster: { readonly id: string; readonly file: boolean; readonly block: boolean };
}

/** LVM takes letters, digits and `_+.-/=!:&#` in tags; what is not plain here is written as `+` and hex digits. */
const encode = (text: string): string =>
  [...Buffer.from(text, 'utf8')]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[\w.\-/:]/.test(character) ? character : `+${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');

const decode = (text: string): string =>
  Buffer.from(
    text.replace(/\+([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('utf8');

const mark = (name: string, value: string): string => `mortar.${name}=${value}`;
const tagMarks = (kind: 'device' | 'node', tags: Tags): string[] =>
  Object.entries(tags).map(([name, value]) => mark(`${kind}.tag`, `${encode(name)}=${encode(value)}`));
const listMark = (name: string, values: readonly string[]): string =>
  mark(name, values.map(encode).join('&'));

/** The tags of a volume group that Mortar made, the owner's included. */
export function toGroupTags({ device, node, cluster }: DeviceImprint): string[] {
  const kinds = [cluster.file ? 'file' : '', cluster.block ? 'block' : ''].filter((kind) => kind !== '');
  return [
    ownerTag,
    idTag('device', device.id),
    mark('device.name', encode(device.name)),
    mark('device.state', device.state),
    ...tagMarks('device', device.tags),
    mark('node', node.id),
    mark('node.zone', String(node.zone)),
    mark('node.state', node.state),
    listMark('node.manage', node.manageNames),
    listMark('node.storage', node.storageNames),
    ...tagMarks('node', node.tags),
    mark('cluster', cluster.id),
    mark('cluster.kinds', kinds.join('&')),
  ];
}

/** Values by the name of their mark, in their order. */
function valuesOf(tags: readonly string[]): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const tag of tags) {
    const [, name, value] = /^mortar\.([a-z.]+)=(.*)$/.exec(tag) ?? [];
    if (name === undefined || value === undefined) continue;
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  return values;
}

const stateOf = (text: string | undefined): EntryState =>
  text === 'offline' || text === 'failed' ? text : 'online';

const listOf = (text: string | undefined): string[] =>
  (text ?? '')
    .split('&')
    .filter((part) => part !== '')
    .map(decode);

/** Sorted by name: LVM keeps tags in an order of its own. */
function tagsFrom(values: readonly string[] = []): Tags {
  const pairs = values.map((value): [string, string] => {
    const at = value.indexOf('=');
    return [decode(value.slice(0, at)), decode(value.slice(at + 1))];
  });
  return Object.fromEntries(pairs.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Reads the tags of a volume group. @returns undefined when they do not say enough. */
export function fromGroupTags(tags: readonly string[]): DeviceImprint | undefined {
  const values = valuesOf(tags);
  const one = (name: string): string | undefined => values.get(name)?.[0];
  const [device, name, node, cluster] = [one('device'), one('device.name'), one('node'), one('cluster')];
  const [manageNames, storageNames] = [listOf(one('node.manage')), listOf(one('node.storage'))];
  const zone = Number(one('node.zone'));
  const isWhole =
    manageNames.length > 0 && storageNames.length > 0 && Number.isSafeInteger(zone) && zone >= 1;
  if (!device || !name || !node || !cluster || !isWhole) return undefined;
  const kinds = listOf(one('cluster.kinds'));
  return {
    device: {
      id: device,
      name: decode(name),
      state: stateOf(one('device.state')),
      tags: tagsFrom(values.get('device.tag')),
    },
    node: {
      id: node,
      zone,
      state: stateOf(one('node.state')),
      tags: tagsFrom(values.get('node.tag')),
      manageNames,
      storageNames,
    },
    cluster: { id: cluster, file: kinds.includes('file'), block: kinds.includes('block') },
  };
}

/** What a brick's thin pool says of it. */
export interface BrickImprint {
  readonly brickId: string;
  /** Empty when the pool does not say. */
  readonly volumeId: string;
  /** The size asked for; LVM rounds the volume's up to whole extents. Null when the pool does not say. */
  readonly sizeKib: number | null;
}

export const toPoolTags = (brickId: string, volumeId: string, sizeKib: number): string[] => [
  ownerTag,
  idTag('brick', brickId),
  mark('size', String(sizeKib)),
  idTag('volume', volumeId),
];

/** On a pool that grows in a volume group without a spare for pool metadata: one that is there then came along with it. */
export const growingTag = mark('growing', 'without-spare');

/** The tags of a thin volume that lives in the pool of another brick, as those of clones do. */
export const toGuestTags = (brick: {
  readonly brickId: string;
  readonly volumeId: string;
  readonly sizeKib: number;
  readonly path: string;
}): string[] => [
  ...toPoolTags(brick.brickId, brick.volumeId, brick.sizeKib),
  mark('path', encode(brick.path)),
];

/** The path that a guest's tags tell; undefined for what is none. */
export function guestPath(tags: readonly string[]): string | undefined {
  const path = valuesOf(tags).get('path')?.[0];
  return path === undefined ? undefined : decode(path);
}

/** Reads the tags of a thin pool. @returns undefined when it is no brick's. */
export function fromPoolTags(tags: readonly string[]): BrickImprint | undefined {
  const values = valuesOf(tags);
  const brickId = values.get('brick')?.[0];
  const size = Number(values.get('size')?.[0]);
  if (brickId === undefined) return undefined;
  return {
    brickId,
    volumeId: values.get('volume')?.[0] ?? '',
    sizeKib: Number.isSafeInteger(size) ? size : null,
  };
}

/** What a gluster volume says of itself beyond its name, its id and its bricks. */
export interface VolumeImprint {
  readonly sizeGib: number;
  readonly durability: Durability;
  readonly durabilityEcho: Readonly<Record<string, unknown>>;
  readonly gid: number;
  readonly snapshot: { readonly enable: boolean; readonly factor: number };
  readonly block: boolean;
  readonly options: readonly string[];
  readonly zoneChecking: 'none' | 'soft' | 'strict';
  readonly tagRule: string | null;
  readonly averageFileKib: number;
}

export const idOption = 'user.heketi.id';
/** The value of a mark that was taken off: gluster sets options of users, but cannot reset them. */
export const noMark = 'none';
export const isTakenOff = (key: string, value: string): boolean =>
  value === noMark && (key === idOption || key.startsWith('user.mortar.'));
export const sizeOption = 'user.mortar.size';
/** On managed volumes that others made: what becomes of their brick folders when they are deleted. */
export const folderFateOption = 'user.mortar.folders';
const requestOption = 'user.mortar.request';

/**
 * The options that carry a volume's imprint: the size alone, since it changes; the rest percent-encoded, since glusterd keeps
 * its options in lines of `key=value`.
 */
export function toVolumeOptions({ sizeGib, ...request }: VolumeImprint): [key: string, value: string][] {
  const { durability, durabilityEcho, gid, snapshot, block, options } = request;
  const { zoneChecking, tagRule, averageFileKib } = request;
  const text = JSON.stringify({
    durability,
    durabilityEcho,
    gid,
    snapshot,
    block,
    options,
    zoneChecking,
    tagRule,
    averageFileKib,
  });
  return [
    [sizeOption, String(sizeGib)],
    [requestOption, encodeURIComponent(text).replaceAll("'", '%27')],
  ];
}

const count = z.int().nonnegative();
/** Anybody who may use gluster may have written it. */
const requestSchema = z.object({
  durability: z.discriminatedUnion('type', [
    z.object({ type: z.literal('none') }),
    z.object({
      type: z.literal('replicate'),
      replica: z.union([z.literal(2), z.literal(3)]),
      arbiter: z.boolean(),
    }),
    z.object({ type: z.literal('disperse'), data: z.int().positive(), redundancy: z.int().positive() }),
  ]),
  durabilityEcho: z.record(z.string(), z.unknown()),
  gid: count,
  snapshot: z.object({ enable: z.boolean(), factor: z.number().positive() }),
  block: z.boolean(),
  options: z.array(z.string()),
  zoneChecking: z.enum(['none', 'soft', 'strict']),
  tagRule: z.string().nullable(),
  averageFileKib: z.number().positive(),
});

/** Reads a gluster volume's options. @returns undefined when they do not say enough, or nothing that can be read. */
export function fromVolumeOptions(options: Readonly<Record<string, string>>): VolumeImprint | undefined {
  const sizeGib = Number(options[sizeOption]);
  const request = options[requestOption];
  if (!Number.isSafeInteger(sizeGib) || sizeGib < 1 || request === undefined) return undefined;
  try {
    return { sizeGib, ...requestSchema.parse(JSON.parse(decodeURIComponent(request))) };
  } catch {
    return undefined;
  }
}

/** Since when something is in quarantine, as an LVM tag and as a gluster option. */
const quarantineName = 'mortar.quarantine';
export const quarantineOption = `user.${quarantineName}`;
export const quarantineTag = (sinceMs: number): string => mark('quarantine', String(sinceMs));

export function quarantinedSince(tags: readonly string[]): number | undefined {
  const since = Number(valuesOf(tags).get('quarantine')?.[0]);
  return Number.isSafeInteger(since) ? since : undefined;
}
