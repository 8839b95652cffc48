import { describe, expect, it } from 'vitest';
import { findDifferences } from '../support/checker.ts';
import { hurriedClock } from '../support/engine-bench.ts';
import { loadNodes, replica3, startManager, type TestManager } from '../support/manager.ts';
import { simulatedFacts } from '../support/simulated-facts.ts';

const disperse = { size: 4, durability: { type: 'disperse', disperse: { data: 2, redundancy: 1 } } };

const scene = async (body: object) => {
  const manager = await startManager({ overrides: { clock: hurriedClock } });
  const { nodeIds } = await loadNodes(manager.wire, 4, 1);
  const created = await manager.wire.finish('/volumes', { body });
  const volume = created.json() as { id: string; bricks: { node: string; device: string }[] };
  const nodeId = volume.bricks[0]?.node ?? '';
  return { ...manager, volume, nodeIds, nodeId, host: `node${nodeIds.indexOf(nodeId) + 1}` };
};

const kinds = async ({ app }: TestManager): Promise<string[]> =>
  (await app.database.read.operations.listUnfinished()).map(({ kind }) => kind);

/** The node is out of the manager's reach once gluster has let go of the volume. */
async function deleteWithoutNode(manager: Awaited<ReturnType<typeof scene>>): Promise<void> {
  const { wire, simulation, volume, host } = manager;
  simulation.setReachable(host, false);
  const deleted = await wire.finish(`/volumes/${volume.id}`, { method: 'DELETE' });
  expect(deleted.status, deleted.text).toBe(204);
  expect((await wire.send(`/volumes/${volume.id}`)).status).toBe(404);
}

describe('a volume that is deleted while a node is out of reach', () => {
  it('is gone at once; what is left on the node is shown there as pending, and goes when it is back', async () => {
    const manager = await scene(replica3(4));
    const { wire, simulation, nodeId, host, app } = manager;
    await deleteWithoutNode(manager);
    const node = (await wire.send(`/nodes/${nodeId}`)).json();
    expect(node.pending).toEqual([
      { brick: expect.any(String), device: expect.any(String), operation: expect.any(String) },
    ]);
    const [{ operation }] = node.pending;
    await expect
      .poll(async () => (await wire.send(`/operations/${operation}`)).json().waiting?.reason)
      .toContain('does not answer');
    // One operation waits; it does not breed others.
    expect(await kinds(manager)).toEqual(['destroy-bricks']);
    expect(
      (await app.database.read.operations.listRecent(100)).filter(({ kind }) => kind === 'destroy-bricks'),
    ).toHaveLength(1);
    simulation.setReachable(host, true);
    await wire.send(`/operations/${operation}/resume`, { method: 'POST' });
    await app.engine.whenEnded(operation);
    expect((await wire.send(`/nodes/${nodeId}`)).json().pending).toBeUndefined();
    const facts = { factsOf: (name: string) => simulatedFacts(simulation, name) };
    expect(await findDifferences(app.database.read, facts)).toEqual([]);
  });

  it('leaves nothing pending once the node is declared lost, and nothing is sent to it', async () => {
    const manager = await scene(replica3(4));
    const { wire, nodeId, app } = manager;
    await deleteWithoutNode(manager);
    await wire.send(`/nodes/${nodeId}/lost`, { method: 'POST' });
    await expect.poll(() => kinds(manager)).toEqual([]);
    const node = (await wire.send(`/nodes/${nodeId}`)).json();
    expect(node).toMatchObject({ lost: true, devices: [{ bricks: [] }] });
    expect(await app.database.read.bricks.listAll()).toEqual([]);
  });
});

describe.each([
  ['replica 3', replica3(4)],
  ['disperse', disperse],
  ['no copies', { size: 4 }],
])('a volume (%s) that is deleted while a node has no power', (_name, body) => {
  it('waits for the node and is deleted when it is back', async () => {
    const manager = await scene(body);
    const { wire, simulation, volume, host, app } = manager;
    simulation.powerOff(host);
    const accepted = await wire.send(`/volumes/${volume.id}`, { method: 'DELETE' });
    expect(accepted.status).toBe(202);
    expect((await wire.send(`/volumes/${volume.id}`)).status).toBe(404);
    const operation = (accepted.headers.get('location') ?? '').replace('/queue/', '');
    await expect
      .poll(async () => (await wire.send(`/operations/${operation}`)).json().waiting?.reason)
      .toContain('is deleted as soon as');
    simulation.powerOn(host);
    await wire.send(`/operations/${operation}/resume`, { method: 'POST' });
    expect(await app.engine.whenEnded(operation)).toMatchObject({ state: 'done' });
    const facts = { factsOf: (name: string) => simulatedFacts(simulation, name) };
    expect(await findDifferences(app.database.read, facts)).toEqual([]);
  });

  it('is deleted without the node when that is declared lost', async () => {
    const manager = await scene(body);
    const { wire, simulation, volume, nodeId, host, app } = manager;
    simulation.powerOff(host);
    const accepted = await wire.send(`/volumes/${volume.id}`, { method: 'DELETE' });
    const operation = (accepted.headers.get('location') ?? '').replace('/queue/', '');
    await wire.send(`/nodes/${nodeId}/lost`, { method: 'POST' });
    await wire.send(`/operations/${operation}/resume`, { method: 'POST' });
    expect(await app.engine.whenEnded(operation)).toMatchObject({ state: 'done' });
    await expect.poll(() => kinds(manager)).toEqual([]);
    expect(await app.database.read.bricks.listAll()).toEqual([]);
    expect((await wire.send(`/nodes/${nodeId}/state`, { body: { state: 'failed' } })).status).toBe(202);
    for (const { id } of await app.database.read.devices.listByNode(nodeId))
      await wire.finish(`/devices/${id}`, { method: 'DELETE' });
    expect((await wire.finish(`/nodes/${nodeId}`, { method: 'DELETE' })).status).toBe(204);
    const facts = { factsOf: (name: string) => simulatedFacts(simulation, name) };
    expect(await findDifferences(app.database.read, facts)).toEqual([]);
    const folders = simulation.hosts().flatMap((name) => simulation.picture(name).folders);
    expect(folders.filter((folder) => folder.includes('stand-in'))).toEqual([]);
  });

  it.each([['when it is back'], ['when it is declared lost']])(
    'just after another was deleted, goes %s',
    async (end) => {
      const manager = await scene(body);
      const { wire, simulation, volume, nodeId, host, app } = manager;
      const other = (await wire.finish('/volumes', { body })).json() as { id: string };
      expect((await wire.finish(`/volumes/${other.id}`, { method: 'DELETE' })).status).toBe(204);
      simulation.powerOff(host);
      const accepted = await wire.send(`/volumes/${volume.id}`, { method: 'DELETE' });
      const operation = (accepted.headers.get('location') ?? '').replace('/queue/', '');
      await expect
        .poll(async () => (await wire.send(`/operations/${operation}`)).json().waiting?.reason)
        .toContain('is deleted as soon as');
      if (end === 'when it is back') simulation.powerOn(host);
      else await wire.send(`/nodes/${nodeId}/lost`, { method: 'POST' });
      await wire.send(`/operations/${operation}/resume`, { method: 'POST' });
      expect(await app.engine.whenEnded(operation)).toMatchObject({ state: 'done' });
      await expect.poll(() => kinds(manager)).toEqual([]);
      expect(await app.database.read.bricks.listAll()).toEqual([]);
      const names = simulation.hosts().flatMap((name) => simulation.picture(name).volumes);
      expect(names).toEqual([]);
    },
  );

  it('is deleted without the first node of the cluster, which its peers know by another name', async () => {
    const manager = await scene(body);
    const { wire, simulation, volume, nodeIds, app } = manager;
    simulation.powerOff('node1');
    await wire.send(`/nodes/${nodeIds[0]}/lost`, { method: 'POST' });
    const accepted = await wire.send(`/volumes/${volume.id}`, { method: 'DELETE' });
    const operation = (accepted.headers.get('location') ?? '').replace('/queue/', '');
    expect(await app.engine.whenEnded(operation)).toMatchObject({ state: 'done' });
    expect(await app.database.read.volumes.visibleIds()).toEqual([]);
  });
});
