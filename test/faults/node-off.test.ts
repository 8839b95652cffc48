import { describe, expect, it } from 'vitest';
import { findDifferences } from '../support/checker.ts';
import { hurriedClock } from '../support/engine-bench.ts';
import { loadNodes, replica3, startManager, type TestManager } from '../support/manager.ts';
import { simulatedFacts } from '../support/simulated-facts.ts';

const host = 'node2';

/** The node comes back; until nothing is unfinished, what waits for it is told so. */
async function comeBack({ app, wire, simulation }: TestManager): Promise<void> {
  simulation.powerOn(host);
  await expect
    .poll(
      async () => {
        const unfinished = await app.database.read.operations.listUnfinished();
        for (const { id } of unfinished) await wire.send(`/operations/${id}/resume`, { method: 'POST' });
        return unfinished.length;
      },
      { timeout: 20_000 },
    )
    .toBe(0);
}

const differences = ({ app, simulation }: TestManager): Promise<string[]> =>
  findDifferences(app.database.read, { factsOf: (name) => simulatedFacts(simulation, name) });

describe('a node whose glusterd is stopped', () => {
  it.each(['node1', 'node2', 'node3'])(
    '%s keeps a volume from being made, and nothing stays',
    async (name) => {
      const manager = await startManager({ overrides: { clock: hurriedClock } });
      await loadNodes(manager.wire, 3, 1);
      manager.simulation.act(name, ['systemctl', 'stop', 'glusterd']);
      const created = await manager.wire.finish('/volumes', { body: replica3(1) });
      expect(created.status, created.text).toBe(500);
      expect(created.text).toMatch(/not connected/);
      expect(await manager.app.database.read.operations.listUnfinished()).toEqual([]);
      manager.simulation.act(name, ['systemctl', 'start', 'glusterd']);
      expect(await differences(manager)).toEqual([]);
    },
  );
});

const commands = ['make the thin volume', 'make an XFS', 'mount ', 'flush'];

describe('a node that loses its power', () => {
  it.each(
    commands.flatMap((label) => [{ label, when: 'before' } as const, { label, when: 'after' } as const]),
  )('$when "$label …" keeps nothing of a volume once it is back', async ({ label, when }) => {
    const manager = await startManager({ overrides: { clock: hurriedClock } });
    await loadNodes(manager.wire, 3, 1);
    const fault = manager.simulation.addFault({
      host,
      label: new RegExp(`^${label}`),
      effect: { kind: 'powerOff', when },
    });
    const created = await manager.wire.finish('/volumes', { body: replica3(1) });
    expect(fault.hits).toBe(1);
    expect(created.status, created.text).toBe(500);
    expect(created.text).toMatch(/^node2: /);
    await comeBack(manager);
    expect(await differences(manager)).toEqual([]);
  });

  it('while a creation is undone keeps nothing of it once it is back', async () => {
    const manager = await startManager({ overrides: { clock: hurriedClock } });
    await loadNodes(manager.wire, 3, 1);
    manager.simulation.addFault({ host: 'node1', argv: ['mkfs.xfs'], effect: { kind: 'fail' } });
    manager.simulation.addFault({
      host,
      argv: ['lvm', 'lvremove'],
      effect: { kind: 'powerOff', when: 'before' },
    });
    const created = await manager.wire.finish('/volumes', { body: replica3(1) });
    expect(created.status, created.text).toBe(500);
    await comeBack(manager);
    expect(await differences(manager)).toEqual([]);
  });
});
