import { describe, expect, it } from 'vitest';
import type { TestManager } from '../support/manager.ts';
import { ReadyMade } from '../support/ready-made.ts';
import { differences, quietly, type Scenario, scenarios } from '../support/scenarios.ts';

/** Which commands fail, counted from the act on: `[4]` the fourth, `[4, 2]` the fourth and the second after it. */
type Failures = readonly number[];

const complaint = { kind: 'fail', exitCode: 5, stderr: 'something is wrong here' } as const;

async function settle({ app }: TestManager): Promise<void> {
  const unfinished = await app.database.read.operations.listUnfinished();
  await Promise.all(unfinished.map(({ id }) => app.engine.whenEnded(id)));
}

/** The moment before an operation, and what did not agree then. */
interface Start {
  readonly scenario: Scenario;
  readonly made: ReadyMade<{ readonly prepared: string; readonly before: readonly string[] }>;
}

const startOf = async (scenario: Scenario): Promise<Start> => ({
  scenario,
  made: await ReadyMade.make(quietly, async (manager) => ({
    prepared: await scenario.prepare(manager),
    before: await differences(manager),
  })),
});

/** @returns what does not agree afterwards, and whether there were as many commands at all. */
async function play(
  { scenario, made }: Start,
  failures: Failures,
  when: { readonly afterEffect: boolean },
): Promise<{ readonly found: string[]; readonly isHit: boolean }> {
  const manager = await made.begin();
  const { prepared, before } = made.prepared;
  let nth = 0;
  const faults = failures.map((after) => {
    nth += after;
    return manager.simulation.addFault({ nth, effect: { ...complaint, ...when } });
  });
  const queue = (await scenario.act(manager, prepared)).headers.get('location') ?? '';
  // What is refused at once, after a look at the nodes, was never taken in.
  if (queue !== '') await manager.app.engine.whenEnded(queue.slice('/queue/'.length));
  manager.simulation.clearFaults();
  await settle(manager);
  const found = (await differences(manager)).filter(
    (difference) => !before.includes(difference) && scenario.mayStay?.test(difference) !== true,
  );
  await manager.app.stop();
  return { found, isHit: faults.every(({ hits }) => hits === 1) };
}

/** Lets one command after the other fail, until there are no more. @returns how many there are. */
async function failEach(
  start: Start,
  when: { readonly afterEffect: boolean },
  before: Failures = [],
): Promise<number> {
  for (let nth = 1; ; nth += 1) {
    const failures = [...before, nth];
    const { found, isHit } = await play(start, failures, when);
    expect(found, `commands ${failures.join(', ')}`).toEqual([]);
    if (!isHit) return nth - 1;
  }
}

describe.each(scenarios)('nodes that fail while $name', (scenario) => {
  it('leave nothing behind, whichever command they do not carry out, in the undoing either', async () => {
    const when = { afterEffect: false };
    const start = await startOf(scenario);
    const count = await failEach(start, when);
    expect(count).toBeGreaterThan(0);
    await failEach(start, when, [count]);
  });

  it('leave nothing behind, whichever command they call failed though it was carried out', async () => {
    expect(await failEach(await startOf(scenario), { afterEffect: true })).toBeGreaterThan(0);
  });
});
