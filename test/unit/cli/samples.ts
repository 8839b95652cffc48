import type { Cluster, Device, Node, Volume } from '../../../src/client/wire-types.ts';

/** The objects of the contract's examples. */
export const clusterId = '4c1b7e0a9d3f52688e6a01c47b9d2f35';
export const nodeId = '1f0a6d2b8c4e4f7790b3a5d6c7e8f901';
export const deviceId = 'd3b07384d113edec49eaa6238ad5ff00';
export const volumeId = '9e107d9d372bb6826bd81d3542a419d6';
export const brickId = 'b6d767d2f8ed5d21a44b0e5886680cb9';

export const brickPath = `/var/lib/heketi/mounts/vg_${deviceId}/brick_${brickId}/brick`;

const brick = {
  id: brickId,
  path: brickPath,
  device: deviceId,
  node: nodeId,
  volume: volumeId,
  size: 10485760,
};

export const cluster = (change: Partial<Cluster> = {}): Cluster => ({
  id: clusterId,
  nodes: [nodeId],
  volumes: [volumeId],
  block: true,
  file: true,
  blockvolumes: [],
  ...change,
});

export const device = (change: Partial<Device> = {}): Device => ({
  name: '/dev/vdb',
  tags: { disk: 'ssd' },
  storage: { total: 524288000, free: 513748992, used: 10539008 },
  id: deviceId,
  paths: ['/dev/vdb', '/dev/disk/by-id/virtio-abc'],
  pv_uuid: 'Xl5sYw',
  state: 'online',
  bricks: [brick],
  ...change,
});

export const node = (change: Partial<Node> = {}): Node => ({
  zone: 1,
  hostnames: { manage: ['gl1.example'], storage: ['10.0.0.1'] },
  cluster: clusterId,
  tags: { rack: 'r7' },
  id: nodeId,
  state: 'online',
  devices: [device()],
  ...change,
});

export const volume = (change: Partial<Volume> = {}): Volume => ({
  size: 100,
  name: `vol_${volumeId}`,
  durability: { type: 'replicate', replicate: { replica: 3 }, disperse: {} },
  snapshot: { enable: false, factor: 1 },
  id: volumeId,
  cluster: clusterId,
  mount: {
    glusterfs: {
      hosts: ['10.0.0.1', '10.0.0.2', '10.0.0.3'],
      device: `10.0.0.1:vol_${volumeId}`,
      options: { 'backup-volfile-servers': '10.0.0.2,10.0.0.3' },
    },
  },
  blockinfo: {},
  bricks: [brick, { ...brick, id: 'b7' }, { ...brick, id: 'b8' }],
  ...change,
});
