import { describe, expect, it } from 'vitest';
import { findDifferences } from '../support/checker.ts';
import { loadNodes, replica3, startManager, type TestManager } from '../support/manager.ts';
import { simulatedFacts } from '../support/simulated-facts.ts';
import { mortarAt } from './cli/support.ts';

async function scene(body: object = replica3(1)) {
  const manager = await startManager();
  const { nodeIds } = await loadNodes(manager.wire, 3, 1);
  const volume = (await manager.wire.finish('/volumes', { body })).json();
  const clone = (name = '') => manager.wire.finish(`/volumes/${volume.id}/clone`, { body: { name } });
  return { ...manager, volume, nodeIds, clone };
}

const differences = ({ app, simulation }: Pick<TestManager, 'app' | 'simulation'>): Promise<string[]> =>
  findDifferences(app.database.read, { factsOf: (host) => simulatedFacts(simulation, host) });

describe('a clone of a volume', () => {
  it('is a volume of its own, in the thin pools of the other, and takes no room', async () => {
    const { wire, volume, nodeIds, clone, app, simulation } = await scene();
    const room = async () => (await wire.send(`/nodes/${nodeIds[0]}`)).json().devices[0].storage;
    const before = await room();
    const made = await clone('twin');
    expect(made.status).toBe(200);
    const twin = made.json();
    expect(twin).toMatchObject({ name: 'twin', size: volume.size, durability: volume.durability });
    expect(twin.id).not.toBe(volume.id);
    expect(twin.bricks).toHaveLength(3);
    for (const brick of twin.bricks)
      expect(brick.path).toMatch(/^\/run\/gluster\/snaps\/[0-9a-f]{32}\/brick\d\/brick$/);
    expect(await room()).toEqual(before);
    expect(new Set((await wire.send('/volumes')).json().volumes)).toEqual(new Set([volume.id, twin.id]));
    expect(await differences({ app, simulation })).toEqual([]);
    expect((await wire.send(`/volumes/${volume.id}/snapshots`)).json().snapshots).toEqual([]);
  });

  it('gets a name when it is given none, and may be cloned, grown and deleted like any other', async () => {
    const { wire, clone, app, simulation } = await scene();
    const first = (await clone()).json();
    expect(first.name).toBe(`vol_${first.id}`);
    const second = (await wire.finish(`/volumes/${first.id}/clone`, { body: {} })).json();
    const grown = await wire.finish(`/volumes/${second.id}/expand`, { body: { expand_size: 1 } });
    expect(grown.json()).toMatchObject({ size: 2 });
    expect(await differences({ app, simulation })).toEqual([]);
    for (const id of [first.id, second.id])
      expect((await wire.finish(`/volumes/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect(await differences({ app, simulation })).toEqual([]);
  });

  it('goes before the volume that it was made of, which says so', async () => {
    const { wire, volume, clone, app, simulation } = await scene();
    const twin = (await clone('twin')).json();
    const refused = await wire.send(`/volumes/${volume.id}`, { method: 'DELETE' });
    expect([refused.status, refused.text]).toEqual([
      409,
      `Cannot delete the volume ${volume.name}: clones live in its thin pools: twin (${twin.id}); delete that first\n`,
    ]);
    const moved = await wire.send(`/bricks/to-evict/${volume.bricks[0].id}`, { method: 'POST' });
    expect(moved.text).toContain('clones live in its thin pools');
    for (const { id } of [twin, volume])
      expect((await wire.finish(`/volumes/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect(await differences({ app, simulation })).toEqual([]);
  });

  it('is nothing strange to the doctor, also after all nodes were without power', async () => {
    const { clone, app, simulation } = await scene();
    await clone('twin');
    expect((await app.doctor.look()).findings.map(({ kind }) => kind)).toEqual([]);
    for (const host of ['node1', 'node2', 'node3']) simulation.powerOff(host);
    for (const host of ['node1', 'node2', 'node3']) simulation.powerOn(host);
    expect((await app.doctor.look()).findings.map(({ kind }) => kind)).toEqual([]);
  });

  it('is refused in the contract’s words', async () => {
    const { wire, volume, clone } = await scene();
    const taken = await clone(volume.name);
    expect([taken.status, taken.text]).toEqual([
      500,
      `Failed clone volume ${volume.id}: Volume name '${volume.name}' already in use\n`,
    ]);
    const hosting = (await wire.finish('/volumes', { body: replica3(10, { block: true }) })).json();
    const block = await wire.send(`/volumes/${hosting.id}/clone`, { body: {} });
    expect([block.status, block.text]).toEqual([
      500,
      `Failed clone volume ${hosting.id}: Cloning of block hosting volumes is not supported\n`,
    ]);
    const nowhere = await wire.send(`/volumes/${'0'.repeat(32)}/clone`, { body: {} });
    expect([nowhere.status, nowhere.text]).toEqual([404, 'Id not found\n']);
    expect((await clone('a b')).status).toBe(400);
  });

  it('does not take over a volume of its name that gluster has already, nor touch it', async () => {
    const { clone, simulation, app } = await scene();
    simulation.act('node1', ['gluster', 'volume', 'create', 'twin', '192.0.2.1:/srv/b', 'force', '--xml']);
    const refused = await clone('twin');
    expect([refused.status, refused.text]).toEqual([
      500,
      expect.stringContaining('that Mortar did not make'),
    ]);
    expect((await differences({ app, simulation })).sort()).toEqual(
      ['node1', 'node2', 'node3'].map((host) => `${host}: stray gluster volume twin`),
    );
  });

  it.each([
    ['its bricks cannot be marked', { label: /^mark the logical volumes/ }],
    ['it cannot be started', { label: /^start the gluster volume twin/ }],
    ['it cannot be made', { argv: ['gluster', 'snapshot', 'clone'] }],
    ['its snapshot cannot be activated', { argv: ['gluster', 'snapshot', 'activate'] }],
  ])('is undone when %s, and its name is free again', async (_, match) => {
    const { clone, simulation, app, wire, volume } = await scene();
    simulation.addFault({ ...match, effect: { kind: 'fail', stderr: 'no such luck' } });
    const failed = await clone('twin');
    expect([failed.status, failed.text]).toEqual([500, expect.stringContaining('no such luck')]);
    expect(await differences({ app, simulation })).toEqual([]);
    expect((await wire.send(`/volumes/${volume.id}/snapshots`)).json().snapshots).toEqual([]);
    expect((await clone('twin')).status).toBe(200);
  });

  it('is a command, too', async () => {
    const { url, volume } = await scene();
    const { stdout } = await mortarAt(url)('volume', 'clone', volume.id, '--name=twin');
    expect(stdout).toMatch(/^Name: twin\n/);
  });
});
