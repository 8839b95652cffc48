import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { Simulation } from '../../src/executors/simulated/simulated-executor.ts';
import { HeldNodes } from '../contract/wire/held-nodes.ts';
import { loadNodes, startManager, type TestManager } from '../support/manager.ts';

const queued = 10_000;
/** So many are served while it is looked; the order of all is in the journal and in the places they are told. */
const watched = 300;
/** What one that waits may take in memory: its id and its place, not its plan. */
const bytesEach = 4096;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heapBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** A manager that does one thing at a time, on a node with room for all of it. */
async function scene(mostQueued = queued) {
  const nodes = new HeldNodes();
  const simulation = new Simulation({ description: { diskGiB: 100_000 } });
  simulation.picture('node1');
  simulation.nameNode('node1', '192.0.2.1');
  const manager = await startManager({
    simulation,
    wrap: nodes.wrap,
    env: {
      MORTAR_OPERATIONS_MAX_QUEUED: String(mostQueued),
      MORTAR_OPERATIONS_MAX_RUNNING: '1',
      MORTAR_VOLUMES_MAX_PER_CLUSTER: '-1',
      MORTAR_DOCTOR_ENABLED: 'false',
      MORTAR_BACKUP_INTERVAL_HOURS: '0',
    },
  });
  await loadNodes(manager.wire, 1, 1);
  return { manager, nodes };
}

const create = ({ wire }: TestManager) => wire.send('/volumes', { body: { size: 1 } });

/** Asks for volumes, some at a time. @returns their operations. */
async function createMany(manager: TestManager, count: number): Promise<string[]> {
  const accepted: string[] = [];
  for (let at = 0; at < count; at += 100) {
    for (const answer of await Promise.all(Array.from({ length: 100 }, () => create(manager)))) {
      expect(answer.status, answer.text).toBe(202);
      accepted.push((answer.headers.get('location') ?? '').replace('/queue/', ''));
    }
  }
  return accepted;
}

describe('ten thousand creations that wait', () => {
  it('take little memory, the next is told to come again, and they are served in the order they came', async () => {
    const { manager, nodes } = await scene();
    const { app } = manager;
    const ended: string[] = [];
    app.engine.events.subscribe('*', (event) => {
      if (event.type === 'state' && event.state === 'done') ended.push(event.operationId);
    });
    nodes.shut();
    const [first = ''] = [(await create(manager)).headers.get('location')?.replace('/queue/', '')];
    const before = heapBytes();
    const accepted = await createMany(manager, queued);
    expect(app.engine.waitingCount).toBe(queued);
    expect((heapBytes() - before) / queued).toBeLessThan(bytesEach);
    const refused = await create(manager);
    expect([refused.status, refused.headers.has('retry-after')]).toEqual([429, true]);

    const records = await app.database.read.operations.listUnfinished();
    const arrivals = records.sort((a, b) => a.seq - b.seq).map(({ id }) => id);
    expect(new Set(arrivals)).toEqual(new Set([first, ...accepted]));
    nodes.open();
    await expect.poll(() => ended.length, { timeout: 180_000 }).toBeGreaterThan(watched);
    nodes.shut();
    expect(ended.slice(0, watched)).toEqual(arrivals.slice(0, watched));
    nodes.open();
  }, 480_000);
});

describe('a full queue', () => {
  it('refuses what is right, tells what is wrong, and knows what it has taken in before', async () => {
    const { manager, nodes } = await scene(1);
    const keyed = { body: { size: 1 }, headers: { 'idempotency-key': 'claim-1' } };
    nodes.shut();
    await create(manager);
    const first = await manager.wire.send('/volumes', keyed);
    expect(first.status).toBe(202);

    const refused = await create(manager);
    expect([refused.status, refused.text]).toEqual([429, 'Server busy. Retry operation later.\n']);
    const tooLarge = await manager.wire.send('/volumes', { body: { size: 1_000_000 } });
    expect(tooLarge.status).toBe(429);
    const unknown = await manager.wire.send(`/volumes/${'0'.repeat(32)}`, { method: 'DELETE' });
    expect([unknown.status, unknown.text]).toEqual([404, 'Id not found\n']);
    const again = await manager.wire.send('/volumes', keyed);
    expect([again.status, again.headers.get('location')]).toEqual([202, first.headers.get('location')]);
    nodes.open();
  });
});
