/** A small world that agrees with itself: two nodes with a disk each, one volume with two copies. */
import type { BrickRecord } from '../../../src/db/bricks.ts';
import type { DeviceRecord } from '../../../src/db/devices.ts';
import type { NodeRecord } from '../../../src/db/nodes.ts';
import type { VolumeRecord } from '../../../src/db/volumes.ts';
import { compare } from '../../../src/doctor/compare/compare.ts';
import type { Finding } from '../../../src/doctor/finding.ts';
import type { NodeFacts } from '../../../src/doctor/look/facts.ts';
import { type Intent, steadyIntent } from '../../../src/doctor/look/intent.ts';
import type { ClusterLook, Look } from '../../../src/doctor/look/look.ts';
import { mountUnit, unitName } from '../../../src/storage/filesystem/mounts.ts';
import type { GlusterVolume } from '../../../src/storage/gluster/volume-info.ts';
import { idOption, toGroupTags, toPoolTags, toVolumeOptions } from '../../../src/storage/imprints.ts';
import {
  brickLvName,
  brickPath,
  deviceFolder,
  mapperPath,
  mountPoint,
  thinPoolName,
  volumeGroupName,
} from '../../../src/storage/naming.ts';
import { deviceImprint } from '../../../src/topology/device-imprint.ts';

export const id = (letter: string): string => letter.repeat(32);
const mountSettings = { method: 'systemd', fstabFile: '/etc/fstab', options: 'rw,noatime' } as const;

const held = { phase: 'ready', operationId: null } as const;
const cluster = { id: id('c'), file: true, block: true };
const volumeId = id('e');

const nodes: NodeRecord[] = ['1', '2'].map((digit) => ({
  id: id(digit),
  clusterId: cluster.id,
  zone: Number(digit),
  state: 'online',
  tags: {},
  lostAtMs: null,
  manageNames: [`node${digit}`],
  storageNames: [`10.0.0.${digit}`],
  ...held,
}));

const devices: DeviceRecord[] = nodes.map((node, index) => ({
  id: id(index === 0 ? 'a' : 'b'),
  nodeId: node.id,
  name: '/dev/sdb',
  state: 'online',
  tags: {},
  totalKib: 1_000_000,
  foreignKib: 0,
  extentKib: 4096,
  pvUuid: `pv-${index}`,
  paths: ['/dev/sdb'],
  lostAtMs: null,
  ...held,
}));

const bricks: BrickRecord[] = devices.map((device, position) => {
  const brickId = id(position === 0 ? '7' : '8');
  return {
    id: brickId,
    volumeId,
    deviceId: device.id,
    nodeId: device.nodeId,
    setIndex: 0,
    position,
    kind: 'data',
    sizeKib: 100_000,
    poolKib: 102_400,
    metadataKib: 4096,
    poolName: thinPoolName(brickId),
    lvName: brickLvName(brickId),
    path: brickPath(device.id, brickId),
    ...held,
  };
});

const volume: VolumeRecord = {
  id: volumeId,
  clusterId: cluster.id,
  name: 'vol',
  sizeGib: 1,
  durability: { type: 'replicate', replica: 2, arbiter: false },
  durabilityEcho: { type: 'replicate', replicate: { replica: 2 }, disperse: {} },
  gid: 0,
  snapshot: { enable: false, factor: 1 },
  block: false,
  options: [''],
  zoneChecking: 'none',
  tagRule: null,
  averageFileKib: 64,
  glusterUuid: 'uuid-1',
  blockRestriction: '',
  blockReservedGib: 0,
  ...held,
};

export const intent: Intent = {
  clusters: [cluster],
  nodes,
  devices,
  bricks,
  volumes: [volume],
  foreignBricks: [],
  watched: [],
  activity: '1',
  isBusy: false,
};

function factsOf(index: number): NodeFacts {
  const [node, device, brick] = [nodes[index], devices[index], bricks[index]];
  if (node === undefined || device === undefined || brick === undefined) throw new Error('no such node');
  const group = volumeGroupName(device.id);
  const at = mountPoint(device.id, brick.id);
  const source = mapperPath(group, brick.lvName);
  const unit = Object.fromEntries(
    mountUnit({ device: source, mountPoint: at }, mountSettings.options)
      .split('\n')
      .map((line) => line.split(/=(.*)/) as [string, string]),
  );
  const plain = {
    isHidden: false,
    thinCount: null,
    dataPercent: 10,
    metadataPercent: null,
    createdAtMs: 1000,
  };
  return {
    physicalVolumes: [{ device: '/dev/sdb', uuid: device.pvUuid, volumeGroup: group, volumeGroupTags: [] }],
    volumeGroups: [
      {
        name: group,
        tags: toGroupTags(deviceImprint(device, node, cluster)),
        extentKib: 4096,
        totalKib: device.totalKib,
        freeKib: device.totalKib - brick.poolKib - brick.metadataKib,
        pvDevice: '/dev/sdb',
        pvUuid: device.pvUuid,
      },
    ],
    logicalVolumes: [
      { ...plain, volumeGroup: group, name: brick.lvName, sizeKib: 102_400, pool: brick.poolName, tags: [] },
      {
        ...plain,
        volumeGroup: group,
        name: brick.poolName,
        sizeKib: 102_400,
        pool: '',
        thinCount: 1,
        metadataPercent: 10,
        tags: toPoolTags(brick.id, volumeId, brick.sizeKib),
      },
    ],
    mounts: [{ deviceNumber: '253:3', mountPoint: at, type: 'xfs', source }],
    bootMounts: [
      {
        holder: unitName(at),
        device: unit.What ?? '',
        mountPoint: unit.Where ?? '',
        type: unit.Type ?? '',
        options: unit.Options ?? '',
        isWanted: true,
      },
    ],
    danglingUnits: [],
    folders: [
      { path: deviceFolder(device.id), isEmpty: false },
      { path: at, isEmpty: false },
      { path: brick.path, isEmpty: true },
    ],
    gluster: {
      peers: nodes.map((peer, place) => ({
        uuid: `peer-${place}`,
        names: [place === index ? 'localhost' : (peer.storageNames[0] ?? '')],
        isConnected: true,
        isMember: true,
      })),
      volumeNames: ['vol'],
    },
  };
}

const present: GlusterVolume = {
  name: 'vol',
  uuid: 'uuid-1',
  status: 'started',
  bricks: bricks.map((brick, index) => `10.0.0.${index + 1}:${brick.path}`),
  options: { [idOption]: volumeId, ...Object.fromEntries(toVolumeOptions(volume)) },
  shape: { type: 'Replicate', replica: 2, arbiters: 0, disperse: 0, redundancy: 0 },
};

export interface World {
  before: Intent;
  after: Intent;
  facts: [NodeFacts | string, NodeFacts];
  gluster: ClusterLook | undefined;
}

export const world = (): World => ({
  before: intent,
  after: intent,
  facts: [factsOf(0), factsOf(1)],
  gluster: {
    clusterId: cluster.id,
    askedNodeId: id('1'),
    volumes: [present],
    processes: new Map([
      [
        'vol',
        bricks.map((brick, index) => ({ host: `10.0.0.${index + 1}`, path: brick.path, isOnline: true })),
      ],
    ]),
  },
});

export function findings({ before, after, facts, gluster }: World, poolLimitPercent = 95): Finding[] {
  const look: Look = {
    nodes: facts.map((found, index) => {
      const nodeId = id(String(index + 1));
      return typeof found === 'string' ? { nodeId, failure: found } : { nodeId, facts: found };
    }),
    clusters: gluster === undefined ? [] : [gluster],
  };
  return compare(look, steadyIntent(before, after), { mountSettings, poolLimitPercent });
}

/** Changes what the first node says. */
export function says(it: World, change: (facts: NodeFacts) => Partial<NodeFacts>): void {
  const [first] = it.facts;
  if (typeof first !== 'string') it.facts[0] = { ...first, ...change(first) };
}

/** Changes what gluster says of the volume. */
export function glusterSays(it: World, change: Partial<GlusterVolume>): void {
  if (it.gluster !== undefined) it.gluster = { ...it.gluster, volumes: [{ ...present, ...change }] };
}
