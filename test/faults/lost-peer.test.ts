import { describe, expect, it } from 'vitest';
import { findDifferences } from '../support/checker.ts';
import { hurriedClock } from '../support/engine-bench.ts';
import { loadNodes, replica3, startManager, type TestManager } from '../support/manager.ts';
import { simulatedFacts } from '../support/simulated-facts.ts';

interface Scene extends TestManager {
  readonly nodeIds: readonly string[];
  readonly volume: { readonly id: string; readonly name: string };
  /** A node without a brick of the volume, and another with one. */
  readonly bystander: string;
  readonly holder: string;
}

/** Five nodes and a volume. */
async function scene(): Promise<Scene> {
  const manager = await startManager({
    env: { MORTAR_DOCTOR_QUARANTINE_DAYS: '0' },
    overrides: { clock: hurriedClock },
  });
  const { nodeIds } = await loadNodes(manager.wire, 5, 1);
  const volume = (await manager.wire.finish('/volumes', { body: replica3(2) })).json();
  const holders = new Set((volume.bricks as { node: string }[]).map(({ node }) => node));
  // Not the first: its peers know it by another name.
  const hosts = nodeIds.map((id, index) => ({ id, host: `node${index + 1}` })).slice(1);
  const find = (isHolder: boolean) => hosts.find(({ id }) => holders.has(id) === isHolder)?.host ?? '';
  return { ...manager, nodeIds, volume, bystander: find(false), holder: find(true) };
}

async function lose({ wire, simulation, nodeIds }: Scene, host: string): Promise<void> {
  simulation.powerOff(host);
  const id = nodeIds[Number(host.replace('node', '')) - 1] ?? '';
  expect((await wire.send(`/nodes/${id}/lost`, { method: 'POST' })).status).toBe(204);
}

const volumesOf = ({ simulation, nodeIds }: Scene, lost: string): string[] => [
  ...new Set(
    nodeIds
      .map((_, index) => `node${index + 1}`)
      .filter((host) => host !== lost)
      .flatMap((host) => simulation.picture(host).volumes.map(({ name }) => name)),
  ),
];

describe('while a lost node is still a peer', () => {
  it('a clone that fails is undone', async () => {
    const it = await scene();
    const { wire, simulation, app, volume, bystander } = it;
    await lose(it, bystander);
    simulation.addFault({
      argv: ['gluster', 'volume', 'start'],
      times: 2,
      effect: { kind: 'fail', exitCode: 5, stderr: 'no luck' },
    });
    const cloned = await wire.finish(`/volumes/${volume.id}/clone`, { body: { name: 'twin' } });
    expect(cloned.status, cloned.text).toBe(500);
    expect(cloned.text).toContain('no luck');
    expect(volumesOf(it, bystander)).toEqual([volume.name]);
    const facts = { factsOf: (host: string) => simulatedFacts(simulation, host) };
    expect(await findDifferences(app.database.read, facts)).toEqual([]);
  });

  it('a clone of which a node is lost half-way is undone once that has power again', async () => {
    const it = await scene();
    const { wire, simulation, app, volume, holder } = it;
    simulation.addFault({
      host: holder,
      argv: ['lvm', 'lvchange'],
      effect: { kind: 'powerOff', when: 'before' },
    });
    const accepted = await wire.send(`/volumes/${volume.id}/clone`, { body: { name: 'twin' } });
    const operation = (accepted.headers.get('location') ?? '').replace('/queue/', '');
    await expect.poll(async () => (await wire.send(`/operations/${operation}`)).json().state).toBe('undoing');
    await lose(it, holder);
    const resume = () => wire.send(`/operations/${operation}/resume`, { method: 'POST' });
    await resume();
    // gluster deletes nothing without that peer, and keeps the peer for the bricks of the volume that was to be cloned.
    await expect
      .poll(async () => (await wire.send(`/operations/${operation}`)).json().waiting?.reason)
      .toContain('is deleted as soon as the lost node');
    simulation.powerOn(holder);
    await resume();
    expect(await app.engine.whenEnded(operation)).toMatchObject({ state: 'undone' });
    expect(volumesOf(it, holder)).toEqual([volume.name]);
  });

  it.each(['bystander', 'holder'] as const)(
    'an orphan volume is destroyed (the %s is lost)',
    async (which) => {
      const it = await scene();
      const { wire, app, volume } = it;
      await app.database.write(async (tx) => {
        await tx.bricks.delete(await tx.bricks.listByVolume(volume.id));
        await tx.volumes.delete(volume.id);
      });
      await lose(it, it[which]);
      const orphan = (await app.doctor.look()).findings.find(({ kind }) => kind === 'volume-orphan');
      const isolated = await wire.send('/doctor/quarantine', { body: { findings: [orphan?.id] } });
      const [start] = isolated.json().started;
      expect(await app.engine.whenEnded(start.operation as string)).toMatchObject({ error: null });
      const [item] = (await wire.send('/doctor/quarantine')).json().items;
      const gone = await wire.finish(`/doctor/quarantine/${item.id}`, { method: 'DELETE' });
      expect(gone.status, gone.text).toBe(204);
      expect(volumesOf(it, it[which])).toEqual([]);
    },
  );
});
