import type { BrickRecord } from '../../db/bricks.ts';
import type { ClusterRecord } from '../../db/clusters.ts';
import type { DeviceRecord } from '../../db/devices.ts';
import type { ForeignBrickRecord } from '../../db/foreign-bricks.ts';
import type { NodeRecord } from '../../db/nodes.ts';
import type { VolumeRecord } from '../../db/volumes.ts';
import { groupBy } from '../../lib/group-by.ts';
import { assembleVolume } from './assemble-volume.ts';
import { type FoundBrick, foundBricks } from './found-bricks.ts';
import type { FoundDevice, HostLook } from './host-look.ts';
import { toDevice } from './to-device.ts';

/** Records made of what nodes say. */
export interface RebuiltRecords {
  readonly clusters: readonly ClusterRecord[];
  readonly nodes: readonly NodeRecord[];
  readonly devices: readonly DeviceRecord[];
  readonly volumes: readonly VolumeRecord[];
  readonly bricks: readonly BrickRecord[];
  /** Of managed volumes that others made. */
  readonly foreignBricks: readonly ForeignBrickRecord[];
  /** What contradicts itself or could not be seen: nothing is written before somebody has read this. */
  readonly problems: readonly string[];
  /** What is left out or new, and is no obstacle. */
  readonly notes: readonly string[];
}

type Answered = Extract<HostLook, { facts: unknown }>;

interface Draft {
  readonly problems: string[];
  readonly notes: string[];
  readonly clusters: Map<string, ClusterRecord>;
  readonly nodes: Map<string, NodeRecord>;
  readonly devices: Map<string, DeviceRecord>;
  readonly found: Map<string, FoundBrick>;
  newId(): string;
}

/** Makes records of what the hosts said. Pure but for the ids of what has none on the nodes. */
export function assemble(looks: readonly HostLook[], newId: () => string): RebuiltRecords {
  const draft: Draft = {
    problems: [],
    notes: [],
    clusters: new Map(),
    nodes: new Map(),
    devices: new Map(),
    found: new Map(),
    newId,
  };
  const answered: Answered[] = [];
  for (const look of looks) {
    if ('facts' in look) answered.push(look);
    else draft.problems.push(`${look.host.address} was not looked at: ${look.failure}`);
  }
  const clusterOf = new Map(answered.map((look) => [look, addSpeaking(draft, look)]));
  for (const look of answered)
    if (clusterOf.get(look) === null) clusterOf.set(look, addSilent(draft, look, clusterOf));
  const made = addVolumes(draft, clusterOf);
  return {
    clusters: [...draft.clusters.values()],
    nodes: [...draft.nodes.values()],
    devices: [...draft.devices.values()].map((device) => withForeign(device, made.bricks)),
    ...made,
    problems: draft.problems,
    notes: draft.notes,
  };
}

/** Takes over what a host's volume groups say. @returns its cluster's id; null when they say nothing. */
function addSpeaking(draft: Draft, { host, devices, mute, facts }: Answered): string | null {
  for (const group of mute) {
    draft.notes.push(`${host.address}: the volume group ${group} does not say whose it is; it is left out`);
  }
  const [first] = devices;
  if (first === undefined) return null;
  const { node, cluster } = first.imprint;
  const other = devices.find(
    ({ imprint }) => imprint.node.id !== node.id || imprint.cluster.id !== cluster.id,
  );
  if (other !== undefined) {
    draft.problems.push(
      `${host.address}: ${first.group.name} says that this is the node ${node.id} of the cluster ${cluster.id}, ${other.group.name} says ${other.imprint.node.id} of ${other.imprint.cluster.id}`,
    );
  }
  const twin = draft.nodes.get(node.id);
  if (twin !== undefined)
    draft.problems.push(
      `${host.address} and ${twin.manageNames[0]} both say that they are the node ${node.id}`,
    );
  if (devices.some(({ imprint }) => JSON.stringify(imprint.node) !== JSON.stringify(node)))
    draft.notes.push(
      `${host.address}: its volume groups differ in what they say of the node; ${first.group.name} counts`,
    );
  addCluster(draft, cluster, host.address);
  const { id, zone, state, tags, manageNames, storageNames } = node;
  draft.nodes.set(id, {
    id,
    clusterId: cluster.id,
    zone,
    state,
    tags,
    manageNames,
    storageNames,
    phase: 'ready',
    operationId: null,
    lostAtMs: null,
  });
  for (const device of devices) addDevice(draft, id, device);
  const deviceIds = devices.map(({ imprint }) => imprint.device.id);
  for (const brick of foundBricks(id, deviceIds, facts.logicalVolumes)) draft.found.set(brick.path, brick);
  return cluster.id;
}

function addCluster(draft: Draft, { id, file, block }: ClusterRecord, address: string): void {
  const present = draft.clusters.get(id);
  if (present === undefined) draft.clusters.set(id, { id, file, block });
  else if (present.file !== file || present.block !== block)
    draft.notes.push(
      `${address}: says of the cluster ${id} that it takes other kinds of volumes; the first host counts`,
    );
}

function addDevice(draft: Draft, nodeId: string, found: FoundDevice): void {
  const { id } = found.imprint.device;
  if (draft.devices.has(id)) draft.problems.push(`the device ${id} is on two hosts`);
  draft.devices.set(id, toDevice(nodeId, found));
}

function withForeign(device: DeviceRecord, bricks: readonly BrickRecord[]): DeviceRecord {
  const ofBricks = bricks
    .filter(({ deviceId }) => deviceId === device.id)
    .reduce((sum, { poolKib, metadataKib }) => sum + poolKib + metadataKib, 0);
  return { ...device, foreignKib: Math.max(0, device.foreignKib - ofBricks) };
}

/** A host without a volume group of ours: the topology file must say what it is, and it gets a new id. */
function addSilent(
  draft: Draft,
  { host }: Answered,
  clusterOf: ReadonlyMap<Answered, string | null>,
): string | null {
  const { described, clusterKey, address } = host;
  if (described === undefined) {
    draft.notes.push(
      `${address}: no volume group of ours says what it is, and there is no topology file that does; it is left out`,
    );
    return null;
  }
  const mates = [...clusterOf].filter(([look, id]) => look.host.clusterKey === clusterKey && id !== null);
  const clusterId = mates[0]?.[1] ?? draft.newId();
  if (!draft.clusters.has(clusterId)) {
    const { file, block } = described;
    draft.clusters.set(clusterId, { id: clusterId, file, block });
    draft.notes.push(
      `the cluster of ${address} gets the new id ${clusterId}: no volume group tells its old one`,
    );
  }
  const id = draft.newId();
  draft.notes.push(`${address} gets the new id ${id}: it has no volume group that tells its old one`);
  const { zone, tags, manageNames, storageNames } = described;
  draft.nodes.set(id, {
    id,
    clusterId,
    zone,
    tags,
    manageNames,
    storageNames,
    state: 'online',
    phase: 'ready',
    operationId: null,
    lostAtMs: null,
  });
  return clusterId;
}

function addVolumes(
  draft: Draft,
  clusterOf: ReadonlyMap<Answered, string | null>,
): Pick<RebuiltRecords, 'volumes' | 'bricks' | 'foreignBricks'> {
  const volumes: VolumeRecord[] = [];
  const bricks: BrickRecord[] = [];
  const foreignBricks: ForeignBrickRecord[] = [];
  const byCluster = groupBy([...clusterOf], ([, clusterId]) => clusterId);
  for (const [clusterId, members] of byCluster) {
    if (clusterId === null) continue;
    const nodes = [...draft.nodes.values()].filter((node) => node.clusterId === clusterId);
    // Every node's glusterd has the books of all; one that was away may lack some.
    const present = new Map(members.flatMap(([look]) => look.volumes.map((volume) => [volume.name, volume])));
    for (const volume of present.values()) {
      const assembled = assembleVolume(volume, clusterId, draft.found, nodes);
      if ('reason' in assembled) {
        draft.notes.push(`the gluster volume ${volume.name} is left out: ${assembled.reason}`);
        continue;
      }
      volumes.push(assembled.volume);
      bricks.push(...assembled.bricks);
      foreignBricks.push(...assembled.foreignBricks);
    }
  }
  const twice = bricks.find(({ id }, index) => bricks.findIndex((brick) => brick.id === id) !== index);
  if (twice !== undefined) draft.problems.push(`the brick ${twice.id} belongs to two volumes`);
  return { volumes, bricks, foreignBricks };
}
