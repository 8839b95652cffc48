/**
 * Heketi's database dump (wire contract section 21): the JSON of `heketi db export`, `heketi-cli db dump` and `/db/dump`.
 * Sizes are KiB but for those of volumes, block volumes and `Delta`, which are GiB.
 */
import { z } from 'zod';

/** Go leaves out what is empty, or writes null. */
const orEmpty = <Item extends z.ZodType>(item: Item) =>
  z
    .array(item)
    .nullish()
    .transform((list) => list ?? []);
const ids = orEmpty(z.string());
const count = z.int().nonnegative();
const countOrZero = count.nullish().transform((value) => value ?? 0);
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
const tags = z
  .record(z.string(), z.string())
  .nullish()
  .transform((value) => value ?? {});
const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false);
const pending = z
  .object({ Id: text })
  .nullish()
  .transform((value) => value ?? { Id: '' });
/** Dumps of the first versions know no states. */
const state = z
  .enum(['online', 'offline', 'failed', ''])
  .nullish()
  .transform((value) => (value ? value : 'online'));

const cluster = z.object({
  Info: z.object({
    id: z.string(),
    nodes: ids,
    volumes: ids,
    /** Absent before clusters had kinds: then they take all. */
    block: z.boolean().nullish(),
    file: z.boolean().nullish(),
    blockvolumes: ids,
  }),
});

const node = z.object({
  State: state,
  Info: z.object({
    zone: z.int(),
    hostnames: z.object({ manage: orEmpty(z.string()), storage: orEmpty(z.string()) }),
    cluster: z.string(),
    tags,
    id: z.string(),
  }),
  Devices: ids,
});

const device = z.object({
  State: state,
  Info: z.object({
    name: z.string(),
    tags,
    storage: z.object({ total: count, free: count, used: count }),
    id: z.string(),
    paths: orEmpty(z.string()),
    pv_uuid: text,
  }),
  Bricks: ids,
  NodeId: z.string(),
  ExtentSize: countOrZero,
});

const brick = z.object({
  Info: z.object({
    id: z.string(),
    path: text,
    device: z.string(),
    node: z.string(),
    volume: text,
    size: count,
  }),
  TpSize: count,
  PoolMetadataSize: count,
  Pending: pending,
  LvmThinPool: text,
  LvmLv: text,
  /** 0 unknown, 1 data, 2 arbiter. */
  SubType: z
    .literal([0, 1, 2])
    .nullish()
    .transform((value) => value ?? 0),
});

const volumeInfo = z.object({
  size: z.int(),
  name: z.string(),
  durability: z.object({
    type: text,
    replicate: z
      .object({ replica: z.int().optional() })
      .nullish()
      .transform((value) => value ?? {}),
    disperse: z
      .object({ data: z.int().optional(), redundancy: z.int().optional() })
      .nullish()
      .transform((value) => value ?? {}),
  }),
  gid: countOrZero,
  block: flag,
  snapshot: z
    .object({ enable: flag, factor: z.number().nullish() })
    .nullish()
    .transform((value) => ({ enable: value?.enable ?? false, factor: value?.factor || 1 })),
  id: z.string(),
  cluster: z.string(),
  mount: z
    .object({ glusterfs: z.object({ hosts: ids, device: text, options: tags }) })
    .nullish()
    .transform((value) => value ?? { glusterfs: { hosts: [], device: '', options: {} } }),
  blockinfo: z
    .object({
      freesize: z.int().optional(),
      reservedsize: z.int().optional(),
      blockvolume: z.array(z.string()).optional(),
      restriction: z.string().optional(),
    })
    .nullish()
    .transform((value) => value ?? {}),
});

const volume = z.object({
  Info: volumeInfo,
  Bricks: ids,
  GlusterVolumeOptions: z.array(z.string()).nullish(),
  Pending: pending,
});

const blockVolume = z.object({
  Info: z.object({
    size: z.int(),
    name: z.string(),
    hacount: countOrZero,
    auth: flag,
    id: z.string(),
    blockvolume: z.object({
      hosts: orEmpty(z.string()),
      iqn: text,
      lun: countOrZero,
      username: text,
      password: text,
    }),
    cluster: z.string(),
    blockhostingvolume: z.string(),
    usablesize: countOrZero,
  }),
  Pending: pending,
});

const operation = z.object({
  Id: z.string(),
  /** Seconds since 1970. */
  Timestamp: z.int(),
  Type: z.int(),
  Actions: orEmpty(z.object({ Change: z.int(), Id: z.string(), Delta: z.int().nullish() })),
  Status: z.enum(['', 'stale', 'failed']),
});

const attribute = z.object({ Key: z.string(), Value: z.string() });

const map = <Entry extends z.ZodType>(entry: Entry) =>
  z
    .record(z.string(), entry)
    .nullish()
    .transform((value) => value ?? {});

/** What Heketi does not know it passes over, so keys beyond these are no fault. */
export const dumpSchema = z.object({
  clusterentries: z.record(z.string(), cluster),
  volumeentries: map(volume),
  brickentries: map(brick),
  nodeentries: map(node),
  deviceentries: map(device),
  blockvolumeentries: map(blockVolume),
  dbattributeentries: map(attribute),
  pendingoperations: map(operation),
});

export type HeketiDump = z.output<typeof dumpSchema>;
type EntryOf<Section extends keyof HeketiDump> = HeketiDump[Section][string];
export type NodeEntry = EntryOf<'nodeentries'>;
export type DeviceEntry = EntryOf<'deviceentries'>;
export type VolumeEntry = EntryOf<'volumeentries'>;
export type BrickEntry = EntryOf<'brickentries'>;
export type OperationEntry = EntryOf<'pendingoperations'>;

/** Heketi's numbers for what an operation is (wire contract section 14); they are stored and stay the same. */
export const operationTypes = {
  createVolume: 1,
  deleteVolume: 2,
  expandVolume: 3,
  createBlockVolume: 4,
  deleteBlockVolume: 5,
  removeDevice: 6,
  cloneVolume: 7,
  evictBrick: 8,
  expandBlockVolume: 9,
} as const;

/** The same for what it changes. */
export const changes = {
  addBrick: 1,
  addVolume: 2,
  deleteBrick: 3,
  deleteVolume: 4,
  expandVolume: 5,
  addBlockVolume: 6,
  deleteBlockVolume: 7,
  cloneFrom: 9,
  addClone: 11,
  expandBlockVolume: 14,
} as const;

/** What a dump of the newest Heketi says of itself. With any other attribute Heketi refuses to start. */
export const knownAttributes = [
  'DB_BRICK_HAS_SUBTYPE_FIELD',
  'DB_CLUSTER_HAS_FILE_BLOCK_FLAG',
  'DB_DEVICE_HAS_ID_META',
  'DB_HAS_PENDING_OPS_BUCKET',
] as const;
export const generationAttribute = 'DB_GENERATION_ID';
