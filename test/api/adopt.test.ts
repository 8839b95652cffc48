import { describe, expect, it } from 'vitest';
import { Simulation } from '../../src/executors/simulated/simulated-executor.ts';
import { act, kindsOf, scene } from '../support/doctor-scene.ts';
import { loadNodes, replica3, startManager, type TestManager } from '../support/manager.ts';

const gluster = (manager: TestManager, ...words: string[]): void =>
  act(manager, 'node1', 'gluster', 'volume', ...words, '--xml', '--mode=script');

/** A replicated volume that an administrator made by hand, in folders of the nodes. */
function makeByHand(manager: TestManager, name: string): void {
  const bricks = [1, 2, 3].map((index) => `192.0.2.${index}:/srv/${name}`);
  gluster(manager, 'create', name, 'replica', '3', ...bricks, 'force');
  gluster(manager, 'start', name);
}

const find = async ({ wire }: TestManager) => (await wire.send('/adopt')).json();

describe('volumes that others made', () => {
  it('are found with their bricks, nodes and what stands in the way, and nothing is changed', async () => {
    const it = await scene();
    makeByHand(it, 'theirs');
    const before = structuredClone([1, 2, 3].map((index) => it.simulation.picture(`node${index}`)));
    const { volumes, silent } = await find(it);
    expect(silent).toEqual([]);
    expect(volumes, 'those of Mortar are not among them').toHaveLength(1);
    expect(volumes[0]).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      name: 'theirs',
      cluster: it.clusterId,
      status: 'started',
      watched: null,
    });
    expect(volumes[0].bricks).toHaveLength(3);
    for (const [index, brick] of volumes[0].bricks.entries()) {
      expect(brick).toMatchObject({ brick: `192.0.2.${index + 1}:/srv/theirs`, online: true });
      expect(brick.node).toMatch(/^[0-9a-f]{32}$/);
    }
    expect(volumes[0].obstacles, 'nothing keeps it from being managed').toEqual([]);
    expect([1, 2, 3].map((index) => it.simulation.picture(`node${index}`))).toEqual(before);
  });

  it('are watched: what goes wrong is told, and comes to an end', async () => {
    const it = await scene();
    makeByHand(it, 'theirs');
    expect(kindsOf(await it.look())).toEqual(['volume-foreign']);
    const body = { cluster: it.clusterId, volumes: ['theirs'] };
    const added = await it.wire.send('/adopt', { body });
    expect(added.status).toBe(200);
    expect(added.json().volumes).toMatchObject([{ name: 'theirs', watched: expect.any(String) as string }]);
    expect(await it.look()).toEqual([]);

    it.simulation.endBrick('node2', '/srv/theirs');
    const offline = await it.look();
    expect(kindsOf(offline)).toEqual(['watched-brick-offline']);
    expect(offline[0]?.evidence).toContain('192.0.2.2:/srv/theirs');
    gluster(it, 'start', 'theirs', 'force');
    expect(await it.look()).toEqual([]);

    gluster(it, 'add-brick', 'theirs', ...[1, 2, 3].map((index) => `192.0.2.${index}:/srv/more`), 'force');
    const changed = await it.look();
    expect(kindsOf(changed)).toEqual(['watched-changed']);
    expect(changed[0]?.evidence).toContain('it has got 192.0.2.1:/srv/more');
    const { watched } = (await it.wire.send('/adopt', { body })).json().volumes[0];
    expect(watched, 'it is watched as long as before').toBe(added.json().volumes[0].watched);
    expect(await it.look()).toEqual([]);

    gluster(it, 'stop', 'theirs', 'force');
    expect(kindsOf(await it.look())).toEqual(['watched-stopped']);
    gluster(it, 'delete', 'theirs');
    expect(kindsOf(await it.look())).toEqual(['watched-missing']);
    const [gone] = (await find(it)).volumes;
    expect(gone).toMatchObject({ name: 'theirs', status: 'missing' });
    expect((await it.wire.send(`/adopt/${gone.id}`, { method: 'DELETE' })).status).toBe(204);
    expect(await it.look()).toEqual([]);
    expect((await it.wire.send(`/adopt/${gone.id}`, { method: 'DELETE' })).status).toBe(404);
  });

  it('are watched after a restart, and stay on the nodes when they are watched no more', async () => {
    const it = await scene();
    makeByHand(it, 'theirs');
    await it.wire.send('/adopt', { body: { cluster: it.clusterId, volumes: ['theirs'] } });
    const manager = await it.restart();
    const [{ id, watched }] = (await find(manager)).volumes;
    expect(watched).not.toBeNull();
    await manager.wire.send(`/adopt/${id}`, { method: 'DELETE' });
    expect((await find(manager)).volumes).toMatchObject([
      { name: 'theirs', status: 'started', watched: null },
    ]);
  });

  it('whose cluster does not answer are shown as unknown when they are watched', async () => {
    const it = await scene();
    makeByHand(it, 'theirs');
    const body = { cluster: it.clusterId, volumes: ['theirs'] };
    await it.wire.send('/adopt', { body });
    for (const index of [1, 2, 3]) it.simulation.setReachable(`node${index}`, false);
    expect(await find(it)).toMatchObject({
      volumes: [{ name: 'theirs', status: 'unknown' }],
      silent: [it.clusterId],
    });
    const refused = await it.wire.send('/adopt', { body });
    expect([refused.status, refused.text]).toEqual([
      500,
      expect.stringMatching(/no node of the cluster [0-9a-f]{32} answers for gluster/) as string,
    ]);
  });

  it('that are none are refused, each with what to do, and then none is watched', async () => {
    const it = await scene();
    makeByHand(it, 'theirs');
    const cluster = it.clusterId;
    const send = async (body: unknown) => {
      const { status, text } = await it.wire.send('/adopt', { body });
      return [status, text];
    };
    const matching = (pattern: RegExp) => expect.stringMatching(pattern) as string;
    expect(await send({ cluster, volumes: ['theirs', 'nobodys'] })).toEqual([
      404,
      matching(/gluster has no nobodys in the cluster .* mortar adopt list/),
    ]);
    expect(await send({ cluster, volumes: [it.name] })).toEqual([
      409,
      matching(/Mortar manages this already/),
    ]);
    expect(await send({ cluster: 'f'.repeat(32), volumes: ['theirs'] })).toEqual([
      404,
      matching(/there is no cluster f{32}/),
    ]);
    expect(await send({ cluster, volumes: [] })).toEqual([400, matching(/volumes: cannot be blank/)]);
    expect(await send({ cluster: 'x', volumes: ['theirs'] })).toEqual([400, matching(/cluster: x is not/)]);
    expect((await find(it)).volumes).toMatchObject([{ watched: null }]);
  });

  it('but were its own are for the doctor', async () => {
    const it = await scene();
    await it.app.database.write(async (tx) => {
      await tx.bricks.delete(await tx.bricks.listByVolume(it.volumeId));
      await tx.volumes.delete(it.volumeId);
    });
    const [orphan] = (await find(it)).volumes;
    expect(orphan.obstacles).toMatchObject([
      { to: 'watch', remedy: expect.stringContaining('mortar doctor') as string },
      { to: 'manage' },
    ]);
    const refused = await it.wire.send('/adopt', { body: { cluster: it.clusterId, volumes: [it.name] } });
    expect([refused.status, refused.text]).toEqual([
      409,
      expect.stringMatching(/bears an id of Mortar.*mortar doctor/) as string,
    ]);
  });

  it('do not keep a cluster from being deleted', async () => {
    const it = await scene();
    makeByHand(it, 'theirs');
    const { id } = (await it.wire.send('/clusters', { body: { file: true, block: true } })).json();
    await it.app.database.write((tx) =>
      tx.watchedVolumes.put({ glusterUuid: 'u', clusterId: id, name: 'old', bricks: [], sinceMs: 1 }),
    );
    expect((await it.wire.send(`/clusters/${id}`, { method: 'DELETE' })).status).toBe(200);
    expect((await find(it)).volumes).toMatchObject([{ name: 'theirs' }]);
  });
});

describe('a gluster cluster made by hand, whose nodes are added afterwards', () => {
  it('has its volume found and watched, and takes volumes of Mortar beside it', async () => {
    const simulation = new Simulation({
      resolveStorageHost: async (name) => name.replace(/^192\.0\.2\./, 'node'),
    });
    for (const index of [1, 2, 3]) simulation.nameNode(`node${index}`, `192.0.2.${index}`);
    const manager = await startManager({ simulation });
    for (const index of [2, 3])
      act(manager, 'node1', 'gluster', 'peer', 'probe', `192.0.2.${index}`, '--xml', '--mode=script');
    makeByHand(manager, 'theirs');
    const { clusterId } = await loadNodes(manager.wire, 3, 1);
    const [volume] = (await find(manager)).volumes;
    expect(volume).toMatchObject({ name: 'theirs', cluster: clusterId, status: 'started' });
    const added = await manager.wire.send('/adopt', { body: { cluster: clusterId, volumes: ['theirs'] } });
    expect(added.status).toBe(200);
    const own = (await manager.wire.finish('/volumes', { body: replica3(4) })).json();
    expect((await manager.app.doctor.look()).findings).toEqual([]);
    await manager.wire.finish(`/volumes/${own.id}`, { method: 'DELETE' });
    expect(simulation.picture('node2').volumes.map(({ name }) => name)).toEqual(['theirs']);
    expect((await manager.app.doctor.look()).findings).toEqual([]);
  });
});
