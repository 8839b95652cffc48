import type { BlockVolumeRecord } from '../db/block-volumes.ts';
import type { BrickRecord } from '../db/bricks.ts';
import type { ClusterRecord } from '../db/clusters.ts';
import type { DeviceRecord } from '../db/devices.ts';
import type { NodeRecord } from '../db/nodes.ts';
import type { OperationRecord } from '../db/operations.ts';
import type { VolumeRecord } from '../db/volumes.ts';
import { groupBy } from '../lib/group-by.ts';
import { brickLvName } from '../storage/naming.ts';
import { changes, knownAttributes, operationTypes } from './document.ts';
import type { Inventory } from './inventory.ts';
import type { BlockPasswords } from './passwords.ts';

/** Mortar's operations that Heketi has, too, by its numbers. */
const types: Readonly<Record<string, number>> = {
  'create-volume': operationTypes.createVolume,
  'delete-volume': operationTypes.deleteVolume,
  'expand-volume': operationTypes.expandVolume,
  'clone-volume': operationTypes.cloneVolume,
  'create-block-volume': operationTypes.createBlockVolume,
  'delete-block-volume': operationTypes.deleteBlockVolume,
  'replace-brick': operationTypes.evictBrick,
  'expand-block-volume': operationTypes.expandBlockVolume,
};

type Section = Iterable<readonly [id: string, entry: object]>;
type Links = ReadonlyMap<string, readonly string[]>;

interface View {
  readonly clusters: readonly ClusterRecord[];
  readonly nodes: readonly NodeRecord[];
  readonly devices: readonly DeviceRecord[];
  readonly volumes: readonly VolumeRecord[];
  readonly bricks: readonly BrickRecord[];
  readonly blockVolumes: readonly BlockVolumeRecord[];
  readonly operations: readonly OperationRecord[];
  readonly pendingIds: ReadonlySet<string>;
  readonly nodesOf: Links;
  readonly volumesOf: Links;
  readonly devicesOf: Links;
  readonly bricksOnDevice: Links;
  readonly bricksOfVolume: Links;
  readonly blocksOfCluster: Links;
  readonly blocksOnVolume: ReadonlyMap<string, readonly BlockVolumeRecord[]>;
  /** What is taken on each device: by bricks of every kind and by others. */
  readonly usedKib: ReadonlyMap<string, number>;
  readonly hosts: Links;
}

const idsBy = <Item extends { readonly id: string }>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): Links =>
  new Map([...groupBy(items, keyOf)].map(([key, group]) => [key, group.map(({ id }) => id).sort()]));

/** What Heketi has no words for is left out: nodes and devices that are being added, bricks left on nodes out of reach. */
function viewOf(inventory: Inventory): View {
  const { clusters, nodes, devices, volumes, bricks, blockVolumes, operations } = inventory;
  const present = nodes.filter(({ phase }) => phase !== 'creating');
  const nodeIds = new Set(present.map(({ id }) => id));
  const own = devices.filter(({ phase, nodeId }) => phase !== 'creating' && nodeIds.has(nodeId));
  const owned = bricks.filter(({ volumeId }) => volumeId !== null);
  const known = operations.filter(({ kind }) => types[kind] !== undefined);
  const usedKib = new Map(own.map(({ id, foreignKib }) => [id, foreignKib]));
  for (const { deviceId, poolKib, metadataKib } of bricks)
    usedKib.set(deviceId, (usedKib.get(deviceId) ?? 0) + poolKib + metadataKib);
  const ready = present.filter(({ phase }) => phase === 'ready');
  return {
    clusters,
    nodes: present,
    devices: own,
    volumes,
    bricks: owned,
    blockVolumes,
    operations: known,
    pendingIds: new Set(known.map(({ id }) => id)),
    nodesOf: idsBy(present, ({ clusterId }) => clusterId),
    volumesOf: idsBy(volumes, ({ clusterId }) => clusterId),
    devicesOf: idsBy(own, ({ nodeId }) => nodeId),
    bricksOnDevice: idsBy(owned, ({ deviceId }) => deviceId),
    bricksOfVolume: idsBy(owned, ({ volumeId }) => volumeId ?? ''),
    blocksOfCluster: idsBy(blockVolumes, ({ clusterId }) => clusterId),
    blocksOnVolume: groupBy(blockVolumes, ({ hostingVolumeId }) => hostingVolumeId),
    usedKib,
    hosts: new Map(
      [...groupBy(ready, ({ clusterId }) => clusterId)].map(([id, members]) => [
        id,
        members.map(({ storageNames }) => storageNames[0] ?? ''),
      ]),
    ),
  };
}

const pendingOf = (view: View, operationId: string | null): { Id: string } => ({
  Id: operationId !== null && view.pendingIds.has(operationId) ? operationId : '',
});

const tagsOf = (tags: Readonly<Record<string, string>>): { tags?: Record<string, string> } => {
  const sorted = Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.length === 0 ? {} : { tags: Object.fromEntries(sorted) };
};

function* clusterEntries(view: View): Section {
  for (const { id, file, block } of view.clusters) {
    const Info = {
      id,
      nodes: view.nodesOf.get(id) ?? [],
      volumes: view.volumesOf.get(id) ?? [],
      block,
      file,
      blockvolumes: view.blocksOfCluster.get(id) ?? [],
    };
    yield [id, { Info }];
  }
}

function* nodeEntries(view: View): Section {
  for (const { id, state, zone, clusterId, manageNames, storageNames, tags } of view.nodes) {
    const hostnames = { manage: manageNames, storage: storageNames };
    const Info = { zone, hostnames, cluster: clusterId, ...tagsOf(tags), id };
    yield [id, { State: state, Info, Devices: view.devicesOf.get(id) ?? [] }];
  }
}

function* deviceEntries(view: View): Section {
  for (const { id, state, name, tags, totalKib, paths, pvUuid, nodeId, extentKib } of view.devices) {
    const used = view.usedKib.get(id) ?? 0;
    const Info = {
      name,
      ...tagsOf(tags),
      storage: { total: totalKib, free: totalKib - used, used },
      id,
      ...(paths.length === 0 ? {} : { paths }),
      ...(pvUuid === '' ? {} : { pv_uuid: pvUuid }),
    };
    const Bricks = view.bricksOnDevice.get(id) ?? [];
    yield [id, { State: state, Info, Bricks, NodeId: nodeId, ExtentSize: extentKib }];
  }
}

function* volumeEntries(view: View): Section {
  for (const volume of view.volumes) {
    const { id, sizeGib, name, durabilityEcho, gid, block, snapshot, clusterId, options } = volume;
    const hosts = view.hosts.get(clusterId) ?? [];
    const Info = {
      size: sizeGib,
      name,
      durability: durabilityEcho,
      ...(gid === 0 ? {} : { gid }),
      ...(block ? { block } : {}),
      snapshot,
      id,
      cluster: clusterId,
      mount: {
        glusterfs: {
          hosts,
          device: `${hosts[0] ?? ''}:${name}`,
          options: { 'backup-volfile-servers': hosts.slice(1).join(',') },
        },
      },
      blockinfo: blockInfo(view, volume),
    };
    const GlusterVolumeOptions = options.length === 0 ? null : options;
    const Bricks = view.bricksOfVolume.get(id) ?? [];
    yield [id, { Info, Bricks, GlusterVolumeOptions, Pending: pendingOf(view, volume.operationId) }];
  }
}

/** Empty for what is no block hosting volume; what is nought or empty is left out. */
function blockInfo(view: View, { id, block, sizeGib, blockReservedGib, blockRestriction }: VolumeRecord) {
  if (!block) return {};
  const held = view.blocksOnVolume.get(id) ?? [];
  const freeGib = held.reduce((free, { takenGib }) => free - takenGib, sizeGib - blockReservedGib);
  return {
    ...(freeGib === 0 ? {} : { freesize: freeGib }),
    ...(blockReservedGib === 0 ? {} : { reservedsize: blockReservedGib }),
    ...(held.length === 0 ? {} : { blockvolume: held.map((one) => one.id) }),
    ...(blockRestriction === '' ? {} : { restriction: blockRestriction }),
  };
}

/** Passwords are on the nodes only; a dump from before may tell them. */
function* blockVolumeEntries(view: View, passwords: BlockPasswords): Section {
  for (const blockVolume of view.blockVolumes) {
    const { id, sizeGib, name, haCount, auth, hosts, iqn, lun, username } = blockVolume;
    const Info = {
      size: sizeGib,
      name,
      ...(haCount === 0 ? {} : { hacount: haCount }),
      ...(auth ? { auth } : {}),
      id,
      blockvolume: { hosts, iqn, lun, username, password: passwords.get(id) ?? '' },
      cluster: blockVolume.clusterId,
      blockhostingvolume: blockVolume.hostingVolumeId,
      ...(blockVolume.usableGib === 0 ? {} : { usablesize: blockVolume.usableGib }),
    };
    yield [id, { Info, Pending: pendingOf(view, blockVolume.operationId) }];
  }
}

function* brickEntries(view: View): Section {
  for (const brick of view.bricks) {
    const { id, path, deviceId, nodeId, volumeId, sizeKib, lvName } = brick;
    yield [
      id,
      {
        Info: { id, path, device: deviceId, node: nodeId, volume: volumeId ?? '', size: sizeKib },
        TpSize: brick.poolKib,
        PoolMetadataSize: brick.metadataKib,
        Pending: pendingOf(view, brick.operationId),
        LvmThinPool: brick.poolName,
        LvmLv: lvName === brickLvName(id) ? '' : lvName,
        SubType: brick.kind === 'arbiter' ? 2 : 1,
      },
    ];
  }
}

function* attributeEntries(): Section {
  for (const name of knownAttributes) yield [name, { Key: name, Value: 'yes' }];
}

function* operationEntries(view: View): Section {
  const touched = groupBy(
    view.bricks.filter(({ operationId }) => operationId !== null),
    ({ operationId }) => operationId,
  );
  for (const operation of [...view.operations].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const { id, kind, createdAtMs, state } = operation;
    yield [
      id,
      {
        Id: id,
        Timestamp: Math.floor(createdAtMs / 1000),
        Type: types[kind],
        Actions: actionsOf(view, operation, touched.get(id) ?? []),
        Status: state === 'stuck' ? 'failed' : '',
      },
    ];
  }
}

function actionsOf(
  view: View,
  { kind, target, input }: OperationRecord,
  bricks: readonly BrickRecord[],
): object[] {
  const action = (Change: number, Id: string, Delta: number | null = null) => ({ Change, Id, Delta });
  const added = bricks.filter(({ phase }) => phase === 'creating');
  const adding = added.map(({ id }) => action(changes.addBrick, id));
  switch (kind) {
    case 'create-volume':
      return [...adding, action(changes.addVolume, target.id)];
    case 'expand-volume': {
      const { expandGib } = input as { readonly expandGib: number };
      return [...adding, action(changes.expandVolume, target.id, expandGib)];
    }
    case 'clone-volume': {
      const { sourceId } = input as { readonly sourceId: string };
      return [action(changes.cloneFrom, sourceId), action(changes.addClone, target.id)];
    }
    case 'delete-volume':
      return [
        ...bricks.map(({ id }) => action(changes.deleteBrick, id)),
        action(changes.deleteVolume, target.id),
      ];
    case 'create-block-volume':
      return [...adding, action(changes.addBlockVolume, target.id)];
    case 'delete-block-volume':
      return [action(changes.deleteBlockVolume, target.id)];
    case 'expand-block-volume': {
      const wantedGib = view.blockVolumes.find(({ id }) => id === target.id)?.takenGib;
      return [action(changes.expandBlockVolume, target.id, wantedGib)];
    }
    default:
      return [action(changes.deleteBrick, target.id), ...adding];
  }
}

/** The eight maps of a dump in Heketi's order, their entries made one by one. */
export function dumpSections(
  inventory: Inventory,
  passwords: BlockPasswords = new Map(),
): readonly (readonly [name: string, entries: Section])[] {
  const view = viewOf(inventory);
  return [
    ['clusterentries', clusterEntries(view)],
    ['volumeentries', volumeEntries(view)],
    ['brickentries', brickEntries(view)],
    ['nodeentries', nodeEntries(view)],
    ['deviceentries', deviceEntries(view)],
    ['blockvolumeentries', blockVolumeEntries(view, passwords)],
    ['dbattributeentries', attributeEntries()],
    ['pendingoperations', operationEntries(view)],
  ];
}

/** So much text is handed on at once. */
const chunkLength = 64 * 1024;

/** The dump as Heketi writes it, indented by four spaces; it is never in memory as a whole. */
export function* dumpText(inventory: Inventory, passwords?: BlockPasswords): Generator<string> {
  let text = '{';
  let section = '\n';
  for (const [name, entries] of dumpSections(inventory, passwords)) {
    text += `${section}    "${name}": {`;
    let entry = '\n';
    for (const [id, value] of entries) {
      const lines = JSON.stringify(value, null, 4).replaceAll('\n', '\n        ');
      text += `${entry}        ${JSON.stringify(id)}: ${lines}`;
      entry = ',\n';
      if (text.length >= chunkLength) {
        yield text;
        text = '';
      }
    }
    text += entry === '\n' ? '}' : '\n    }';
    section = ',\n';
  }
  yield `${text}\n}`;
}
