import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClientMount } from './client-mount.ts';
import { Scene } from './scene.ts';

const volumes = [
  { size: 1, durability: { type: 'replicate', replicate: { replica: 3 } } },
  { size: 2, durability: { type: 'disperse', disperse: { data: 2, redundancy: 1 } } },
  { size: 1 },
];

describe('the power of all nodes cut at once', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await Scene.open();
    await scene.loadTopology();
  });

  afterAll(async () => {
    await scene?.removeTopology();
    await scene?.close();
  });

  it('brings every volume back by itself, with its data, the manager not even running', async () => {
    const { lab, mortar } = scene;
    const made = await Promise.all(volumes.map((body) => mortar.wire.finish('/volumes', { body })));
    expect(made.map(({ status }) => status)).toEqual(volumes.map(() => 200));
    const all = made.map((answer) => answer.json());
    for (const volume of all) {
      const mount = await ClientMount.open(lab, 4, volume);
      await mount.write('kept', `data of ${volume.name}`);
      await mount.close();
    }
    await mortar.stop();

    await Promise.all(lab.nodes.map(({ index }) => lab.kill(index)));
    for (const { index } of lab.nodes) await lab.start(index);
    await lab.waitReady('all');

    for (const volume of all) {
      const mount = await ClientMount.open(lab, 4, volume);
      expect(await mount.read('kept')).toBe(`data of ${volume.name}`);
      await mount.write('new', 'written afterwards');
      await mount.close();
    }
    await mortar.start();
    expect(await scene.differences()).toEqual([]);
    for (const { id } of all) {
      const deleted = await mortar.wire.finish(`/volumes/${id}`, { method: 'DELETE' });
      expect(deleted.status, deleted.text).toBe(204);
    }
    expect(await scene.differences()).toEqual([]);
  });
});
