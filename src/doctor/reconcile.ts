import type { OperationRecord } from '../db/operations.ts';
import type { AppError } from '../errors.ts';
import type { Finding, Mend } from './finding.ts';

/** What became of one wish to mend. */
export type MendStart =
  | { readonly findingId: string; readonly operation: OperationRecord }
  | { readonly findingId: string; readonly refusal: AppError };

interface Parts {
  look(signal: AbortSignal): Promise<{ readonly findings: readonly Finding[] }>;
  mend(findingIds: readonly string[]): Promise<MendStart[]>;
  whenEnded(operationId: string): Promise<OperationRecord>;
}

export interface Reconciliation {
  /** What was taken up again, in words. */
  readonly taken: readonly string[];
  /** What could not be, and why. */
  readonly refused: readonly string[];
  /** What differs still. */
  readonly left: readonly Finding[];
}

/** What only adds to the record what the nodes have, in the order in which one needs the other. */
const rounds: readonly (readonly Mend['action'][])[] = [
  ['adopt-device'],
  ['adopt-volume', 'retake-volume'],
  ['resync-device'],
];

/**
 * After a restore: takes up again what came after the backup, volumes, bricks of grown volumes, devices. What went after it is
 * left as a finding with its plan. Nothing on a node is changed.
 */
export async function reconcile(parts: Parts, signal: AbortSignal): Promise<Reconciliation> {
  const taken: string[] = [];
  const refused: string[] = [];
  for (const actions of rounds) {
    const { findings } = await parts.look(signal);
    const wanted = findings.filter(({ mend }) => actions.includes(mend.action));
    const objects = new Map(wanted.map(({ id, object }) => [id, object]));
    for (const start of await parts.mend([...objects.keys()])) {
      const object = objects.get(start.findingId) ?? '';
      const failure = 'refusal' in start ? start.refusal.message : await failureOf(parts, start.operation);
      if (failure === undefined) taken.push(object);
      else refused.push(`${object}: ${failure}`);
      signal.throwIfAborted();
    }
  }
  const { findings } = await parts.look(signal);
  return { taken, refused, left: findings };
}

async function failureOf(parts: Parts, { id }: OperationRecord): Promise<string | undefined> {
  return (await parts.whenEnded(id)).error?.message;
}
