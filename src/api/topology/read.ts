import type { BlockVolumeRecord } from '../../db/block-volumes.ts';
import type { AllocatedBrick } from '../../db/bricks.ts';
import type { ClusterRecord } from '../../db/clusters.ts';
import type { DeviceRecord } from '../../db/devices.ts';
import type { ForeignBrickRecord } from '../../db/foreign-bricks.ts';
import type { NodeRecord } from '../../db/nodes.ts';
import type { Reads } from '../../db/queries.ts';
import { isVisible } from '../../db/schema.ts';
import { chunked } from '../../lib/chunked.ts';
import { groupBy } from '../../lib/group-by.ts';
import { presentDevice } from '../devices/present.ts';
import { JsonPieces } from '../http/json-pieces.ts';
import { presentNode } from '../nodes/present.ts';
import type { Topology } from '../schema/topology.ts';
import type { MountHosts } from '../volumes/mount-hosts.ts';
import { presentBareVolume, presentBrick } from '../volumes/present.ts';

type ClusterOnWire = Topology['clusters'][number];

const volumesAtOnce = 400;
const nodesAtOnce = 100;
const devicesAtOnce = 400;

/** Of what there is less, all that is shown. */
interface Inventory {
  readonly reads: Reads;
  readonly mountHosts: MountHosts;
  readonly nodes: ReadonlyMap<string, readonly NodeRecord[]>;
  readonly devices: ReadonlyMap<string, readonly DeviceRecord[]>;
  /** Nodes by their devices, of all devices; those that come while volumes are read are added. */
  readonly nodeOf: Map<string, string>;
  readonly blocks: readonly BlockVolumeRecord[];
  readonly hosted: ReadonlyMap<string, readonly BlockVolumeRecord[]>;
  readonly foreign: ReadonlyMap<string, readonly ForeignBrickRecord[]>;
}

/**
 * Everything in one answer, as JSON in pieces. Volumes and bricks are read and written out some hundred at a time: as records
 * they would take many times the room of their text. What volumes are mounted from is told once a cluster: all its nodes, at
 * each of its volumes, would be hundreds of megabytes in a large installation.
 */
export async function readWholeTopology(reads: Reads, mountHosts: MountHosts): Promise<readonly Buffer[]> {
  const inventory = await readInventory(reads, mountHosts);
  const pieces = new JsonPieces();
  pieces.add('{"clusters":');
  await pieces.addList(async (add) => {
    for (const cluster of await reads.clusters.list()) {
      add('');
      await addCluster(pieces, cluster, inventory);
    }
  });
  pieces.add('}\n');
  return pieces.end();
}

async function readInventory(reads: Reads, mountHosts: MountHosts): Promise<Inventory> {
  const allDevices = await reads.devices.listAll();
  const devices = allDevices.filter(({ phase }) => phase === 'ready');
  const nodes = (await reads.nodes.listAll()).filter(({ phase }) => phase === 'ready');
  const blocks = await reads.blockVolumes.listAll();
  const foreign = await reads.foreignBricks.listAll();
  return {
    reads,
    mountHosts,
    nodes: groupBy(nodes, ({ clusterId }) => clusterId),
    devices: groupBy(devices, ({ nodeId }) => nodeId),
    nodeOf: new Map(allDevices.map(({ id, nodeId }) => [id, nodeId])),
    blocks,
    hosted: groupBy(blocks, ({ hostingVolumeId }) => hostingVolumeId),
    foreign: groupBy(foreign, ({ volumeId }) => volumeId),
  };
}

async function addCluster(
  pieces: JsonPieces,
  { id, file, block }: ClusterRecord,
  inventory: Inventory,
): Promise<void> {
  const { hosts, options } = await inventory.mountHosts.of(id);
  const mount: ClusterOnWire['mount'] = { hosts: [...hosts], options };
  const ofCluster = inventory.blocks.filter((volume) => volume.clusterId === id && isVisible(volume));
  const rest: Omit<ClusterOnWire, 'mount' | 'volumes' | 'nodes'> = {
    id,
    block,
    file,
    blockvolumes: ofCluster.map((volume) => volume.id),
  };
  pieces.add(`{"mount":${JSON.stringify(mount)},"volumes":`);
  await pieces.addList((add) => addVolumes(add, id, inventory));
  pieces.add(',"nodes":');
  await pieces.addList((add) => addNodes(add, id, inventory));
  pieces.add(`,${JSON.stringify(rest).slice(1)}`);
}

async function addVolumes(
  add: (text: string) => void,
  clusterId: string,
  { reads, nodeOf, hosted, foreign }: Inventory,
): Promise<void> {
  for (const ids of chunked(await reads.volumes.visibleIds(clusterId), volumesAtOnce)) {
    const listed = await reads.bricks.listShownOf(ids);
    for (const { deviceId } of listed) if (!nodeOf.has(deviceId)) await learnNode(nodeOf, deviceId, reads);
    const bricks = groupBy(listed, ({ volumeId }) => volumeId);
    for (const volume of await reads.volumes.listVisibleAmong(ids)) {
      const shown: ClusterOnWire['volumes'][number] = presentBareVolume({
        volume,
        bricks: (bricks.get(volume.id) ?? []).map((brick) =>
          presentBrick(brick, nodeOf.get(brick.deviceId) ?? ''),
        ),
        hosted: hosted.get(volume.id) ?? [],
        foreign: foreign.get(volume.id) ?? [],
      });
      add(JSON.stringify(shown));
    }
  }
}

async function learnNode(nodeOf: Inventory['nodeOf'], deviceId: string, reads: Reads): Promise<void> {
  const device = await reads.devices.find(deviceId);
  if (device !== undefined) nodeOf.set(deviceId, device.nodeId);
}

async function addNodes(
  add: (text: string) => void,
  clusterId: string,
  { reads, nodes, devices }: Inventory,
): Promise<void> {
  for (const group of chunked(nodes.get(clusterId) ?? [], nodesAtOnce)) {
    const ids = group.flatMap(({ id }) => (devices.get(id) ?? []).map((device) => device.id));
    const bricks = groupBy(await bricksOn(reads, ids), ({ deviceId }) => deviceId);
    for (const node of group) {
      const shown = (devices.get(node.id) ?? []).map((device) =>
        presentDevice(device, bricks.get(device.id) ?? []),
      );
      add(JSON.stringify(presentNode(node, shown) satisfies ClusterOnWire['nodes'][number]));
    }
  }
}

async function bricksOn(reads: Reads, deviceIds: readonly string[]): Promise<AllocatedBrick[]> {
  const groups: AllocatedBrick[][] = [];
  for (const ids of chunked(deviceIds, devicesAtOnce)) groups.push(await reads.bricks.listShownOn(ids));
  return groups.flat().sort((a, b) => (a.id < b.id ? -1 : 1));
}
