/**
 * Compares, item by item, what a manager has on record with what is on its nodes. Used on simulated and on real nodes:
 * both give `NodeFacts`. Empty means that they agree completely.
 */
import type { BrickRecord } from '../../src/db/bricks.ts';
import type { DeviceRecord } from '../../src/db/devices.ts';
import type { ForeignBrickRecord } from '../../src/db/foreign-bricks.ts';
import type { NodeRecord } from '../../src/db/nodes.ts';
import type { Reads } from '../../src/db/queries.ts';
import type { VolumeRecord } from '../../src/db/volumes.ts';
import { unitName } from '../../src/storage/filesystem/mounts.ts';
import { deviceFolder, glusterBrick, mountPoint, volumeGroupName } from '../../src/storage/naming.ts';

export interface NodeFacts {
  readonly physicalVolumes: readonly { readonly uuid: string; readonly volumeGroup: string }[];
  readonly volumeGroups: readonly {
    readonly name: string;
    readonly tags: readonly string[];
    readonly totalKib: number;
    readonly freeKib: number;
  }[];
  /** Visible ones. */
  readonly logicalVolumes: readonly {
    readonly volumeGroup: string;
    readonly name: string;
    readonly pool: string;
    readonly tags: readonly string[];
  }[];
  /** Under Heketi's folder. */
  readonly mountPoints: readonly string[];
  readonly mountUnits: readonly string[];
  readonly wantedUnits: readonly string[];
  /** Folders right below and two levels below `/var/lib/heketi/mounts`: of devices and of mount points. */
  readonly folders: readonly string[];
  readonly peerNames: readonly string[];
  readonly volumes: readonly {
    readonly name: string;
    readonly uuid: string;
    readonly status: string;
    readonly bricks: readonly string[];
    readonly options: Readonly<Record<string, string>>;
  }[];
  /** Logical volumes of gluster's snapshots, as `group/name`; absent where there are none. */
  readonly snapshotVolumes?: readonly string[];
}

interface Records {
  readonly nodes: readonly NodeRecord[];
  readonly devices: readonly DeviceRecord[];
  readonly bricks: readonly BrickRecord[];
  readonly volumes: readonly VolumeRecord[];
  /** Of managed volumes that others made. */
  readonly foreignBricks: readonly ForeignBrickRecord[];
}

export interface CheckOptions {
  /** Reads what is on a node, by its manage name. */
  readonly factsOf: (manageName: string) => Promise<NodeFacts> | NodeFacts;
}

/** @returns the differences in words; none while no operation is unfinished and all is well. */
export async function findDifferences(reads: Reads, { factsOf }: CheckOptions): Promise<string[]> {
  const unfinished = await reads.operations.listUnfinished();
  const records: Records = {
    nodes: await reads.nodes.listAll(),
    devices: await reads.devices.listAll(),
    bricks: await reads.bricks.listAll(),
    volumes: await allVolumes(reads),
    foreignBricks: await reads.foreignBricks.listAll(),
  };
  const differences = unfinished.map(
    ({ kind, state, waitingReason }) => `operation ${kind} is ${state}: ${waitingReason ?? ''}`,
  );
  differences.push(...checkPhases(records));
  for (const node of records.nodes) {
    // Nobody knows what is on a lost node, and nobody asks it.
    if (node.lostAtMs !== null) continue;
    const name = node.manageNames[0] ?? '';
    const facts = await factsOf(name);
    const own = records.devices.filter(({ nodeId }) => nodeId === node.id);
    const found = [
      ...checkDevices(own, records.bricks, facts),
      ...checkBricks(own, records.bricks, facts),
      ...checkStrangers(own, records.bricks, facts),
      ...checkGluster(node, records, facts),
    ];
    differences.push(...found.map((difference) => `${name}: ${difference}`));
  }
  return differences;
}

/** Volumes in every phase; hidden ones are seen through their bricks. */
async function allVolumes(reads: Reads): Promise<VolumeRecord[]> {
  const ids = new Set(await reads.volumes.visibleIds());
  for (const { volumeId } of [...(await reads.bricks.listAll()), ...(await reads.foreignBricks.listAll())])
    if (volumeId !== null) ids.add(volumeId);
  const volumes = await Promise.all([...ids].map((id) => reads.volumes.find(id)));
  return volumes.filter((volume) => volume !== undefined);
}

function checkPhases({ nodes, devices, bricks, volumes }: Records): string[] {
  const objects = [
    ...nodes.map((it) => ({ what: `node ${it.id}`, ...it })),
    ...devices.map((it) => ({ what: `device ${it.id}`, ...it })),
    ...bricks.map((it) => ({ what: `brick ${it.id}`, ...it })),
    ...volumes.map((it) => ({ what: `volume ${it.id}`, ...it })),
  ];
  return objects
    .filter(({ phase, operationId }) => phase !== 'ready' || operationId !== null)
    .map(({ what, phase }) => `${what} is ${phase}`);
}

function checkDevices(
  devices: readonly DeviceRecord[],
  bricks: readonly BrickRecord[],
  facts: NodeFacts,
): string[] {
  return devices.flatMap((device) => {
    const group = facts.volumeGroups.find(({ name }) => name === volumeGroupName(device.id));
    if (group === undefined)
      return [`device ${device.name} has no volume group ${volumeGroupName(device.id)}`];
    const pv = facts.physicalVolumes.find(({ volumeGroup }) => volumeGroup === group.name);
    const usedKib = bricks
      .filter(({ deviceId }) => deviceId === device.id)
      .reduce((sum, { poolKib, metadataKib }) => sum + poolKib + metadataKib, 0);
    return [
      ...(pv?.uuid === device.pvUuid
        ? []
        : [`device ${device.name} has the physical volume ${pv?.uuid}, not ${device.pvUuid}`]),
      ...(group.tags.includes(`mortar.device=${device.id}`)
        ? []
        : [`${group.name} lacks its tag: ${group.tags.join()}`]),
      ...(group.totalKib === device.totalKib
        ? []
        : [`${group.name} has ${group.totalKib} KiB, on record ${device.totalKib}`]),
      ...(group.totalKib - group.freeKib === usedKib + device.foreignKib
        ? []
        : [
            `${group.name} has ${group.totalKib - group.freeKib} KiB in use, on record ${usedKib + device.foreignKib}`,
          ]),
    ];
  });
}

const on = (devices: readonly DeviceRecord[], bricks: readonly BrickRecord[]): BrickRecord[] =>
  bricks.filter(({ deviceId }) => devices.some(({ id }) => id === deviceId));

function checkBricks(
  devices: readonly DeviceRecord[],
  bricks: readonly BrickRecord[],
  facts: NodeFacts,
): string[] {
  return on(devices, bricks).flatMap((brick) => {
    const group = volumeGroupName(brick.deviceId);
    const named = (name: string) =>
      facts.logicalVolumes.find((volume) => volume.volumeGroup === group && volume.name === name);
    const pool = named(brick.poolName);
    // A clone's: gluster mounts it, and its mark is on the thin volume.
    if (brick.poolKib === 0) {
      const tags = named(brick.lvName)?.pool === brick.poolName ? named(brick.lvName)?.tags : [];
      return tags?.includes(`mortar.brick=${brick.id}`) === true
        ? []
        : [`brick ${brick.id} has no marked volume`];
    }
    const at = mountPoint(brick.deviceId, brick.id);
    return [
      ...(named(brick.lvName)?.pool === brick.poolName ? [] : [`brick ${brick.id} has no thin volume`]),
      ...(pool?.tags.includes(`mortar.brick=${brick.id}`) === true
        ? []
        : [`brick ${brick.id} has no tagged pool`]),
      ...(facts.mountPoints.includes(at) ? [] : [`brick ${brick.id} is not mounted`]),
      ...(facts.mountUnits.includes(unitName(at)) && facts.wantedUnits.includes(unitName(at))
        ? []
        : [`brick ${brick.id} would not be mounted at boot`]),
    ];
  });
}

/** What is there without a record. */
function checkStrangers(
  devices: readonly DeviceRecord[],
  bricks: readonly BrickRecord[],
  facts: NodeFacts,
): string[] {
  const groups = new Set(devices.map(({ id }) => volumeGroupName(id)));
  const own = on(devices, bricks);
  const points = own
    .filter(({ poolKib }) => poolKib > 0)
    .map((brick) => mountPoint(brick.deviceId, brick.id));
  const volumes = new Set(
    own.flatMap((brick) =>
      [brick.lvName, brick.poolName].map((name) => `${volumeGroupName(brick.deviceId)}/${name}`),
    ),
  );
  const units = new Set(points.map(unitName));
  const folders = new Set([...points, ...devices.map(({ id }) => deviceFolder(id))]);
  return [
    ...facts.volumeGroups
      .filter(({ name, tags }) => tags.includes('mortar') && !groups.has(name))
      .map(({ name }) => `stray volume group ${name}`),
    ...facts.physicalVolumes
      .filter(({ volumeGroup }) => volumeGroup === '')
      .map(({ uuid }) => `stray physical volume ${uuid}`),
    ...facts.logicalVolumes
      .filter(({ volumeGroup }) => groups.has(volumeGroup))
      .filter(({ volumeGroup, name }) => !volumes.has(`${volumeGroup}/${name}`))
      .filter(({ volumeGroup, name }) => facts.snapshotVolumes?.includes(`${volumeGroup}/${name}`) !== true)
      .map(({ volumeGroup, name }) => `stray logical volume ${volumeGroup}/${name}`),
    ...facts.mountPoints.filter((point) => !points.includes(point)).map((point) => `stray mount ${point}`),
    ...facts.mountUnits.filter((unit) => !units.has(unit)).map((unit) => `stray mount unit ${unit}`),
    ...facts.wantedUnits.filter((unit) => !units.has(unit)).map((unit) => `stray link ${unit}`),
    ...facts.folders.filter((folder) => !folders.has(folder)).map((folder) => `stray folder ${folder}`),
  ];
}

function checkGluster(node: NodeRecord, records: Records, facts: NodeFacts): string[] {
  const { nodes, bricks, volumes, foreignBricks } = records;
  const cluster = nodes.filter(({ clusterId }) => clusterId === node.clusterId);
  const hosts = new Map(cluster.map(({ id, storageNames }) => [id, storageNames[0] ?? '']));
  const expected = volumes.filter(({ clusterId }) => clusterId === node.clusterId);
  const names = new Set(expected.map(({ name }) => name));
  const others = cluster.filter(({ id }) => id !== node.id);
  // A lost node is dropped by gluster once a volume of its bricks is deleted.
  const present = others.filter(({ lostAtMs }) => lostAtMs === null);
  // The node that probed the others is known to them by the address it came from, not by its storage name.
  const isPeer = ({ storageNames, manageNames }: NodeRecord): boolean =>
    [...storageNames, ...manageNames].some((name) => facts.peerNames.includes(name));
  return [
    ...facts.volumes.filter(({ name }) => !names.has(name)).map(({ name }) => `stray gluster volume ${name}`),
    ...present.filter((other) => !isPeer(other)).map(({ storageNames }) => `${storageNames[0]} is no peer`),
    ...expected.flatMap((volume) => {
      const there = facts.volumes.find(({ name }) => name === volume.name);
      if (there === undefined) return [`gluster volume ${volume.name} is missing`];
      const own = bricks
        .filter(({ volumeId }) => volumeId === volume.id)
        .sort((a, b) => a.setIndex - b.setIndex || a.position - b.position)
        .map((brick) => glusterBrick(hosts.get(brick.nodeId) ?? '', brick.path));
      const foreign = foreignBricks.filter(({ volumeId }) => volumeId === volume.id);
      const wanted = [...foreign.map(({ name }) => name), ...own];
      return [
        ...(there.uuid === volume.glusterUuid
          ? []
          : [`volume ${volume.name} is ${there.uuid} in gluster, on record ${volume.glusterUuid}`]),
        ...(there.status === 'started' ? [] : [`volume ${volume.name} is ${there.status}`]),
        ...(there.bricks.join() === wanted.join()
          ? []
          : [`volume ${volume.name} has the bricks ${there.bricks.join()}, on record ${wanted.join()}`]),
        ...(there.options['user.heketi.id'] === volume.id
          ? []
          : [`volume ${volume.name} does not carry its id`]),
      ];
    }),
  ];
}
