import type { Topology } from '../../../../src/client/shapes.ts';
import type { Device } from '../../../../src/client/wire-types.ts';
import { device, node, volume } from '../samples.ts';

const disk = (id: string, name: string, freeGib: number, change: Partial<Device> = {}): Device => {
  const free = freeGib * 1048576;
  const total = 100 * 1048576;
  return device({ id, name, storage: { total, free, used: total - free }, bricks: [], ...change });
};

const [firstBrick] = volume().bricks;

/** One cluster with two nodes, three devices and two volumes, and an empty one. */
export const twoClusters: Topology = {
  clusters: [
    {
      id: 'c1',
      file: true,
      block: false,
      volumes: [
        volume({
          id: 'v1',
          name: 'vol_v1',
          cluster: 'c1',
          gid: 2001,
          snapshot: { enable: true, factor: 1.1 },
          bricks: firstBrick === undefined ? [] : [{ ...firstBrick, id: 'b1', path: '/bricks/b1' }],
        }),
        volume({
          id: 'v2',
          name: '<ü>',
          cluster: 'c1',
          size: 7,
          block: true,
          durability: { type: 'none', replicate: {}, disperse: {} },
          blockinfo: { freesize: 3, blockvolume: ['x', 'y'], restriction: 'locked' },
          bricks: [],
        }),
      ],
      nodes: [
        node({
          id: 'n1',
          cluster: 'c1',
          hostnames: { manage: ['gl1', 'gl1.example'], storage: ['10.0.0.1'] },
          tags: { rack: 'r7', air: 'cold' },
          devices: [disk('d1', '/dev/vdb', 90), disk('d2', '/dev/vdc', 5, { tags: { disk: 'hdd' } })],
        }),
        node({
          id: 'n2',
          cluster: 'c1',
          zone: 2,
          state: 'failed',
          hostnames: { manage: ['gl2'], storage: ['10.0.0.2'] },
          tags: {},
          devices: [disk('d3', '/dev/disk/by-id/a-very-long-name', 50, { tags: {}, paths: [] })],
        }),
      ],
    },
    { id: 'c2', file: false, block: true, volumes: [], nodes: [] },
  ],
};
