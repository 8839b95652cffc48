import type { WireClient } from './wire-client.ts';

interface StepEvent {
  readonly type: string;
  readonly atMs: number;
  readonly nodeId?: string | null;
  readonly label?: string;
  readonly state?: string;
}

export interface CommandTime {
  /** What the command does, without ids. */
  readonly what: string;
  /** Median over the nodes that ran it. */
  readonly ms: number;
}

const ids = /\b(?:vg_|brick_|tp_|vol_)?[0-9a-f]{32}\b/g;

/**
 * Where the time of an operation went: from what happened to it, the time between a command's answer and what came before
 * it on the same node.
 */
export async function commandTimes(client: WireClient, operationId: string): Promise<CommandTime[]> {
  const { body } = await client.send('GET', `/operations/${operationId}/events`);
  const events = body
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => JSON.parse(line.slice('data: '.length)) as StepEvent);
  const before = new Map<string, number>();
  const spent = new Map<string, number[]>();
  let begun = 0;
  for (const event of events) {
    if (event.type === 'stage') {
      begun = event.atMs;
      before.clear();
    }
    if (event.type !== 'command' || event.nodeId === undefined || event.nodeId === null) continue;
    const what = (event.label ?? '').replace(/\/\S+/g, '…').replace(ids, '…');
    spent.set(what, [...(spent.get(what) ?? []), event.atMs - (before.get(event.nodeId) ?? begun)]);
    before.set(event.nodeId, event.atMs);
  }
  return [...spent].map(([what, samplesMs]) => ({ what, ms: middle(samplesMs) }));
}

const middle = (samples: readonly number[]): number =>
  [...samples].sort((a, b) => a - b)[Math.floor(samples.length / 2)] ?? 0;
