/** Calls that start an operation and end with its result (wire contract section 6). */
import { expectStatus, readAnswer } from './answer.ts';
import { type QueueOptions, startAndWait } from './queue.ts';
import type { Call, Session } from './session.ts';
import type { Shape } from './shape.ts';

/** Ends with 303 to a resource; anything else is an error. */
export async function queuedValue<Value>(
  session: Session,
  call: Call,
  shape: Shape<Value>,
  options: QueueOptions,
): Promise<Value> {
  const response = await expectStatus(await startAndWait(session, call, options), 200);
  return readAnswer(response, shape, `${call.method} ${call.target}`);
}

/** Ends with 204; anything else is an error, a 200 too. */
export async function queuedDone(session: Session, call: Call, options: QueueOptions): Promise<void> {
  await expectStatus(await startAndWait(session, call, options), 204);
}

/** The call as a creation: under a key, so that it can be repeated when its answer is lost. */
export const once = (session: Session, call: Call, options: QueueOptions): Call => ({
  ...call,
  idempotencyKey: options.idempotencyKey ?? session.newKey(),
});
