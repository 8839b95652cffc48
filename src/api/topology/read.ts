import type { BlockVolumeRecord } from '../../db/block-volumes.ts';
import type { ShownBrick } from '../../db/bricks.ts';
import type { ClusterRecord } from '../../db/clusters.ts';
import type { DeviceRecord } from '../../db/devices.ts';
import type { ForeignBrickRecord } from '../../db/foreign-bricks.ts';
import type { NodeRecord } from '../../db/nodes.ts';
import type { Reads } from '../../db/queries.ts';
import { isVisible } from '../../db/schema.ts';
import type { VolumeRecord } from '../../db/volumes.ts';
import { groupBy } from '../../lib/group-by.ts';
import { presentDevice } from '../devices/present.ts';
import { presentNode } from '../nodes/present.ts';
import type { Topology } from '../schema/topology.ts';
import type { Mount, MountHosts } from '../volumes/mount-hosts.ts';
import { presentBareVolume } from '../volumes/present.ts';

type ClusterOnWire = Topology['clusters'][number];

/** All records that the topology is shown from. */
interface Inventory {
  readonly clusters: readonly ClusterRecord[];
  readonly mounts: ReadonlyMap<string, Mount>;
  readonly nodes: ReadonlyMap<string, readonly NodeRecord[]>;
  readonly devices: ReadonlyMap<string, readonly DeviceRecord[]>;
  readonly volumes: ReadonlyMap<string, readonly VolumeRecord[]>;
  readonly bricksByDevice: ReadonlyMap<string, readonly ShownBrick[]>;
  readonly bricksByVolume: ReadonlyMap<string, readonly ShownBrick[]>;
  readonly blocks: readonly BlockVolumeRecord[];
  readonly hosted: ReadonlyMap<string, readonly BlockVolumeRecord[]>;
  readonly foreign: ReadonlyMap<string, readonly ForeignBrickRecord[]>;
}

/**
 * Everything in one answer, with one query a table, as JSON in pieces: everything is read before the first, but written out
 * as they are taken. What volumes are mounted from is told once a cluster: all its nodes, at each of its volumes, would be
 * hundreds of megabytes in a large installation.
 */
export async function readWholeTopology(reads: Reads, mountHosts: MountHosts): Promise<Iterable<string>> {
  return topologyText(await readInventory(reads, mountHosts));
}

async function readInventory(reads: Reads, mountHosts: MountHosts): Promise<Inventory> {
  const bricks = await reads.bricks.listShown();
  const devices = (await reads.devices.listAll()).filter(({ phase }) => phase === 'ready');
  const nodes = (await reads.nodes.listAll()).filter(({ phase }) => phase === 'ready');
  const volumes = await reads.volumes.listVisible();
  const blocks = await reads.blockVolumes.listAll();
  const foreign = await reads.foreignBricks.listAll();
  const clusters = await reads.clusters.list();
  const mounts = new Map<string, Mount>();
  for (const { id } of clusters) mounts.set(id, await mountHosts.of(id));
  return {
    clusters,
    mounts,
    nodes: groupBy(nodes, ({ clusterId }) => clusterId),
    devices: groupBy(devices, ({ nodeId }) => nodeId),
    volumes: groupBy(volumes, ({ clusterId }) => clusterId),
    bricksByDevice: groupBy(bricks, ({ deviceId }) => deviceId),
    bricksByVolume: groupBy(bricks, ({ volumeId }) => volumeId ?? ''),
    blocks,
    hosted: groupBy(blocks, ({ hostingVolumeId }) => hostingVolumeId),
    foreign: groupBy(foreign, ({ volumeId }) => volumeId),
  };
}

function* topologyText(inventory: Inventory): Generator<string> {
  yield '{"clusters":[';
  for (const [index, cluster] of inventory.clusters.entries()) {
    if (index > 0) yield ',';
    yield* clusterText(cluster, inventory);
  }
  yield ']}\n';
}

function* clusterText({ id, file, block }: ClusterRecord, inventory: Inventory): Generator<string> {
  const { mounts, volumes, nodes, blocks } = inventory;
  const { hosts = [], options = {} } = mounts.get(id) ?? {};
  const mount: ClusterOnWire['mount'] = { hosts: [...hosts], options };
  const ofCluster = blocks.filter((volume) => volume.clusterId === id && isVisible(volume));
  const rest: Omit<ClusterOnWire, 'mount' | 'volumes' | 'nodes'> = {
    id,
    block,
    file,
    blockvolumes: ofCluster.map((volume) => volume.id),
  };
  yield `{"mount":${JSON.stringify(mount)},"volumes":[`;
  yield* listText(volumes.get(id) ?? [], (volume) => volumeOnWire(volume, inventory));
  yield '],"nodes":[';
  yield* listText(nodes.get(id) ?? [], (node) => nodeOnWire(node, inventory));
  yield `],${JSON.stringify(rest).slice(1)}`;
}

function* listText<Item>(items: readonly Item[], present: (item: Item) => object): Generator<string> {
  let comma = '';
  for (const item of items) {
    yield comma + JSON.stringify(present(item));
    comma = ',';
  }
}

const volumeOnWire = (
  volume: VolumeRecord,
  { bricksByVolume, hosted, foreign }: Inventory,
): ClusterOnWire['volumes'][number] =>
  presentBareVolume({
    volume,
    bricks: bricksByVolume.get(volume.id) ?? [],
    hosted: hosted.get(volume.id) ?? [],
    foreign: foreign.get(volume.id) ?? [],
  });

function nodeOnWire(node: NodeRecord, inventory: Inventory): ClusterOnWire['nodes'][number] {
  const { devices, bricksByDevice } = inventory;
  const shown = (devices.get(node.id) ?? []).map((device) =>
    presentDevice(device, bricksByDevice.get(device.id) ?? []),
  );
  return presentNode(node, shown);
}
