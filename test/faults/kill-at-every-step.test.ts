import { describe, expect, it } from 'vitest';
import { findDifferences } from '../support/checker.ts';
import { type KillPoint, KillSwitch } from '../support/kill-switch.ts';
import { loadNodes, replica3, startManager, type TestManager } from '../support/manager.ts';
import { simulatedFacts } from '../support/simulated-facts.ts';

const differences = ({ app, simulation }: TestManager): Promise<string[]> =>
  findDifferences(app.database.read, { factsOf: (host) => simulatedFacts(simulation, host) });

interface Scenario {
  readonly name: string;
  /** Brings everything to the moment before. @returns what `act` needs. */
  readonly prepare: (manager: TestManager) => Promise<string>;
  readonly act: (manager: TestManager, prepared: string) => Promise<{ readonly headers: Headers }>;
}

const volumeOf = async ({ wire }: TestManager, size = 4): Promise<string> => {
  const created = await wire.finish('/volumes', { body: replica3(size) });
  return created.json().id as string;
};

const scenarios: readonly Scenario[] = [
  {
    name: 'creating a volume',
    prepare: async () => '',
    act: ({ wire }) =>
      wire.send('/volumes', {
        body: replica3(4, { gid: 2000, glustervolumeoptions: ['performance.cache-size 1MB'] }),
      }),
  },
  {
    name: 'growing a volume',
    prepare: volumeOf,
    act: ({ wire }, id) => wire.send(`/volumes/${id}/expand`, { body: { expand_size: 4 } }),
  },
  {
    name: 'deleting a volume',
    prepare: volumeOf,
    act: ({ wire }, id) => wire.send(`/volumes/${id}`, { method: 'DELETE' }),
  },
  {
    name: 'adding a device',
    prepare: async ({ app }) => (await app.database.read.nodes.listAll())[0]?.id ?? '',
    act: ({ wire }, node) => wire.send('/devices', { body: { node, name: '/dev/sdx' } }),
  },
  {
    name: 'removing a device',
    prepare: async ({ app, wire }) => {
      const id = (await app.database.read.devices.listAll())[0]?.id ?? '';
      for (const state of ['offline', 'failed'])
        await wire.finish(`/devices/${id}/state`, { body: { state } });
      return id;
    },
    act: ({ wire }, id) => wire.send(`/devices/${id}`, { method: 'DELETE' }),
  },
  {
    name: 'adding a node',
    prepare: async ({ app }) => (await app.database.read.clusters.list())[0]?.id ?? '',
    act: ({ wire }, cluster) =>
      wire.send('/nodes', {
        body: { cluster, zone: 1, hostnames: { manage: ['node9'], storage: ['192.0.2.9'] } },
      }),
  },
  {
    name: 'removing a node',
    prepare: async ({ app, wire }) => {
      const cluster = (await app.database.read.clusters.list())[0]?.id ?? '';
      const body = { cluster, zone: 1, hostnames: { manage: ['node9'], storage: ['192.0.2.9'] } };
      return (await wire.finish('/nodes', { body })).json().id as string;
    },
    act: ({ wire }, id) => wire.send(`/nodes/${id}`, { method: 'DELETE' }),
  },
];

/** A manager on three nodes, ready for the act. */
async function scene(
  scenario: Scenario,
): Promise<{ manager: TestManager; switchboard: KillSwitch; prepared: string }> {
  const switchboard = new KillSwitch();
  const manager = await startManager({ wrap: switchboard.wrap });
  await loadNodes(manager.wire, 3, 2);
  return { manager, switchboard, prepared: await scenario.prepare(manager) };
}

/** Kills the manager at the point, starts another on the same database and nodes, and waits until nothing is left to do. */
async function killAndRecover(scenario: Scenario, point: KillPoint): Promise<string[]> {
  const { manager, switchboard, prepared } = await scene(scenario);
  const dead = switchboard.arm(point);
  const answer = scenario.act(manager, prepared);
  answer.catch(() => undefined);
  await dead;
  await manager.leaveForDead();
  const next = await startManager({ folder: manager.folder, simulation: manager.simulation });
  const unfinished = await next.app.database.read.operations.listUnfinished();
  const ended = await Promise.all(unfinished.map(({ id }) => next.app.engine.whenEnded(id)));
  expect(ended.map(({ state }) => state).every((state) => state === 'done' || state === 'undone')).toBe(true);
  return differences(next);
}

describe.each(scenarios)('a manager killed while $name', (scenario) => {
  it('leaves nodes and database in agreement, wherever it dies', async () => {
    const trial = await scene(scenario);
    void trial.switchboard.arm(undefined);
    const queue = (await scenario.act(trial.manager, trial.prepared)).headers.get('location') ?? '';
    await trial.manager.app.engine.whenEnded(queue.slice('/queue/'.length));
    expect(await differences(trial.manager)).toEqual([]);
    const { batches } = trial.switchboard;
    expect(batches.length).toBeGreaterThan(0);
    for (const [batch, { commands, labels }] of batches.entries()) {
      const points = [...Array.from({ length: commands }, (_, commandsRun) => commandsRun), 'all' as const];
      for (const commandsRun of points) {
        const found = await killAndRecover(scenario, { batch, commandsRun });
        expect(found, `killed in batch ${batch} after ${commandsRun} of ${labels.join(' | ')}`).toEqual([]);
      }
    }
  });
});
