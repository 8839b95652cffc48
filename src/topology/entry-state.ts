import type { EntryState } from '../db/schema.ts';
import { AppError } from '../errors.ts';

type Subject = { readonly kind: 'node' | 'device'; readonly id: string };

/**
 * Whether an administrator may move a node or device from one state to another (wire contract sections 8 and 9).
 *
 * @returns the contract's refusal, or undefined.
 */
export function refuseTransition(subject: Subject, from: EntryState, to: EntryState): AppError | undefined {
  const refuse = (words: string): AppError => new AppError('device.state', words, { status: 500 });
  if (from === 'online' && to === 'failed') {
    const what = subject.kind === 'node' ? 'Node' : 'Device';
    return refuse(
      `${what} must be offline before remove operation is performed, ${subject.kind}:${subject.id}`,
    );
  }
  if (from !== 'failed') return undefined;
  if (to === 'online') return refuse(`Cannot move a failed/removed ${subject.kind} to online state`);
  if (to === 'offline' && subject.kind === 'node')
    return refuse('Cannot move a failed/removed node to offline state');
  return undefined;
}
