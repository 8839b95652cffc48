import { describe, expect, it } from 'vitest';
import { findDifferences } from '../support/checker.ts';
import { loadNodes, replica3, startManager, type TestManager } from '../support/manager.ts';
import { simulatedFacts } from '../support/simulated-facts.ts';
import { mortarAt } from './cli/support.ts';

const withRoom = { snapshot: { enable: true, factor: 1.5 } };

async function scene(change: Record<string, unknown> = withRoom) {
  const manager = await startManager();
  const { nodeIds } = await loadNodes(manager.wire, 3, 1);
  const volume = (await manager.wire.finish('/volumes', { body: replica3(1, change) })).json();
  return { ...manager, volume, nodeIds, snapshots: `/volumes/${volume.id}/snapshots` };
}

const differences = ({ app, simulation }: Pick<TestManager, 'app' | 'simulation'>): Promise<string[]> =>
  findDifferences(app.database.read, { factsOf: (host) => simulatedFacts(simulation, host) });

describe('snapshots of a volume', () => {
  it('are taken, listed, shown and deleted', async () => {
    const { wire, snapshots, volume, simulation, app } = await scene();
    expect((await wire.send(snapshots)).json()).toEqual({ snapshots: [] });
    const taken = (await wire.finish(snapshots, { body: { name: 'before-upgrade' } })).json();
    expect(taken).toMatchObject({ name: 'before-upgrade', volume: volume.id, activated: false });
    expect((await wire.send(snapshots)).json()).toEqual({ snapshots: [taken] });
    for (const nameOrId of [taken.name, taken.id])
      expect((await wire.send(`${snapshots}/${nameOrId}`)).json()).toEqual(taken);
    for (const host of ['node1', 'node2', 'node3'])
      expect(simulation.picture(host).logicalVolumes.filter(({ kind }) => kind === 'thin')).toHaveLength(2);
    expect((await wire.finish(`${snapshots}/before-upgrade`, { method: 'DELETE' })).status).toBe(204);
    expect((await wire.send(snapshots)).json()).toEqual({ snapshots: [] });
    expect(await differences({ app, simulation })).toEqual([]);
  });

  it('take no room of the devices', async () => {
    const { wire, snapshots, nodeIds } = await scene();
    const devices = async () => (await wire.send(`/nodes/${nodeIds[0]}`)).json().devices[0].storage;
    const before = await devices();
    await wire.finish(snapshots, { body: {} });
    expect(await devices()).toEqual(before);
  });

  it('are nothing strange to the doctor', async () => {
    const { wire, snapshots, app } = await scene();
    await wire.finish(snapshots, { body: {} });
    const { findings } = await app.doctor.look();
    expect(findings.map(({ kind }) => kind)).toEqual([]);
  });

  it('are refused for want of room in the pools, unless forced', async () => {
    const { wire, snapshots } = await scene({});
    const refused = await wire.finish(snapshots, { body: { name: 's' } });
    expect(refused.status).toBe(409);
    expect(refused.text).toContain('was made with the snapshot factor 1');
    expect(refused.text).toContain('--snapshot-factor=1.5');
    expect((await wire.finish(snapshots, { body: { name: 's', force: true } })).status).toBe(200);
  });

  it('are refused while a pool is nearly full, and nothing of them stays', async () => {
    const { wire, snapshots, volume, simulation, app } = await scene();
    const { poolName, deviceId } = (await app.database.read.bricks.listByVolume(volume.id))[0] ?? {};
    const place = { group: `vg_${deviceId}`, volume: poolName ?? '' };
    for (const host of ['node1', 'node2', 'node3']) simulation.setUsage(host, place, 96);
    const refused = await wire.finish(snapshots, { body: {} });
    expect([refused.status, refused.text]).toEqual([500, expect.stringContaining('is full to 96 %')]);
    expect((await wire.send(snapshots)).json()).toEqual({ snapshots: [] });
    expect(await differences({ app, simulation })).toEqual([]);
  });

  it('are refused of a volume that is not started, and of one that has a snapshot of the name', async () => {
    const { wire, snapshots, volume, simulation } = await scene();
    await wire.finish(snapshots, { body: { name: 'twin' } });
    const twin = await wire.finish(snapshots, { body: { name: 'twin' } });
    expect([twin.status, twin.text]).toEqual([500, expect.stringContaining('has a snapshot twin already')]);
    simulation.act('node1', ['gluster', 'volume', 'stop', volume.name, 'force', '--xml']);
    const stopped = await wire.finish(snapshots, { body: {} });
    expect([stopped.status, stopped.text]).toEqual([
      500,
      expect.stringContaining('gluster takes snapshots of'),
    ]);
    expect((await wire.send(snapshots)).json().snapshots).toHaveLength(1);
  });

  it('stand in the way of a deletion of their volume, which says how to go on', async () => {
    const { wire, snapshots, volume } = await scene();
    await wire.finish(snapshots, { body: { name: 'one' } });
    const refused = await wire.finish(`/volumes/${volume.id}`, { method: 'DELETE' });
    expect([refused.status, refused.text]).toEqual([
      500,
      expect.stringContaining(
        `it has 1 snapshot; delete it first (mortar volume snapshot list ${volume.id})`,
      ),
    ]);
    await wire.finish(`${snapshots}/one`, { method: 'DELETE' });
    expect((await wire.finish(`/volumes/${volume.id}`, { method: 'DELETE' })).status).toBe(204);
  });

  it('that are not there are named with those that are', async () => {
    const { wire, snapshots } = await scene();
    await wire.finish(snapshots, { body: { name: 'one' } });
    const answer = await wire.send(`${snapshots}/two`);
    expect([answer.status, answer.text]).toEqual([404, 'The volume has no snapshot two; it has one\n']);
    const nowhere = await wire.send(`/volumes/${'0'.repeat(32)}/snapshots`);
    expect([nowhere.status, nowhere.text]).toEqual([404, 'Id not found\n']);
  });

  it('may not have any name', async () => {
    const { wire, snapshots } = await scene();
    const answer = await wire.send(snapshots, { body: { name: 'a b' } });
    expect([answer.status, answer.text]).toEqual([
      400,
      'validation failed: name: must be in a valid format.\n',
    ]);
  });

  it('are taken once under one key', async () => {
    const { wire, snapshots } = await scene();
    const request = { body: {}, headers: { 'idempotency-key': 'once' } };
    const [first, second] = [await wire.finish(snapshots, request), await wire.finish(snapshots, request)];
    expect(second.json()).toEqual(first.json());
    expect((await wire.send(snapshots)).json().snapshots).toHaveLength(1);
  });

  it('are commands, too', async () => {
    const { url, volume } = await scene();
    const mortar = mortarAt(url);
    const taken = await mortar('volume', 'snapshot', 'create', volume.id, '--name=nightly');
    expect(taken.stdout).toMatch(/^Name: nightly\nSnapshot Id: [0-9a-f]{32}\nVolume Id: /);
    const list = await mortar('volume', 'snapshot', 'list', volume.id);
    expect(list.stdout).toMatch(/^Id:[0-9a-f]{32} {4}Name:nightly {4}Created:2026-/);
    expect((await mortar('volume', 'snapshot', 'delete', volume.id, 'nightly')).stdout).toBe(
      'Snapshot nightly deleted\n',
    );
  });
});
