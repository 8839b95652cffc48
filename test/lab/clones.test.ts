import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClientMount } from './client-mount.ts';
import { Scene } from './scene.ts';
import type { NodeSnapshot } from './snapshot.ts';

const body = {
  size: 1,
  durability: { type: 'replicate', replicate: { replica: 3 } },
  snapshot: { enable: true, factor: 1.5 },
};
/** More than an operation has. */
const mostSteps = 20;

/** What is on the nodes, but for an option that gluster itself leaves on a volume of which it took a snapshot. */
async function pictures(scene: Scene): Promise<NodeSnapshot[]> {
  const isOwn = (option: string): boolean => option !== 'features.barrier: disable';
  return (await scene.pictures()).map((picture) => ({
    ...picture,
    glusterVolumes: picture.glusterVolumes.map((volume) => ({
      ...volume,
      options: volume.options.filter(isOwn),
    })),
  }));
}

/** What does not agree between nodes and records; the lab does not tell gluster's snapshots from other thin volumes. */
const differences = async (scene: Scene): Promise<string[]> =>
  (await scene.differences()).filter((found) => !/stray logical volume .*\/[0-9a-f]{32}_\d+$/.test(found));

describe('snapshots and clones on real nodes', () => {
  let scene: Scene;
  let loaded: NodeSnapshot[];
  let source: string;

  beforeAll(async () => {
    scene = await Scene.open();
    await scene.loadTopology();
    loaded = await pictures(scene);
    const made = await scene.mortar.wire.finish('/volumes', { body });
    expect(made.status, made.text).toBe(200);
    source = made.json().id as string;
  });

  afterAll(async () => {
    await scene?.removeTopology();
    await scene?.close();
  });

  it('a snapshot is taken, told of, and deleted without a trace', async () => {
    const { wire } = scene.mortar;
    const before = await pictures(scene);
    const taken = await wire.finish(`/volumes/${source}/snapshots`, { body: { name: 'one' } });
    expect(taken.status, taken.text).toBe(200);
    expect((await wire.send(`/volumes/${source}/snapshots`)).json().snapshots).toMatchObject([
      { name: 'one', activated: false },
    ]);
    expect((await wire.finish(`/volumes/${source}`, { method: 'DELETE' })).text).toContain(
      'it has 1 snapshot',
    );
    const gone = await wire.finish(`/volumes/${source}/snapshots/one`, { method: 'DELETE' });
    expect(gone.status, gone.text).toBe(204);
    expect(await pictures(scene)).toEqual(before);
  });

  it('a clone has what was in the volume, and is deleted without a trace', async () => {
    const { wire } = scene.mortar;
    const before = await pictures(scene);
    const original = (await wire.send(`/volumes/${source}`)).json();
    const mount = await ClientMount.open(scene.lab, 4, original);
    await mount.write('kept', 'written before the clone');
    await mount.close();
    const made = await wire.finish(`/volumes/${source}/clone`, { body: { name: 'twin' } });
    expect(made.status, made.text).toBe(200);
    expect(await scene.differences()).toEqual([]);
    const twin = await ClientMount.open(scene.lab, 4, made.json());
    expect(await twin.read('kept')).toBe('written before the clone');
    await twin.close();
    const deleted = await wire.finish(`/volumes/${made.json().id}`, { method: 'DELETE' });
    expect(deleted.status, deleted.text).toBe(204);
    expect(await pictures(scene)).toEqual(before);
  });

  it('a restored snapshot brings back what was in the volume, also after all nodes were without power', async () => {
    const { wire } = scene.mortar;
    const volume = (await wire.send(`/volumes/${source}`)).json();
    const mount = await ClientMount.open(scene.lab, 4, volume);
    await mount.write('changed', 'then');
    const snapshots = `/volumes/${source}/snapshots`;
    for (const name of ['one', 'two']) {
      await mount.write('told', name);
      expect((await wire.finish(snapshots, { body: { name } })).status).toBe(200);
    }
    await mount.write('changed', 'now');
    await mount.write('added', 'since');
    await mount.close();
    // What is activated gets a mark of its own from gluster.
    expect((await scene.lab.ssh(1, 'gluster --mode=script snapshot activate two')).exitCode).toBe(0);
    for (const name of ['one', 'two']) {
      const restored = await wire.finish(`${snapshots}/${name}/restore`, { method: 'POST' });
      expect(restored.status, restored.text).toBe(200);
      expect(restored.json().bricks).toEqual(volume.bricks);
      expect(await differences(scene)).toEqual([]);
      const after = await ClientMount.open(scene.lab, 4, volume);
      expect([await after.read('changed'), await after.read('told')]).toEqual(['then', name]);
      await expect(after.read('added')).rejects.toThrow(/No such file/);
      await after.write('changed', 'again');
      await after.close();
    }
    await Promise.all(scene.lab.nodes.map(({ index }) => scene.lab.kill(index)));
    for (const { index } of scene.lab.nodes) await scene.lab.start(index);
    await scene.lab.waitReady('all');
    const woken = await ClientMount.open(scene.lab, 4, volume);
    expect([await woken.read('changed'), await woken.read('told')]).toEqual(['again', 'two']);
    await woken.close();
    for (const name of ['one', 'two'])
      expect((await wire.finish(`${snapshots}/${name}`, { method: 'DELETE' })).status).toBe(204);
    expect(await differences(scene)).toEqual([]);
  });

  it('a manager killed while it restores leaves the one or the other, and a volume that runs', async () => {
    const { mortar } = scene;
    const { wire } = mortar;
    const volume = (await wire.send(`/volumes/${source}`)).json();
    const write = async (text: string) => {
      const mount = await ClientMount.open(scene.lab, 4, volume);
      await mount.write('changed', text);
      await mount.close();
    };
    await write('then');
    expect((await wire.finish(`/volumes/${source}/snapshots`, { body: { name: 'kept' } })).status).toBe(200);
    // Copying, stopping, exchanging the bricks, starting, removing what was replaced.
    for (const nth of [5, 8, 9, 12, 13]) {
      await write('now');
      const path = `/volumes/${source}/snapshots/kept/restore`;
      const accepted = await wire.send(path, { method: 'POST' });
      expect(accepted.status, accepted.text).toBe(202);
      const id = (accepted.headers.get('location') ?? '').replace('/queue/', '');
      if (await mortar.killAtStep(id, nth)) await mortar.start();
      await mortar.settle();
      expect(await differences(scene), `killed at moment ${nth}`).toEqual([]);
      const { state } = (await wire.send(`/operations/${id}`)).json();
      const mount = await ClientMount.open(scene.lab, 4, volume);
      expect(await mount.read('changed'), `killed at moment ${nth}`).toBe(state === 'done' ? 'then' : 'now');
      await mount.close();
    }
    const gone = await wire.finish(`/volumes/${source}/snapshots/kept`, { method: 'DELETE' });
    expect(gone.status, gone.text).toBe(204);
  });

  it('a volume whose snapshot was restored grows, and goes after its clones, which it names', async () => {
    const { wire } = scene.mortar;
    const body = { size: 1, durability: { type: 'replicate', replicate: { replica: 3 } } };
    const made = (await wire.finish('/volumes', { body })).json();
    const path = `/volumes/${made.id}`;
    const kept = { body: { name: 'before', force: true } };
    expect((await wire.finish(`${path}/snapshots`, kept)).status).toBe(200);
    const restored = await wire.finish(`${path}/snapshots/before/restore`, { method: 'POST' });
    expect(restored.status, restored.text).toBe(200);
    const grown = await wire.finish(`${path}/expand`, { body: { expand_size: 1 } });
    expect(grown.json()).toMatchObject({ size: 2 });
    const late = await wire.finish(`${path}/snapshots/before/restore`, { method: 'POST' });
    expect(late.text).toContain('was grown');
    expect((await wire.finish(`${path}/snapshots/before`, { method: 'DELETE' })).status).toBe(204);
    const clone = (await wire.finish(`${path}/clone`, { body: { name: 'offspring' } })).json();
    const refused = await wire.finish(path, { method: 'DELETE' });
    expect(refused.text).toContain(`offspring (${clone.id}); delete that first`);
    expect((await wire.finish(`/volumes/${clone.id}/snapshots`, kept)).status).toBe(200);
    const again = await wire.finish(`/volumes/${clone.id}/snapshots/before/restore`, { method: 'POST' });
    expect(again.status, again.text).toBe(200);
    expect(await differences(scene)).toEqual([]);
    await wire.finish(`/volumes/${clone.id}/snapshots/before`, { method: 'DELETE' });
    for (const id of [clone.id, made.id])
      expect((await wire.finish(`/volumes/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect(await differences(scene)).toEqual([]);
  });

  it('a manager killed at every step of cloning leaves a clone or nothing, and no room is lost', async () => {
    const { mortar } = scene;
    const before = await pictures(scene);
    let isKilled = true;
    for (let nth = 1; nth <= mostSteps && isKilled; nth += 1) {
      const accepted = await mortar.wire.send(`/volumes/${source}/clone`, { body: { name: 'twin' } });
      expect(accepted.status, accepted.text).toBe(202);
      const queue = accepted.headers.get('location') ?? '';
      isKilled = await mortar.killAtStep(queue.replace('/queue/', ''), nth);
      if (isKilled) await mortar.start();
      await mortar.settle();
      expect(await scene.differences(), `killed at moment ${nth}`).toEqual([]);
      const { volumes } = (await mortar.wire.send('/volumes')).json() as { volumes: string[] };
      for (const id of volumes.filter((each) => each !== source))
        expect((await mortar.wire.finish(`/volumes/${id}`, { method: 'DELETE' })).status).toBe(204);
      expect(await pictures(scene), `killed at moment ${nth}`).toEqual(before);
    }
    expect(isKilled).toBe(false);
    expect((await mortar.wire.finish(`/volumes/${source}`, { method: 'DELETE' })).status).toBe(204);
    expect(await pictures(scene)).toEqual(loaded);
  });
});
