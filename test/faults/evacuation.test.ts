import { describe, expect, it } from 'vitest';
import type { DeviceRecord } from '../../src/db/devices.ts';
import { Simulation } from '../../src/executors/simulated/simulated-executor.ts';
import { findDifferences } from '../support/checker.ts';
import { hurriedClock } from '../support/engine-bench.ts';
import { loadNodes, replica3, startManager, type TestManager } from '../support/manager.ts';
import { simulatedFacts } from '../support/simulated-facts.ts';
import type { WireAnswer } from '../support/wire.ts';

type Started = TestManager & { readonly nodeIds: readonly string[] };

const start = async (nodes = 4, devices = 2, simulation?: Simulation): Promise<Started> => {
  const manager = await startManager({
    overrides: { clock: hurriedClock },
    ...(simulation === undefined ? {} : { simulation }),
  });
  const { nodeIds } = await loadNodes(manager.wire, nodes, devices);
  return { ...manager, nodeIds };
};

/** Nodes that are off have nothing to say; nothing may be left of them on record either. */
const differences = ({ app, simulation }: TestManager): Promise<string[]> =>
  findDifferences(app.database.read, { factsOf: (host) => simulatedFacts(simulation, host) });

const isDataLost = ({ simulation }: TestManager): boolean =>
  simulation.hosts().some((host) => simulation.picture(host).volumes.some((volume) => volume.isDataLost));

const replica2 = { size: 3, durability: { type: 'replicate', replicate: { replica: 2 } } };
const arbiter = replica3(4, { glustervolumeoptions: ['user.heketi.arbiter true'] });
const disperse = { size: 4, durability: { type: 'disperse', disperse: { data: 2, redundancy: 1 } } };

const state = ({ wire }: TestManager, path: string, body: object) => wire.finish(`${path}/state`, { body });

/** The device that has most bricks of all. */
async function fullestDevice({ app, nodeIds }: Started): Promise<DeviceRecord> {
  const { read } = app.database;
  const devices = (await Promise.all(nodeIds.map((id) => read.devices.listByNode(id)))).flat();
  const counted = await Promise.all(
    devices.map(async (device) => ({ device, count: (await read.bricks.listByDevice(device.id)).length })),
  );
  const [fullest] = counted.sort((a, b) => b.count - a.count);
  if (fullest === undefined || fullest.count === 0) throw new Error('no device has a brick');
  return fullest.device;
}

describe('a device that is removed', () => {
  it('is emptied brick by brick, is failed then, and can be deleted', async () => {
    const manager = await start();
    const { wire, app } = manager;
    for (const body of [replica3(4), arbiter, disperse, { size: 2 }, replica2])
      await wire.finish('/volumes', { body });
    const { id } = await fullestDevice(manager);
    expect((await state(manager, `/devices/${id}`, { state: 'failed' })).text).toContain('must be offline');
    await state(manager, `/devices/${id}`, { state: 'offline' });
    const removed = await state(manager, `/devices/${id}`, { state: 'failed' });
    expect(removed.status, removed.text).toBe(204);
    expect((await wire.send(`/devices/${id}`)).json()).toMatchObject({ state: 'failed', bricks: [] });
    expect(await differences(manager)).toEqual([]);
    expect(isDataLost(manager)).toBe(false);
    expect((await wire.finish(`/devices/${id}`, { method: 'DELETE' })).status).toBe(204);
    const history = await app.database.read.operations.listRecent(50);
    const [removal] = history.filter(({ kind }) => kind === 'remove-device');
    const children = await app.database.read.operations.listByParent(removal?.id ?? '');
    expect(children.length).toBeGreaterThan(0);
    expect(children.every(({ kind, state: it }) => kind === 'replace-brick' && it === 'done')).toBe(true);
  });

  it('stays offline, with an explanation, when a brick fits nowhere else', async () => {
    const manager = await start(3, 1);
    const { wire, app, nodeIds } = manager;
    await wire.finish('/volumes', { body: replica3(4) });
    const [{ id } = { id: '' }] = await app.database.read.devices.listByNode(nodeIds[0] ?? '');
    await state(manager, `/devices/${id}`, { state: 'offline' });
    const refused = await state(manager, `/devices/${id}`, { state: 'failed' });
    expect(refused.status).toBe(500);
    expect(refused.text).toContain(
      `Unable to delete device [${id}] as no device was found to replace it: No Replacement was found for resource requested to be removed`,
    );
    expect(refused.text).toContain('node2 /dev/sdb: its node has another brick of the set');
    expect((await wire.send(`/devices/${id}`)).json()).toMatchObject({ state: 'offline' });
    expect(await differences(manager)).toEqual([]);
  });

  it('gives its bricks to the device that is named', async () => {
    const manager = await start(3, 2);
    const { wire, app } = manager;
    for (const size of [4, 5]) await wire.finish('/volumes', { body: replica3(size) });
    const { id: full, nodeId } = await fullestDevice(manager);
    const to = (await app.database.read.devices.listByNode(nodeId)).find(({ id }) => id !== full)?.id ?? '';
    const replaced = await wire.finish(`/devices/${full}/replace`, { body: { to } });
    expect(replaced.status, replaced.text).toBe(204);
    expect((await wire.send(`/devices/${to}`)).json().bricks).toHaveLength(2);
    expect((await wire.send(`/devices/${full}`)).json()).toMatchObject({ state: 'failed', bricks: [] });
    expect(await differences(manager)).toEqual([]);
  });

  it('whose disk is gone is replaced all the same, once that is declared', async () => {
    const manager = await start();
    const { wire, nodeIds, simulation } = manager;
    for (const body of [replica3(4), disperse, replica2]) await wire.finish('/volumes', { body });
    const { id, nodeId, name } = await fullestDevice(manager);
    const host = `node${nodeIds.indexOf(nodeId) + 1}`;
    simulation.pullDisk(host, name);
    for (const path of simulation.picture(host).runningBricks)
      if (path.includes(id)) simulation.endBrick(host, path);
    expect((await wire.send(`/devices/${id}/lost`, { method: 'POST' })).status).toBe(204);
    const removed = await state(manager, `/devices/${id}`, { state: 'failed' });
    expect(removed.status, removed.text).toBe(204);
    expect((await wire.finish(`/devices/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect(await differences(manager)).toEqual([]);
    expect(isDataLost(manager)).toBe(false);
  });
});

describe('bricks of a dispersed volume', () => {
  async function moveAll(manager: Started): Promise<void> {
    const { wire } = manager;
    const { bricks } = (await wire.finish('/volumes', { body: disperse })).json();
    for (const { id } of bricks) {
      const evicted = await wire.finish(`/bricks/to-evict/${id}`, { method: 'POST' });
      expect(evicted.status, evicted.text).toBe(204);
    }
    expect(await differences(manager)).toEqual([]);
  }

  it('move one after the other, though gluster notes late what a new one lacks', async () => {
    const manager = await start();
    await moveAll(manager);
    expect(isDataLost(manager)).toBe(false);
  });

  it('move without the program that tells how far a brick is healed: then more looks have to do', async () => {
    const nodes = [1, 2, 3, 4].map((index) => ({
      host: `node${index}`,
      storageHosts: [`192.0.2.${index}`],
      missingTools: ['getfattr'],
    }));
    const manager = await start(4, 2, new Simulation({ description: { nodes } }));
    await moveAll(manager);
    expect(isDataLost(manager)).toBe(false);
  });
});

describe('the removal of a device', () => {
  it('can be paused between two bricks, and called off: what was moved stays moved', async () => {
    const manager = await start();
    const { wire, app } = manager;
    for (const size of [2, 3, 4, 5, 6, 7]) await wire.finish('/volumes', { body: replica3(size) });
    const { id } = await fullestDevice(manager);
    const before = (await wire.send(`/devices/${id}`)).json().bricks.length as number;
    expect(before).toBeGreaterThan(1);
    await state(manager, `/devices/${id}`, { state: 'offline' });
    const accepted = await wire.send(`/devices/${id}/state`, { body: { state: 'failed' } });
    const operation = (accepted.headers.get('location') ?? '').replace('/queue/', '');
    expect((await wire.send(`/operations/${operation}/pause`, { method: 'POST' })).status).toBe(204);
    const shown = async () => (await wire.send(`/operations/${operation}`)).json();
    await expect.poll(async () => (await shown()).waiting?.reason, { timeout: 20_000 }).toBe('paused');
    expect(await shown()).toMatchObject({ paused: true, stage: 1 });
    expect((await wire.send(`/devices/${id}`)).json().bricks).toHaveLength(before - 1);
    await wire.send(`/operations/${operation}/cancel`, { method: 'POST' });
    expect(await app.engine.whenEnded(operation)).toMatchObject({ state: 'undone' });
    expect((await wire.send(`/devices/${id}`)).json()).toMatchObject({ state: 'offline' });
    expect(await differences(manager)).toEqual([]);
    const again = await state(manager, `/devices/${id}`, { state: 'failed' });
    expect(again.status, again.text).toBe(204);
    expect(await differences(manager)).toEqual([]);
  });
});

describe('a node that is lost', () => {
  it('is removed without a command to it: its bricks are made again elsewhere', async () => {
    const manager = await start(5);
    const { wire, nodeIds, simulation, app } = manager;
    for (const body of [replica3(4), arbiter, disperse, replica2, replica3(7)])
      await wire.finish('/volumes', { body });
    const lost = nodeIds[0] ?? '';
    simulation.powerOff('node1');
    // Whoever sends something to it waits for ever.
    expect((await wire.send(`/nodes/${lost}/lost`, { method: 'POST' })).status).toBe(204);
    expect((await wire.send(`/nodes/${lost}`)).json()).toMatchObject({ state: 'offline', lost: true });
    expect((await state(manager, `/nodes/${lost}`, { state: 'online' })).text).toContain('was declared lost');
    const removed = await state(manager, `/nodes/${lost}`, { state: 'failed' });
    expect(removed.status, removed.text).toBe(204);
    for (const { id } of await app.database.read.devices.listByNode(lost))
      expect((await wire.finish(`/devices/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await wire.finish(`/nodes/${lost}`, { method: 'DELETE' })).status).toBe(204);
    expect(await differences(manager)).toEqual([]);
    expect(isDataLost(manager)).toBe(false);
  });

  it('is removed while a deletion waits until it is', async () => {
    const manager = await start();
    const { wire, nodeIds, simulation, app } = manager;
    // The larger brick would be moved first.
    const [large, small] = [
      await wire.finish('/volumes', { body: replica3(40) }),
      await wire.finish('/volumes', { body: replica3(4) }),
    ];
    const nodesOf = (volume: WireAnswer): string[] =>
      volume.json().bricks.map(({ node }: { node: string }) => node);
    const lost = nodesOf(large).find((node) => nodesOf(small).includes(node)) ?? '';
    simulation.powerOff(`node${nodeIds.indexOf(lost) + 1}`);
    const accepted = await wire.send(`/volumes/${large.json().id}`, { method: 'DELETE' });
    const deletion = (accepted.headers.get('location') ?? '').replace('/queue/', '');
    await wire.send(`/nodes/${lost}/lost`, { method: 'POST' });
    const waiting = async () => (await wire.send(`/operations/${deletion}`)).json().waiting?.reason;
    await expect.poll(waiting).toContain('is deleted as soon as the lost node');
    const removed = await state(manager, `/nodes/${lost}`, { state: 'failed' });
    expect(removed.status, removed.text).toBe(204);
    expect(await app.engine.whenEnded(deletion)).toMatchObject({ state: 'done' });
    expect(await differences(manager)).toEqual([]);
    expect(isDataLost(manager)).toBe(false);
  });

  it('does not keep a creation that fails from being undone', async () => {
    const manager = await start();
    const { wire, nodeIds, simulation } = manager;
    simulation.powerOff('node4');
    await wire.send(`/nodes/${nodeIds[3]}/lost`, { method: 'POST' });
    simulation.addFault({
      argv: ['gluster', 'volume', 'start'],
      times: 2,
      effect: { kind: 'fail', exitCode: 5, stderr: 'no luck' },
    });
    const created = await wire.finish('/volumes', { body: replica3(4) });
    expect(created.status, created.text).toBe(500);
    expect(created.text).toContain('no luck');
    expect(await differences(manager)).toEqual([]);
  });

  it('with the only copy of something is not removed until somebody accepts the loss', async () => {
    const manager = await start();
    const { wire, nodeIds, simulation, app } = manager;
    const volume = (await wire.finish('/volumes', { body: { size: 2 } })).json();
    const lost = volume.bricks[0].node as string;
    simulation.powerOff(`node${nodeIds.indexOf(lost) + 1}`);
    await wire.send(`/nodes/${lost}/lost`, { method: 'POST' });
    const refused = await state(manager, `/nodes/${lost}`, { state: 'failed' });
    expect(refused.status).toBe(500);
    expect(refused.text).toContain('has no copies');
    expect((await wire.send(`/nodes/${lost}`)).json()).toMatchObject({ state: 'offline' });
    const accepted = await state(manager, `/nodes/${lost}`, { state: 'failed', healcheck: 'disable' });
    expect(accepted.status, accepted.text).toBe(204);
    expect(await app.database.read.operations.listUnfinished()).toEqual([]);
    const after = (await wire.send(`/volumes/${volume.id}`)).json();
    expect(after.bricks).toHaveLength(1);
    expect(after.bricks[0].node).not.toBe(lost);
  });
});
