import type { Client } from '../client/client.ts';
import type { PendingAnswer, QueueOptions } from '../client/queue.ts';
import { ExitError, interruptedCode } from './exit-error.ts';
import { Progress } from './screen/progress.ts';
import type { Style } from './screen/style.ts';
import type { Surroundings } from './surroundings.ts';

export interface Waiting {
  /** What is waited for: "Creating the volume". */
  readonly title: string;
  readonly around: Surroundings;
  readonly client: Client;
  /** How progress looks; undefined for none. */
  readonly style: Style | undefined;
}

/**
 * Waits for work that a server does. Ctrl-C ends the wait, not the work: the message says so, and how to go on.
 *
 * @throws ExitError 130 after Ctrl-C; whatever the work throws.
 */
export async function waitInterruptibly<Value>(
  waiting: Waiting,
  work: (options: QueueOptions) => Promise<Value>,
): Promise<Value> {
  const { around, client, style } = waiting;
  const interrupted = new AbortController();
  const stopListening = around.onInterrupt(() => interrupted.abort());
  const progress =
    style === undefined ? undefined : await Progress.start(waiting.title, { client, style, around });
  let operationId: string | undefined;
  try {
    return await work({
      signal: interrupted.signal,
      onAccepted(id) {
        operationId = id;
        progress?.follow(id);
      },
      onPending: progress === undefined ? tellOfWaits(around) : (pending) => progress.pending(pending),
      onBusy: (pauseMs) => progress?.busy(pauseMs),
    });
  } catch (thrown) {
    if (!interrupted.signal.aborted) throw thrown;
    throw new ExitError(interruptedCode, farewell(around.name, operationId));
  } finally {
    stopListening();
    progress?.stop();
  }
}

/** Where no progress is shown: says once for each reason why nothing happens. */
function tellOfWaits({ stderr }: Surroundings): (pending: PendingAnswer) => void {
  const told = new Set<string>();
  return ({ waiting }) => {
    if (waiting === undefined || told.has(waiting)) return;
    told.add(waiting);
    stderr.write(`Waiting: ${waiting}\n`);
  };
}

function farewell(program: string, operationId: string | undefined): string {
  if (operationId === undefined) {
    return `Interrupted before the server answered: look whether it has begun with "${program} operation list".`;
  }
  return [
    `Interrupted. The operation ${operationId} goes on.`,
    `  watch it:     ${program} operation watch ${operationId}`,
    `  call it off:  ${program} operation cancel ${operationId}`,
  ].join('\n');
}
