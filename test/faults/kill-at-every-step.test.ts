import { describe, expect, it } from 'vitest';
import { type KillPoint, KillSwitch } from '../support/kill-switch.ts';
import { startManager, type TestManager } from '../support/manager.ts';
import { ReadyMade } from '../support/ready-made.ts';
import { differences, quietly, type Scenario, scenarios } from '../support/scenarios.ts';

/** A manager ready for the act, that can be killed. */
async function scene(
  made: ReadyMade<string>,
): Promise<{ manager: TestManager; switchboard: KillSwitch; prepared: string }> {
  const switchboard = new KillSwitch();
  return { manager: await made.begin({ wrap: switchboard.wrap }), switchboard, prepared: made.prepared };
}

const remaining = async ({ mayStay }: Scenario, manager: TestManager): Promise<string[]> =>
  (await differences(manager)).filter((difference) => mayStay?.test(difference) !== true);

/** Kills the manager at the point, starts another on the same database and nodes, and waits until nothing is left to do. */
async function killAndRecover(
  scenario: Scenario,
  made: ReadyMade<string>,
  point: KillPoint,
): Promise<string[]> {
  const { manager, switchboard, prepared } = await scene(made);
  const dead = switchboard.arm(point);
  const answer = scenario.act(manager, prepared);
  answer.catch(() => undefined);
  await dead;
  await manager.leaveForDead();
  const { folder, simulation } = manager;
  const next = await startManager({ ...quietly, folder, simulation });
  const unfinished = await next.app.database.read.operations.listUnfinished();
  const ended = await Promise.all(unfinished.map(({ id }) => next.app.engine.whenEnded(id)));
  expect(ended.map(({ state }) => state).every((state) => state === 'done' || state === 'undone')).toBe(true);
  return remaining(scenario, next);
}

describe.each(scenarios)('a manager killed while $name', (scenario) => {
  it('leaves nodes and database in agreement, wherever it dies', async () => {
    const made = await ReadyMade.make(quietly, scenario.prepare);
    const trial = await scene(made);
    void trial.switchboard.arm(undefined);
    const queue = (await scenario.act(trial.manager, trial.prepared)).headers.get('location') ?? '';
    await trial.manager.app.engine.whenEnded(queue.slice('/queue/'.length));
    expect(await remaining(scenario, trial.manager)).toEqual([]);
    const batches = [...trial.switchboard.batches];
    expect(batches.length).toBeGreaterThan(0);
    for (const [batch, { commands, labels }] of batches.entries()) {
      const points = [...Array.from({ length: commands }, (_, commandsRun) => commandsRun), 'all' as const];
      for (const commandsRun of points) {
        const found = await killAndRecover(scenario, made, { batch, commandsRun });
        expect(found, `killed in batch ${batch} after ${commandsRun} of ${labels.join(' | ')}`).toEqual([]);
      }
    }
  });
});
