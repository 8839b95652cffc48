import { isNotYet } from './failures.ts';
import type { StepChange } from './journal.ts';
import type { StepOutcome } from './stage.ts';

/** What the journal says of steps that were run or undone. */
export function changesOf(outcomes: readonly StepOutcome[], success: 'done' | 'undone'): StepChange[] {
  const told = outcomes.filter(({ failure }) => failure === undefined || !isNotYet(failure));
  return told.map(({ step, output, failure }) =>
    failure === undefined
      ? { step, state: success, ...(success === 'done' ? { output: output ?? null } : {}) }
      : { step, state: 'failed', error: failure.message },
  );
}

/** An undo's answer that what it should undo is final after all. */
export const isFinal = (output: unknown): output is { isFinal: true; output: unknown } =>
  typeof output === 'object' && output !== null && 'isFinal' in output;
