import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { VolumeRecord } from '../../src/db/volumes.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { findDifferences } from '../support/checker.ts';
import { hurriedClock } from '../support/engine-bench.ts';
import { KillSwitch } from '../support/kill-switch.ts';
import { loadNodes, replica3, startManager, type TestManager } from '../support/manager.ts';
import { simulatedFacts } from '../support/simulated-facts.ts';

/** More with `MORTAR_RANDOM_RUNS=5000`; the same again with `MORTAR_RANDOM_SEED=<seed>`. */
const numRuns = Number(process.env.MORTAR_RANDOM_RUNS ?? 300);
const seed = Number(process.env.MORTAR_RANDOM_SEED);

/** A life takes a second at most on an idle machine. */
const lifeMs = 45_000;

const hosts = ['node1', 'node2', 'node3', 'node4'];

/** What users ask for. */
type Request =
  | { readonly type: 'create'; readonly sizeGib: number; readonly durability: number }
  | { readonly type: 'expand' | 'delete' | 'evict' | 'empty' | 'enable'; readonly which: number };

/** What happens to nodes and to the manager. */
type Happening =
  | { readonly type: 'fault'; readonly host: number; readonly nth: number; readonly effect: number }
  | { readonly type: 'kill'; readonly batch: number; readonly commandsRun: number }
  | { readonly type: 'reboot'; readonly host: number }
  | { readonly type: 'lose'; readonly host: number; readonly isRemoved: boolean }
  | { readonly type: 'wait' };

type Act = Request | Happening;

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
      type: fc.constantFrom('evict' as const, 'evict' as const, 'empty' as const, 'enable' as const),
      which: fc.nat(30),
    }),
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
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('lose' as const), host: fc.nat(3), isRemoved: fc.boolean() }),
  },
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
  /** The node that is gone for good; a second one would take volumes with it. */
  #lost: string | undefined;
  #isLossAccepted = false;

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

  /** Does all of it in turn and tells what does not agree at the end, or what does not come to an end. */
  async live(acts: readonly Act[]): Promise<string[]> {
    const life = async (): Promise<string[]> => {
      for (const it of acts) await this.#do(it);
      return this.#end();
    };
    const timer = new AbortController();
    const tooLong = systemClock.sleep(lifeMs, timer.signal).then(() => this.#unfinished());
    try {
      return await Promise.race([life(), tooLong]);
    } finally {
      timer.abort();
      tooLong.catch(() => undefined);
    }
  }

  /** What there is to say of operations that should have ended. */
  async #unfinished(): Promise<string[]> {
    const operations = await this.#manager.app.database.read.operations.listUnfinished();
    const words = operations.map(
      ({ kind, state, stage, tries, waitingReason, error }) =>
        `${kind} is ${state} at stage ${stage}, try ${tries}: ${waitingReason ?? 'waits for nothing'}; ${error?.message ?? 'no error'}`,
    );
    return [
      `after ${lifeMs} ms it has not ended, the manager is ${this.#switchboard.isDead ? 'dead' : 'alive'}`,
      ...words,
    ];
  }

  async #do(it: Act): Promise<void> {
    await this.#reviveIfDead();
    const { wire } = this.#manager;
    switch (it.type) {
      case 'create':
        return this.#send(wire.send('/volumes', { body: durabilities[it.durability]?.(it.sizeGib) }));
      case 'expand':
        return this.#toVolume(it.which, (id) =>
          wire.send(`/volumes/${id}/expand`, { body: { expand_size: 2 } }),
        );
      case 'delete':
        return this.#toVolume(it.which, (id) => wire.send(`/volumes/${id}`, { method: 'DELETE' }));
      case 'evict':
        return this.#toBrick(it.which, (id) => wire.send(`/bricks/to-evict/${id}`, { method: 'POST' }));
      case 'empty':
        return this.#toDevice(it.which, ['offline', 'failed']);
      case 'enable':
        return this.#toDevice(it.which, ['offline', 'online']);
      case 'fault':
      case 'kill':
      case 'reboot':
      case 'lose':
      case 'wait':
        return this.#happen(it);
    }
  }

  async #happen(it: Happening): Promise<void> {
    switch (it.type) {
      case 'fault':
        this.#manager.simulation.addFault({
          host: hosts[it.host],
          nth: it.nth,
          effect: effects[it.effect] ?? effects[0],
        });
        return;
      case 'kill':
        this.#dead = this.#switchboard.arm({ batch: it.batch, commandsRun: it.commandsRun });
        return;
      case 'reboot':
        return this.#reboot(hosts[it.host] ?? '');
      case 'lose':
        return this.#lose(hosts[it.host] ?? '', it.isRemoved);
      case 'wait':
        return this.#settle();
    }
  }

  /** Lets everything come to its end and tells what does not agree then. */
  async #end(): Promise<string[]> {
    void this.#switchboard.arm(undefined);
    this.#manager.simulation.clearFaults();
    await this.#reviveIfDead();
    await this.#settle();
    const { app, simulation } = this.#manager;
    const differences = await findDifferences(app.database.read, {
      factsOf: (host) => simulatedFacts(simulation, host),
    });
    const lost = simulation
      .hosts()
      .flatMap((host) => simulation.picture(host).volumes)
      .filter(({ isDataLost }) => isDataLost)
      .map(({ name }) => `the only good copy of something in ${name} was taken away`);
    await app.stop();
    return this.#isLossAccepted ? differences : [...differences, ...lost];
  }

  #reboot(host: string): void {
    if (host === this.#lost) return;
    this.#manager.simulation.powerOff(host);
    this.#manager.simulation.powerOn(host);
  }

  /** A node dies and is declared lost, in the middle of whatever goes on; perhaps its bricks are made anew elsewhere. */
  async #lose(host: string, isRemoved: boolean): Promise<void> {
    if (this.#lost !== undefined) return;
    this.#lost = host;
    this.#manager.simulation.powerOff(host);
    await this.#declareLost();
    const { app, wire } = this.#manager;
    const id = await app.database.read.nodes.findByName('manage', host);
    if (isRemoved) this.#send(wire.finish(`/nodes/${id}/state`, { body: { state: 'failed' } }));
  }

  /** What waits for the node goes on without it only then, so a manager that died over it is told again. */
  async #declareLost(): Promise<void> {
    if (this.#lost === undefined) return;
    const { app, wire } = this.#manager;
    const id = await app.database.read.nodes.findByName('manage', this.#lost);
    await this.#whileAlive(wire.send(`/nodes/${id}/lost`, { method: 'POST' }));
  }

  /** Does something to one of the volumes that there are, if any. */
  async #toVolume(which: number, request: (id: string) => Promise<unknown>): Promise<void> {
    const ids = await this.#manager.app.database.read.volumes.visibleIds();
    const id = ids[which % Math.max(1, ids.length)];
    if (id !== undefined) this.#send(request(id));
  }

  async #toBrick(which: number, request: (id: string) => Promise<unknown>): Promise<void> {
    const bricks = await this.#manager.app.database.read.bricks.listAll();
    const brick = bricks[which % Math.max(1, bricks.length)];
    if (brick !== undefined) this.#send(request(brick.id));
  }

  /** Brings a device from state to state, as far as it goes. */
  async #toDevice(which: number, states: readonly string[]): Promise<void> {
    const devices = await this.#manager.app.database.read.devices.listAll();
    const id = devices[which % Math.max(1, devices.length)]?.id;
    if (id === undefined) return;
    const { wire } = this.#manager;
    const change = async (): Promise<void> => {
      for (const state of states) await wire.finish(`/devices/${id}/state`, { body: { state } });
    };
    this.#send(change());
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
      await this.#giveUpLostNode();
      await this.#whileAlive(Promise.all(unfinished.map(({ id }) => app.engine.whenEnded(id))));
      await this.#reviveIfDead();
    }
  }

  /**
   * While a lost node has the only copy of a volume, gluster lets go of neither, and deletes no other volume: a person has to
   * say that the copy is given up. The deletion of any volume says so.
   */
  async #giveUpLostNode(): Promise<void> {
    if (this.#lost === undefined) return;
    const { app } = this.#manager;
    const lostId = await app.database.read.nodes.findByName('manage', this.#lost);
    await this.#whileAlive(
      this.#deleteVolumesOn(lostId ?? '', ({ durability }) => durability.type === 'none'),
    );
    await this.#whileAlive(this.#removeLost(lostId ?? ''));
  }

  /** The person has the bricks of the lost node made anew; what cannot be kept is given up. */
  async #removeLost(id: string): Promise<void> {
    const { wire } = this.#manager;
    const remove = (body: object) =>
      wire.finish(`/nodes/${id}/state`, { body: { state: 'failed', ...body } });
    if ((await remove({})).status === 204) return;
    this.#isLossAccepted = true;
    if ((await remove({ healcheck: 'disable' })).status === 204) return;
    // There is no room for them elsewhere.
    await this.#deleteVolumesOn(id, () => true);
  }

  async #deleteVolumesOn(nodeId: string, isMeant: (volume: VolumeRecord) => boolean): Promise<void> {
    const { app, wire } = this.#manager;
    for (const id of await app.database.read.volumes.visibleIds()) {
      const volume = await app.database.read.volumes.find(id);
      const bricks = await app.database.read.bricks.listByVolume(id);
      const isThere = bricks.some((brick) => brick.nodeId === nodeId);
      if (volume !== undefined && isThere && isMeant(volume))
        await wire.send(`/volumes/${id}`, { method: 'DELETE' });
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
    await this.#declareLost();
  }
}

describe('a random life', () => {
  it(`ends in agreement of nodes and database (seed ${seed}, ${numRuns} lives)`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 4, maxLength: 14 }), async (acts) => {
        const play = await Play.begin();
        expect(await play.live(acts)).toEqual([]);
      }),
      // To look for a shorter life that fails takes long when what fails is that it does not end.
      { numRuns, seed, endOnFailure: true },
    );
  });
});
