import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/errors.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { notYet } from '../../../src/operations/failures.ts';
import { EngineBench, untilAborted } from '../../support/engine-bench.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const bench = (options: ConstructorParameters<typeof EngineBench>[1] = {}): EngineBench =>
  new EngineBench(temporaryFolder(), options);
const broken = (): AppError => new AppError('node.command_failed', 'it broke');

describe('an operation', () => {
  it('runs its stages one after the other and its steps side by side, and ends with its result', async () => {
    const { engine, world, log, submit } = withSubmit(bench());
    const { id } = await submit([['a', 'b'], ['c']]);
    const ended = await engine.whenEnded(id);
    expect(ended).toMatchObject({ state: 'done', resultPath: `/things/${id}`, error: null });
    expect([...world].sort()).toEqual(['a', 'b', 'c']);
    expect(log).toEqual(['run a', 'run b', 'run c', 'finish']);
  });

  it('keeps the output of its steps in the journal', async () => {
    const { engine, database, submit } = withSubmit(bench());
    const { id } = await submit([['a']]);
    await engine.whenEnded(id);
    expect(await database.read.steps.listByOperation(id)).toMatchObject([
      { state: 'done', output: { put: 'a' } },
    ]);
  });

  it('forgets after its end what its steps were to be done with, and no sooner', async () => {
    const b = bench();
    const params = async (id: string): Promise<unknown[]> =>
      (await b.database.read.steps.listByOperation(id)).map((step) => step.params);
    let meanwhile: unknown[] = [];
    b.before = async (_direction, thing) => {
      if (thing === 'b') meanwhile = await params(id);
    };
    const { id } = await b.submit([['a'], ['b']]);
    await b.engine.whenEnded(id);
    expect(meanwhile).toEqual([{ thing: 'a' }, { thing: 'b' }]);
    await b.restart();
    expect(await params(id)).toEqual([null, null]);
  });

  it('is undone in reverse when a step fails, and says why', async () => {
    const b = bench();
    b.before = (direction, thing) => {
      if (direction === 'run' && thing === 'c') throw broken();
    };
    const { id } = await b.submit([['a'], ['b'], ['c']]);
    const ended = await b.engine.whenEnded(id);
    expect(ended).toMatchObject({
      state: 'undone',
      error: { code: 'node.command_failed', message: 'it broke' },
      resultPath: null,
    });
    expect(b.world.size).toBe(0);
    expect(b.log).toEqual(['run a', 'run b', 'undo c', 'undo b', 'undo a', 'abandon']);
  });

  it('does not touch again, while undoing, a step that certainly never ran', async () => {
    const b = bench();
    b.before = (direction, thing) => {
      if (direction === 'run' && thing === 'b')
        throw new AppError('node.unreachable', 'node2 does not answer');
    };
    const { id } = await b.submit([['a', 'b'], ['c']]);
    await b.engine.whenEnded(id);
    expect(b.log).toEqual(['run a', 'undo a', 'abandon']);
  });

  it('repeats what fails after the point of no return until it works', async () => {
    const b = bench();
    let failures = 3;
    b.before = (direction, thing) => {
      if (direction === 'run' && thing === 'b' && failures-- > 0) throw broken();
    };
    const { id } = await b.submit([['a'], ['b']], { pivot: 1 });
    expect(await b.engine.whenEnded(id)).toMatchObject({ state: 'done', tries: 0 });
    expect(b.log).toEqual(['run a', 'run b', 'finish']);
  });

  it('looks again, without calling it a failure, while what it waits for takes its time', async () => {
    const b = bench();
    let looks = 12;
    b.before = (direction, thing) => {
      if (direction === 'run' && thing === 'b' && looks-- > 0) throw notYet(`${looks} to go`, 1000);
    };
    const { id } = await b.submit([['a'], ['b'], ['c']]);
    expect(await b.engine.whenEnded(id)).toMatchObject({ state: 'done', error: null, tries: 0 });
    const events = b.engine.events.history(id);
    expect(events.filter(({ type }) => type === 'waiting')).toHaveLength(12);
    expect(events).not.toContainEqual(expect.objectContaining({ state: 'failed' }));
    expect(events).not.toContainEqual(expect.objectContaining({ state: 'stuck' }));
  });

  it('is called off while it waits for what takes its time', async () => {
    const b = bench();
    const waits = new Promise<void>((resolve) => {
      b.before = (direction, thing) => {
        if (direction !== 'run' || thing !== 'b') return;
        setImmediate(resolve);
        throw notYet('for ever', 1);
      };
    });
    const { id } = await b.submit([['a'], ['b']]);
    await waits;
    await b.engine.cancel(id);
    expect(await b.engine.whenEnded(id)).toMatchObject({
      state: 'undone',
      error: { code: 'operation.cancelled' },
    });
    expect(b.world.size).toBe(0);
  });

  it('stays where it is while it is paused, over a restart too, and goes on when it is resumed', async () => {
    const b = bench({ clock: systemClock });
    const isInFirst = new Promise<() => void>((resolve) => {
      b.before = (_direction, thing) => {
        return thing === 'a' ? new Promise<void>((goOn) => resolve(goOn)) : undefined;
      };
    });
    const { id } = await b.submit([['a'], ['b']], { pivot: 1 });
    const goOn = await isInFirst;
    await b.engine.pause(id);
    goOn();
    await expect.poll(() => b.database.read.operations.find(id)).toMatchObject({ waitingReason: 'paused' });
    expect([...b.world]).toEqual(['a']);
    await b.restart();
    await expect
      .poll(() => b.engine.events.history(id))
      .toContainEqual(expect.objectContaining({ reason: 'paused' }));
    expect([...b.world]).toEqual(['a']);
    await b.engine.resume(id);
    expect(await b.engine.whenEnded(id)).toMatchObject({ state: 'done', isPaused: false });
    await expect(b.engine.pause(id)).rejects.toMatchObject({ code: 'request.conflict' });
  });

  it('does not wait for a node that was declared lost', async () => {
    const b = bench();
    b.before = (direction, thing) => {
      if (direction === 'run' && thing === 'c') throw broken();
      if (direction === 'undo' && thing === 'a') throw new AppError('node.lost', 'it is lost');
    };
    const { id } = await b.engine.submit(async () => {
      const planned = b.planned([['a', 'b'], ['c']]);
      const stages = planned.plan.stages.map((steps) => steps.map((step) => ({ ...step, nodeId: 'n1' })));
      return { ...planned, plan: { stages } };
    });
    expect(await b.engine.whenEnded(id)).toMatchObject({ state: 'undone' });
    expect([...b.world]).toEqual(['a']);
  });

  it('repeats an undo that fails until it works', async () => {
    const b = bench();
    let failures = 2;
    b.before = (direction, thing) => {
      if (direction === 'run' && thing === 'b') throw broken();
      if (direction === 'undo' && thing === 'a' && failures-- > 0) throw broken();
    };
    const { id } = await b.submit([['a'], ['b']]);
    expect(await b.engine.whenEnded(id)).toMatchObject({ state: 'undone' });
    expect(b.world.size).toBe(0);
  });

  it('repeats a step once at once when the connection broke while it ran', async () => {
    const b = bench();
    let failures = 1;
    b.before = (direction) => {
      if (direction === 'run' && failures-- > 0) throw new AppError('node.connection_lost');
    };
    const { id } = await b.submit([['a']]);
    expect(await b.engine.whenEnded(id)).toMatchObject({ state: 'done' });
  });

  it('shows as stuck what fails again and again, with the reason, and still goes on', async () => {
    const b = bench();
    let failures = 12;
    const seen = new Set<string>();
    b.before = async (direction, thing) => {
      if (thing !== 'a' || direction !== 'run') return;
      const [now] = await b.database.read.operations.listUnfinished();
      seen.add(now?.state ?? 'ended');
      failures -= 1;
      if (failures >= 0) throw broken();
    };
    const { id } = await b.submit([['a']], { pivot: 0 });
    expect(await b.engine.whenEnded(id)).toMatchObject({ state: 'done' });
    expect([...seen]).toContain('stuck');
  });

  it('is refused with a time to wait when the queue is full, and nothing is recorded', async () => {
    const b = bench({ maxRunning: 1, maxQueued: 2 });
    b.before = (_direction, _thing, signal) => untilAborted(signal);
    for (const thing of ['a', 'b', 'c']) await b.submit([[thing]]);
    await expect(b.submit([['d']])).rejects.toMatchObject({
      code: 'server.busy',
      status: 429,
      details: { retryAfterSeconds: expect.any(Number) },
    });
    expect(await b.database.read.operations.listUnfinished()).toHaveLength(3);
  });

  it('waits its turn in the order of arrival and knows its place', async () => {
    const b = bench({ maxRunning: 1 });
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    b.before = () => gate;
    const ids: string[] = [];
    for (const thing of ['a', 'b', 'c']) ids.push((await b.submit([[thing]])).id);
    expect(ids.map((id) => b.engine.position(id))).toEqual([undefined, 1, 2]);
    open();
    await Promise.all(ids.map((id) => b.engine.whenEnded(id)));
    expect(b.log).toEqual(['run a', 'finish', 'run b', 'finish', 'run c', 'finish']);
  });

  it('lets other clusters pass when one cluster has all its slots taken', async () => {
    const b = bench({ maxRunning: 4, maxRunningPerCluster: 1 });
    b.before = (_direction, thing, signal) => (thing.startsWith('slow') ? untilAborted(signal) : undefined);
    await b.submit([['slow 1']], { clusterId: 'one' });
    await b.submit([['slow 2']], { clusterId: 'one' });
    const { id } = await b.submit([['quick']], { clusterId: 'two' });
    expect(await b.engine.whenEnded(id)).toMatchObject({ state: 'done' });
  });

  it('is taken in only once under one key; the same key with another request is refused', async () => {
    const b = bench();
    const once = { key: 'k', fingerprint: 'f' };
    const first = await b.engine.submit(async () => b.planned([['a']]), once);
    const second = await b.engine.submit(async () => b.planned([['b']]), once);
    expect(second.id).toBe(first.id);
    await expect(
      b.engine.submit(async () => b.planned([['c']]), { key: 'k', fingerprint: 'g' }),
    ).rejects.toMatchObject({
      code: 'request.idempotency_mismatch',
    });
    await b.engine.whenEnded(first.id);
    expect([...b.world]).toEqual(['a']);
  });
});

describe('calling an operation off', () => {
  it('undoes what it did', async () => {
    const b = bench();
    const started = new Promise<void>((resolve) => {
      b.before = async (direction, thing, signal) => {
        if (direction === 'undo' || thing !== 'b') return;
        resolve();
        await untilAborted(signal);
      };
    });
    const { id } = await b.submit([['a'], ['b']]);
    await started;
    await b.engine.cancel(id);
    expect(await b.engine.whenEnded(id)).toMatchObject({
      state: 'undone',
      error: { code: 'operation.cancelled' },
    });
    expect(b.world.size).toBe(0);
  });

  it('ends one that still waits for its turn, without touching anything', async () => {
    const b = bench({ maxRunning: 1 });
    b.before = (_direction, thing, signal) => (thing === 'a' ? untilAborted(signal) : undefined);
    await b.submit([['a']]);
    const { id } = await b.submit([['b']]);
    await b.engine.cancel(id);
    expect(await b.engine.whenEnded(id)).toMatchObject({
      state: 'undone',
      error: { code: 'operation.cancelled' },
    });
    expect(b.log).toEqual(['abandon']);
  });

  it('is refused after the point of no return, and when it has ended', async () => {
    const b = bench();
    b.before = (_direction, thing, signal) => (thing === 'b' ? untilAborted(signal) : undefined);
    const { id } = await b.submit([['b']], { pivot: 0 });
    await expect(b.engine.cancel(id)).rejects.toMatchObject({ code: 'operation.not_cancellable' });
    const done = await b.submit([['a']]);
    await b.engine.whenEnded(done.id);
    await expect(b.engine.cancel(done.id)).rejects.toMatchObject({ code: 'operation.not_cancellable' });
    await expect(b.engine.cancel('0'.repeat(32))).rejects.toMatchObject({ code: 'object.not_found' });
  });
});

describe('after a restart', () => {
  const cutOffAt = async (b: EngineBench, direction: 'run' | 'undo', at: string): Promise<void> => {
    await new Promise<void>((resolve) => {
      const before = b.before;
      b.before = async (now, thing, signal) => {
        await before(now, thing, signal);
        if (now !== direction || thing !== at) return;
        resolve();
        await untilAborted(signal);
      };
    });
    b.before = () => undefined;
  };

  it.each(['a', 'b', 'c'])('goes on where it was cut off, at %s', async (at) => {
    const b = bench();
    const cut = cutOffAt(b, 'run', at);
    const { id } = await b.submit([['a'], ['b'], ['c']]);
    await cut;
    await b.restart();
    expect(await b.engine.whenEnded(id)).toMatchObject({ state: 'done' });
    expect([...b.world].sort()).toEqual(['a', 'b', 'c']);
  });

  it.each(['a', 'b', 'c'])('goes on undoing where it was cut off, at %s', async (at) => {
    const b = bench();
    b.before = (direction, thing) => {
      if (direction === 'run' && thing === 'c') throw broken();
    };
    const cut = cutOffAt(b, 'undo', at);
    const { id } = await b.submit([['a'], ['b'], ['c']]);
    await cut;
    await b.restart();
    expect(await b.engine.whenEnded(id)).toMatchObject({ state: 'undone', error: { message: 'it broke' } });
    expect(b.world.size).toBe(0);
  });

  it('starts what was still waiting, in order', async () => {
    const b = bench({ maxRunning: 1 });
    const cut = cutOffAt(b, 'run', 'a');
    const ids: string[] = [];
    for (const thing of ['a', 'b', 'c']) ids.push((await b.submit([[thing]])).id);
    await cut;
    await b.restart();
    await Promise.all(ids.map((id) => b.engine.whenEnded(id)));
    expect(b.log.filter((line) => line.startsWith('run'))).toEqual(['run a', 'run b', 'run c']);
  });

  it('still knows the results of what had ended', async () => {
    const b = bench();
    const { id } = await b.submit([['a']]);
    await b.engine.whenEnded(id);
    await b.restart();
    expect(await b.database.read.operations.progress(id)).toMatchObject({
      state: 'done',
      resultPath: `/things/${id}`,
    });
  });
});

describe('stopping', () => {
  it('lets a running stage end, starts no other, and takes nothing more in', async () => {
    const b = bench();
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const started = new Promise<void>((resolve) => {
      b.before = (_direction, thing) => {
        resolve();
        return thing === 'a' ? gate : undefined;
      };
    });
    const { id } = await b.submit([['a'], ['b']]);
    await started;
    const stopped = b.engine.stop(10_000);
    await expect(b.submit([['c']])).rejects.toMatchObject({ code: 'server.stopping' });
    open();
    await stopped;
    expect(b.log).toEqual(['run a']);
    expect(await b.database.read.operations.find(id)).toMatchObject({ state: 'running', stage: 1 });
  });
});

function withSubmit(b: EngineBench) {
  return {
    engine: b.engine,
    database: b.database,
    world: b.world,
    log: b.log,
    submit: b.submit.bind(b),
  };
}
