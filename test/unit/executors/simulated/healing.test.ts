import { describe, expect, it } from 'vitest';
import { isNoticed, noteReplaced } from '../../../../src/executors/simulated/world/healing.ts';
import type { GlusterBrick, GlusterVolume } from '../../../../src/executors/simulated/world/state.ts';
import { newWorldState, World } from '../../../../src/executors/simulated/world/world.ts';

const brick = (node: string): GlusterBrick => ({ name: `${node}:/b`, node, path: '/b' });

describe('a simulated dispersed volume', () => {
  it('forgets a brick that is replaced before anybody noticed what it lacks', () => {
    const world = new World(newWorldState(1, { diskKib: 1, unlistedNodes: true, unlistedDisks: true }));
    const volume: GlusterVolume = {
      name: 'v',
      uuid: 'u',
      shape: { replica: 1, arbiter: 0, disperse: 3, redundancy: 1 },
      status: 'started',
      bricks: ['n1', 'n2', 'n3'].map(brick),
      options: new Map(),
      isRebalancing: false,
      snapshots: 0,
    };
    const replace = (node: string): void => {
      noteReplaced(world, volume, 2, brick(node));
      volume.bricks[2] = brick(node);
    };
    replace('n4');
    expect(isNoticed(volume, 'n4', '/b')).toBe(false);
    replace('n5');
    replace('n4');
    replace('n3');
    expect([...(volume.unnoticed?.keys() ?? [])]).toEqual(['n3:/b']);
  });
});
