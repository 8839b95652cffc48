import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { loadTopology, volumeBody } from './fleet.ts';
import { ServerProcess } from './server-process.ts';
import { timeEach } from './statistics.ts';
import type { WireClient } from './wire-client.ts';

export interface Burst {
  readonly creates: number;
  readonly succeeded: number;
  readonly refusals: number;
  readonly totalMs: number;
}

export interface LongQueue {
  readonly creates: number;
  readonly succeeded: number;
  readonly refusals: number;
  /** The most that waited at a time, as the queue told it. */
  readonly longest: number;
  /** Operations that were started before one that came earlier. */
  readonly outOfOrder: number;
  readonly memoryBeforeMib: number;
  readonly memoryPeakMib: number;
  readonly totalMs: number;
}

const burstSize = 200;
const pauseMs = 5;

/** So many creations sent at the same moment. */
export async function measureBurst(client: WireClient): Promise<Burst> {
  const refusedBefore = client.refusals;
  const started = performance.now();
  const made = await Promise.allSettled(
    Array.from({ length: burstSize }, () => client.finish('POST', '/volumes', volumeBody)),
  );
  const totalMs = performance.now() - started;
  const ids = made.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  await timeEach(ids.length, 16, async (index) => {
    await client.finish('DELETE', `/volumes/${ids[index]}`);
  });
  return { creates: burstSize, succeeded: ids.length, refusals: client.refusals - refusedBefore, totalMs };
}

/**
 * Sends creations faster than they can be done (simulated commands take a millisecond each), until so many wait, and
 * follows all of them to their end.
 */
export async function measureLongQueue(program: string, parent: string, creates: number): Promise<LongQueue> {
  const folder = mkdtempSync(join(parent, 'queue-'));
  const first = await ServerProcess.start({ program, folder });
  await loadTopology(first.client, 10);
  await first.stop();
  const server = await ServerProcess.start({ program, folder, env: { MORTAR_SIMULATION_LATENCY_MS: '1' } });
  const { client } = server;
  const memoryBeforeMib = server.memoryMib().now;
  const started = performance.now();
  const queued: string[] = [];
  await timeEach(creates, 16, async () => {
    queued.push(await client.submit('POST', '/volumes', volumeBody));
  });
  const longest = await longestWait(client, queued);
  let succeeded = 0;
  for (const path of queued) {
    await client.follow(path, pauseMs).then(
      () => (succeeded += 1),
      () => undefined,
    );
  }
  const outcome = {
    creates,
    succeeded,
    refusals: client.refusals,
    longest,
    outOfOrder: await countOutOfOrder(client),
    memoryBeforeMib,
    memoryPeakMib: server.memoryMib().peak,
    totalMs: performance.now() - started,
  };
  await server.stop();
  return outcome;
}

/** Place in the queue of the last that waits. */
async function longestWait(client: WireClient, queued: readonly string[]): Promise<number> {
  const { headers } = await client.send('GET', queued.at(-1) ?? '');
  return Number(headers['x-mortar-position'] ?? 0);
}

interface OperationOnWire {
  readonly kind: string;
  readonly created: string;
  readonly started: string;
}

/** Looks at the newest thousand: the last in the queue. */
async function countOutOfOrder(client: WireClient): Promise<number> {
  const { operations } = await client.read<{ operations: OperationOnWire[] }>(
    '/operations/history?limit=1000',
  );
  const started = operations
    .filter(({ kind }) => kind === 'create-volume')
    .map((operation) => Date.parse(operation.started))
    .reverse();
  let latest = 0;
  let outOfOrder = 0;
  for (const at of started) {
    if (at < latest) outOfOrder += 1;
    latest = Math.max(latest, at);
  }
  return outOfOrder;
}
