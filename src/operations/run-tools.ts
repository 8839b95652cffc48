import type { Writes } from '../db/queries.ts';
import type { Clock } from '../lib/clock.ts';
import type { OperationEvents } from './events.ts';
import type { Journal } from './journal.ts';
import type { Action, OperationKind, PlannedOperation } from './kinds.ts';
import type { StageRunner } from './stage.ts';

/** What the run of one operation works with. */
export interface RunTools {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly events: OperationEvents;
  readonly kind: OperationKind;
  readonly actions: ReadonlyMap<string, Action<unknown>>;
  readonly stages: StageRunner;
  /** Records a follow-up operation inside the transaction that ends this one. */
  readonly follow: (tx: Writes, planned: PlannedOperation) => Promise<void>;
}

/** `ended`: nothing is left to do. `waiting`: go on after the time. `parked`: Mortar stops, the next one goes on. */
export type RunEnd =
  | { readonly type: 'ended' }
  | { readonly type: 'parked' }
  | { readonly type: 'waiting'; readonly waitMs: number };
