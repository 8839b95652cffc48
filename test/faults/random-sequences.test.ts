import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findDifferences } from '../support/checker.ts';
import { hurriedClock } from '../support/engine-bench.ts';
import { KillSwitch } from '../support/kill-switch.ts';
import { loadNodes, replica3, startManager, type TestManager } from '../support/manager.ts';
import { simulatedFacts } from '../support/simulated-facts.ts';

/** More with `MORTAR_RANDOM_RUNS=5000`; the same again with `MORTAR_RANDOM_SEED=<seed>`. */
const numRuns = Number(process.env.MORTAR_RANDOM_RUNS ?? 60);
const seed = Number(process.env.MORTAR_RANDOM_SEED ?? Date.now() % 2 ** 31);

const hosts = ['node1', 'node2', 'node3', 'node4'];

type Act =
  | { readonly type: 'create'; readonly sizeGib: number; readonly durability: number }
  | { readonly type: 'expand' | 'delete'; readonly which: number }
  | { readonly type: 'fault'; readonly host: number; readonly nth: number; readonly effect: number }
  | { readonly type: 'kill'; readonly batch: number; readonly commandsRun: number }
  | { readonly type: 'reboot'; readonly host: number }
  | { readonly type: 'wait' };

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant('create' as const),
      sizeGib: fc.integer({ min: 2, max: 40 }),
      durability: fc.nat(4),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constantFrom('expand' as const, 'delete' as const), which: fc.nat(9) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('fault' as const),
      host: fc.nat(3),
      nth: fc.integer({ min: 1, max: 14 }),
      effect: fc.nat(4),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('kill' as const), batch: fc.nat(6), commandsRun: fc.nat(12) }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('reboot' as const), host: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('wait' as const) }) },
);

const durabilities = [
  (size: number) => ({ size }),
  (size: number) => replica3(size),
  (size: number) => ({ size, durability: { type: 'replicate', replicate: { replica: 2 } } }),
  (size: number) => replica3(size, { glustervolumeoptions: ['user.heketi.arbiter true'] }),
  (size: number) => ({
    size: size * 2,
    durability: { type: 'disperse', disperse: { data: 2, redundancy: 1 } },
  }),
];

const effects = [
  { kind: 'fail', exitCode: 5, stderr: 'something is wrong here' },
  { kind: 'fail', exitCode: 1, stderr: 'it said no, but did it', afterEffect: true },
  { kind: 'cut', when: 'before' },
  { kind: 'cut', when: 'after' },
  { kind: 'corrupt' },
] as const;

/** A manager that dies and comes back, with what happens to it. */
class Play {
  #manager: TestManager;
  #switchboard: KillSwitch;
  #dead: Promise<void> | undefined;
  #pending: Promise<unknown>[] = [];

  private constructor(manager: TestManager, switchboard: KillSwitch) {
    this.#manager = manager;
    this.#switchboard = switchboard;
  }

  static async begin(): Promise<Play> {
    const switchboard = new KillSwitch();
    const manager = await startManager({ wrap: switchboard.wrap, overrides: { clock: hurriedClock } });
    await loadNodes(manager.wire, hosts.length, 2);
    return new Play(manager, switchboard);
  }

  async do(it: Act): Promise<void> {
    await this.#reviveIfDead();
    const { wire, simulation, app } = this.#manager;
    switch (it.type) {
      case 'create':
        return this.#send(wire.send('/volumes', { body: durabilities[it.durability]?.(it.sizeGib) }));
      case 'expand':
      case 'delete': {
        const ids = await app.database.read.volumes.visibleIds();
        const id = ids[it.which % Math.max(1, ids.length)];
        if (id === undefined) return;
        const request = it.type === 'delete' ? { method: 'DELETE' } : { body: { expand_size: 2 } };
        return this.#send(
          wire.send(it.type === 'delete' ? `/volumes/${id}` : `/volumes/${id}/expand`, request),
        );
      }
      case 'fault':
        simulation.addFault({ host: hosts[it.host], nth: it.nth, effect: effects[it.effect] ?? effects[0] });
        return;
      case 'kill':
        this.#dead = this.#switchboard.arm({ batch: it.batch, commandsRun: it.commandsRun });
        return;
      case 'reboot':
        simulation.powerOff(hosts[it.host] ?? '');
        simulation.powerOn(hosts[it.host] ?? '');
        return;
      case 'wait':
        return this.#settle();
    }
  }

  /** Lets everything come to its end and tells what does not agree then. */
  async end(): Promise<string[]> {
    void this.#switchboard.arm(undefined);
    this.#manager.simulation.clearFaults();
    await this.#reviveIfDead();
    await this.#settle();
    const { app, simulation } = this.#manager;
    const differences = await findDifferences(app.database.read, {
      factsOf: (host) => simulatedFacts(simulation, host),
    });
    await app.stop();
    return differences;
  }

  /** The answer does not matter: a refusal is as good as a success, as long as nothing is left behind. */
  #send(request: Promise<unknown>): void {
    this.#pending.push(request.catch(() => undefined));
  }

  async #settle(): Promise<void> {
    await this.#whileAlive(Promise.all(this.#pending));
    await this.#reviveIfDead();
    for (;;) {
      const { app } = this.#manager;
      const unfinished = await app.database.read.operations.listUnfinished();
      if (unfinished.length === 0) return;
      await this.#whileAlive(Promise.all(unfinished.map(({ id }) => app.engine.whenEnded(id))));
      await this.#reviveIfDead();
    }
  }

  /** A dead manager gives no answers: what waits for one goes on when it dies. */
  async #whileAlive(work: Promise<unknown>): Promise<void> {
    await Promise.race([work.catch(() => undefined), this.#dead ?? new Promise(() => undefined)]);
  }

  async #reviveIfDead(): Promise<void> {
    if (!this.#switchboard.isDead) return;
    await this.#manager.leaveForDead();
    this.#switchboard = new KillSwitch();
    this.#dead = undefined;
    this.#pending = [];
    const { folder, simulation } = this.#manager;
    this.#manager = await startManager({
      folder,
      simulation,
      wrap: this.#switchboard.wrap,
      overrides: { clock: hurriedClock },
    });
  }
}

describe('a random life', () => {
  it(`ends in agreement of nodes and database (seed ${seed}, ${numRuns} lives)`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 4, maxLength: 14 }), async (acts) => {
        const play = await Play.begin();
        for (const it of acts) await play.do(it);
        expect(await play.end()).toEqual([]);
      }),
      { numRuns, seed, endOnFailure: false },
    );
  });
});
