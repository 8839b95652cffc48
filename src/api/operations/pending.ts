import type { BrickRecord } from '../../db/bricks.ts';
import type { OperationRecord } from '../../db/operations.ts';
import type { Reads } from '../../db/queries.ts';
import type { OperationEngine } from '../../operations/engine.ts';
import type { OperationCounts, PendingDetails, PendingOperation } from '../schema/pending.ts';

type Change = PendingDetails['changes'][number];
type Status = PendingOperation['status'];

/** Kinds that the contract calls otherwise (section 14). What it has no name for keeps its own. */
const contractNames: Readonly<Record<string, string>> = { 'replace-brick': 'evict-brick' };

/** What an operation does to its target, in the contract's words. */
const targetWords: Readonly<Record<string, string>> = {
  'create-volume': 'Add volume',
  'delete-volume': 'Delete volume',
  'expand-volume': 'Expand volume',
  'clone-volume': 'Add volume',
  'create-snapshot': 'Snapshot volume',
  'create-block-volume': 'Add block volume',
  'delete-block-volume': 'Delete block volume',
  'expand-block-volume': 'Expand block volume',
  'remove-device': 'Remove device',
  'remove-node': 'Remove node',
  'delete-snapshot': 'Delete snapshot',
  'restore-snapshot': 'Restore volume',
  'manage-volume': 'Manage volume',
  'release-volume': 'Release volume',
};

/**
 * Heketi's states: `failed` is what needs somebody's help, `stale` what nobody works on; that is so only while a restored
 * database waits for its reconciliation.
 */
function statusOf({ id, state }: OperationRecord, engine: OperationEngine): Status {
  if (state === 'stuck') return 'failed';
  return engine.isInFlight(id) || engine.position(id) !== undefined ? '' : 'stale';
}

/** An unfinished operation as Heketi shows its records (wire contract section 14). */
export function presentPending(operation: OperationRecord, engine: OperationEngine): PendingOperation {
  const status = statusOf(operation, engine);
  return {
    id: operation.id,
    type_name: contractNames[operation.kind] ?? operation.kind,
    status,
    sub_status: status === '' && engine.isInFlight(operation.id) ? 'in-flight' : '',
  };
}

/** The same with what it changes. */
export async function presentPendingDetails(
  reads: Reads,
  operation: OperationRecord,
  engine: OperationEngine,
): Promise<PendingDetails> {
  return { ...presentPending(operation, engine), changes: await changesOf(reads, operation) };
}

async function changesOf(reads: Reads, operation: OperationRecord): Promise<Change[]> {
  const { id, kind, target, parentId } = operation;
  // A brick that is ready and held grows where it is: that is part of what happens to its volume.
  const held = await reads.bricks.listByOperation(id);
  const bricks = held.filter(({ phase }) => phase !== 'ready').map(changeOfBrick);
  const words = targetWords[kind];
  const children = (await reads.operations.listByParent(id)).filter((child) => child.finishedAtMs === null);
  return [
    ...bricks,
    ...(words === undefined ? [] : [{ id: target.id, description: words }]),
    ...children.map((child) => ({ id: child.id, description: 'Performing child operation' })),
    ...(parentId === null ? [] : [{ id: parentId, description: 'Belongs to parent operation' }]),
  ];
}

const changeOfBrick = ({ id, phase }: BrickRecord): Change => ({
  id,
  description: phase === 'creating' ? 'Add brick' : 'Delete brick',
});

/** How many there are of each, from counts that cost nothing. */
export async function countPending(reads: Reads, engine: OperationEngine): Promise<OperationCounts> {
  const states = await reads.gauges.unfinishedOperations();
  const total = states.reduce((sum, { count }) => sum + count, 0);
  const failed = states.find(({ state }) => state === 'stuck')?.count ?? 0;
  const known = engine.runningCount + engine.waitingCount;
  const stale = known === 0 ? total - failed : 0;
  const inFlight = Math.min(engine.runningCount, total) - (known === 0 ? 0 : failed);
  return { total, in_flight: Math.max(0, inFlight), stale, failed, new: total - failed - stale };
}

/** Whether a clean-up has anything to do with it: the contract cleans only what is failed or stale. */
export const isCleanable = (operation: OperationRecord, engine: OperationEngine): boolean =>
  statusOf(operation, engine) !== '';
