import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { loadNodes, replica3, startManager } from '../support/manager.ts';
import { differences, readMemos, writeMemo } from '../support/scenarios.ts';
import { mortarAt } from './cli/support.ts';

const hosts = ['node1', 'node2', 'node3'];

/** A volume that held "then" when the snapshot "one" was taken, and holds "now". */
async function scene(change: Record<string, unknown> = { snapshot: { enable: true, factor: 1.5 } }) {
  const manager = await startManager();
  await loadNodes(manager.wire, 3, 2);
  const volume = (await manager.wire.finish('/volumes', { body: replica3(1, change) })).json();
  const snapshots = `/volumes/${volume.id}/snapshots`;
  const take = async (name: string) =>
    expect((await manager.wire.finish(snapshots, { body: { name, force: true } })).status).toBe(200);
  await writeMemo(manager, volume.id, 'then');
  await take('one');
  await writeMemo(manager, volume.id, 'now');
  return {
    ...manager,
    manager,
    volume,
    snapshots,
    take,
    restore: (name = 'one') => manager.wire.finish(`${snapshots}/${name}/restore`, { method: 'POST' }),
    held: () => readMemos(manager, volume.id),
    status: () =>
      manager.simulation.picture('node1').volumes.find(({ name }) => name === volume.name)?.status,
  };
}

const all = (text: string): string[] => [text, text, text];

describe('restoring a snapshot', () => {
  it('gives the volume its contents, which runs again, and leaves its bricks where they were', async () => {
    const { restore, held, volume, manager, wire, status, app } = await scene();
    const restored = await restore();
    expect(restored.status, restored.text).toBe(200);
    expect(restored.json()).toEqual((await wire.send(`/volumes/${volume.id}`)).json());
    expect(restored.json().bricks).toEqual(volume.bricks);
    expect(await held()).toEqual(all('then'));
    expect(status()).toBe('started');
    expect(await differences(manager)).toEqual([]);
    expect((await app.doctor.look()).findings.map(({ kind }) => kind)).toEqual([]);
  });

  it('says what is gone', async () => {
    const { wire, snapshots } = await scene();
    const accepted = await wire.send(`${snapshots}/one/restore`, { method: 'POST' });
    const id = (accepted.headers.get('location') ?? '').replace('/queue/', '');
    await expect
      .poll(async () => (await wire.send(`/operations/${id}`)).json().warnings)
      .toEqual([expect.stringContaining('what was written since it was taken')]);
  });

  it('leaves the snapshot and others: each can be restored again, before and after', async () => {
    const { restore, held, take, manager, volume, snapshots, wire } = await scene();
    await take('two');
    for (const [name, text] of [
      ['one', 'then'],
      ['two', 'now'],
      ['one', 'then'],
      ['two', 'now'],
    ] as const) {
      await writeMemo(manager, volume.id, 'between');
      expect((await restore(name)).status).toBe(200);
      expect(await held()).toEqual(all(text));
    }
    await take('three');
    expect((await wire.send(snapshots)).json().snapshots).toHaveLength(3);
    expect(await differences(manager)).toEqual([]);
  });

  it('is kept by nodes that were without power since', async () => {
    const { restore, held, simulation, manager, app } = await scene();
    await restore();
    for (const host of hosts) simulation.powerOff(host);
    for (const host of hosts) simulation.powerOn(host);
    expect(await held()).toEqual(all('then'));
    expect(await differences(manager)).toEqual([]);
    expect((await app.doctor.look()).findings.map(({ kind }) => kind)).toEqual([]);
  });

  it('stands in the way of nothing: the volume is cloned, grown and deleted as any other', async () => {
    const { restore, wire, volume, snapshots, manager, simulation } = await scene();
    await restore();
    const clone = (await wire.finish(`/volumes/${volume.id}/clone`, { body: {} })).json();
    expect(await readMemos(manager, clone.id)).toEqual(all('then'));
    expect((await wire.finish(`/volumes/${clone.id}`, { method: 'DELETE' })).status).toBe(204);
    const grown = await wire.finish(`/volumes/${volume.id}/expand`, { body: { expand_size: 1 } });
    expect(grown.json()).toMatchObject({ size: 2 });
    expect((await wire.finish(`${snapshots}/one`, { method: 'DELETE' })).status).toBe(204);
    const evicted = await wire.finish(`/bricks/to-evict/${volume.bricks[0].id}`, { method: 'POST' });
    expect(evicted.status, evicted.text).toBe(204);
    expect(await differences(manager)).toEqual([]);
    expect((await wire.finish(`/volumes/${volume.id}`, { method: 'DELETE' })).status).toBe(204);
    expect(await differences(manager)).toEqual([]);
    for (const host of hosts) expect(simulation.picture(host).logicalVolumes).toEqual([]);
  });

  it('works for clones, and for a volume that has some', async () => {
    const { restore, held, wire, volume, manager, simulation } = await scene();
    const clone = (await wire.finish(`/volumes/${volume.id}/clone`, { body: {} })).json();
    await wire.finish(`/volumes/${clone.id}/snapshots`, { body: { name: 'of-clone', force: true } });
    await writeMemo(manager, clone.id, 'written to the clone');
    expect((await restore()).status).toBe(200);
    expect([await held(), await readMemos(manager, clone.id)]).toEqual([
      all('then'),
      all('written to the clone'),
    ]);
    const path = `/volumes/${clone.id}/snapshots/of-clone`;
    expect((await wire.finish(`${path}/restore`, { method: 'POST' })).status).toBe(200);
    expect(await readMemos(manager, clone.id)).toEqual(all('now'));
    expect(await differences(manager)).toEqual([]);
    for (const host of hosts) simulation.powerOff(host);
    for (const host of hosts) simulation.powerOn(host);
    expect(await readMemos(manager, clone.id)).toEqual(all('now'));
    await wire.finish(path, { method: 'DELETE' });
    expect((await wire.finish(`/volumes/${clone.id}`, { method: 'DELETE' })).status).toBe(204);
    expect(await differences(manager)).toEqual([]);
  });

  it('works for a snapshot that was activated, which has a mark of its own', async () => {
    const { restore, held, simulation, manager } = await scene();
    simulation.act('node1', ['gluster', '--mode=script', 'snapshot', 'activate', 'one', '--xml']);
    expect((await restore()).status).toBe(200);
    expect(await held()).toEqual(all('then'));
    expect(await differences(manager)).toEqual([]);
  });

  it('is refused, and nothing is stopped, of a volume that has grown since', async () => {
    const { restore, wire, volume, held, status, manager } = await scene();
    await wire.finish(`/volumes/${volume.id}/expand`, { body: { expand_size: 1 } });
    const refused = await restore();
    expect(refused.status).toBe(500);
    expect(refused.text).toContain('was grown, or one of its bricks was moved, after it was taken');
    expect(refused.text).toContain('gluster snapshot activate one');
    expect(new Set(await held())).toEqual(new Set(['now', '']));
    expect(status()).toBe('started');
    expect(await differences(manager)).toEqual([]);
  });

  it('is refused while a brick does not run, or the volume', async () => {
    const { restore, simulation, volume, held, status } = await scene();
    simulation.powerOff('node3');
    const without = await restore();
    expect(without.text).toMatch(
      /not all bricks of the volume .* run: .*bring them back first|cannot be reached/,
    );
    simulation.powerOn('node3');
    expect(status()).toBe('started');
    expect(await held()).toEqual(all('now'));
    simulation.act('node1', ['gluster', 'volume', 'stop', volume.name, 'force', '--xml']);
    expect((await restore()).text).toContain('it has to run');
  });

  it('is refused for a volume that holds block volumes, and of a snapshot that is not there', async () => {
    const { restore, wire } = await scene();
    expect((await restore('two')).text).toBe('The volume has no snapshot two; it has one\n');
    const body = replica3(10, { block: true });
    const { id } = (await wire.finish('/volumes', { body })).json();
    await wire.finish(`/volumes/${id}/snapshots`, { body: { name: 'b', force: true } });
    const refused = await wire.send(`/volumes/${id}/snapshots/b/restore`, { method: 'POST' });
    expect([refused.status, refused.text]).toEqual([409, expect.stringContaining('holds block volumes')]);
  });

  it('is undone when gluster does not start the volume with it, which runs again with what it had', async () => {
    const { restore, held, status, simulation, manager } = await scene();
    simulation.addFault({
      label: /^start the gluster volume/,
      nth: 1,
      effect: { kind: 'fail', stderr: 'no luck' },
    });
    const failed = await restore();
    expect([failed.status, failed.text]).toEqual([500, expect.stringContaining('no luck')]);
    expect(status()).toBe('started');
    expect(await held()).toEqual(all('now'));
    expect(await differences(manager)).toEqual([]);
    expect((await restore()).status).toBe(200);
  });

  it('is done when gluster started the volume, whatever its answer was', async () => {
    const { restore, held, simulation, manager } = await scene();
    const effect = { kind: 'fail', stderr: 'no luck', afterEffect: true } as const;
    simulation.addFault({ label: /^start the gluster volume/, nth: 1, effect });
    expect((await restore()).status).toBe(200);
    expect(await held()).toEqual(all('then'));
    expect(await differences(manager)).toEqual([]);
  });

  it('is a command, which asks before', async () => {
    const { url, volume, held } = await scene();
    const words = ['volume', 'snapshot', 'restore', volume.id, 'one'];
    const unasked = await mortarAt(url)(...words);
    expect([unasked.code, unasked.stderr]).toEqual([
      255,
      'Error: restore cannot be undone: add --yes, since nobody can be asked here\n',
    ]);
    const answered = async (answer: string) => {
      const stdin = Object.assign(new PassThrough(), { isTTY: true });
      stdin.end(answer);
      const silent = { isTTY: true, write: () => undefined };
      return mortarAt(url, { stdin, stdout: silent, stderr: silent })(...words);
    };
    await answered('n\n');
    expect(await held()).toEqual(all('now'));
    const { stdout } = await mortarAt(url)(...words, '--yes');
    expect(stdout).toBe(
      `Volume ${volume.name} has the contents of its snapshot one again; what was written since is gone\n`,
    );
    expect(await held()).toEqual(all('then'));
    const shown = await mortarAt(url)(...words, '--yes', '--json');
    expect(JSON.parse(shown.stdout)).toMatchObject({ id: volume.id });
  });
});
