import { afterAll, beforeAll, expect, it } from 'vitest';
import { linesOnNodes, type NodeScene } from '../contract/wire/lines-on-nodes.ts';
import { Scene } from './scene.ts';
import type { NodeSnapshot } from './snapshot.ts';

/** Of the lab's four nodes the last is in no cluster yet. */
let scene: Scene;
let loaded: NodeSnapshot[];
let onNodes: NodeScene;

beforeAll(async () => {
  // A hosting volume that is made by itself has to fit.
  scene = await Scene.open(4, {
    HEKETI_AUTO_CREATE_BLOCK_HOSTING_VOLUME: 'true',
    HEKETI_BLOCK_HOSTING_VOLUME_SIZE: '4',
  });
  const late = scene.lab.nodes[3];
  await scene.loadTopology({}, scene.lab.nodes.slice(0, 3));
  const [clusterId = ''] = (await scene.mortar.wire.send('/clusters')).json().clusters;
  onNodes = {
    wire: scene.mortar.wire,
    clusterId,
    late: {
      hostnames: { manage: [late?.name ?? ''], storage: [late?.address ?? ''] },
      disk: scene.lab.disks[0] ?? '',
    },
    hostingGib: 4,
    // Debian does not package it.
    hasBlocks: false,
    held: { shut: () => undefined, open: () => undefined },
  };
  loaded = await scene.pictures();
});

afterAll(() => scene?.close());

linesOnNodes(async () => onNodes);

it('a block volume where no node has gluster-block is refused in one sentence, and its hosting volume is gone again', async () => {
  const { wire } = onNodes;
  const end = await wire.finish('/blockvolumes', { body: { size: 1 } });
  expect([end.status, end.text]).toEqual([500, expect.stringMatching(/gluster-block not found; install/)]);
  expect((await wire.send('/volumes')).text).toBe('{"volumes":[]}\n');
  expect((await wire.send('/blockvolumes')).text).toBe('{"blockvolumes":[]}\n');
});

it('and after all of them the nodes are as they were, and the database agrees', async () => {
  expect(await scene.differences()).toEqual([]);
  expect(await scene.pictures()).toEqual(loaded);
});
