import { PassThrough } from 'node:stream';
import type { OperationEngine } from '../../operations/engine.ts';
import type { OperationEvent } from '../../operations/events.ts';

const heartbeatMs = 15_000;

/**
 * Server-sent events of one operation, or of all (`'*'`): what happened so far, then what happens, as `event: <type>` with
 * the event as JSON. For one operation the stream ends with `event: end` and what `last` gives.
 */
export function streamEvents(
  engine: OperationEngine,
  operationId: string,
  signal: AbortSignal,
  last?: () => Promise<unknown>,
): PassThrough {
  const stream = new PassThrough();
  const send = (type: string, data: unknown): void => {
    stream.write(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  const heartbeat = setInterval(() => stream.write(': still here\n\n'), heartbeatMs);
  const unsubscribe = engine.events.subscribe(operationId, (event: OperationEvent) =>
    send(event.type, event),
  );
  const stop = (): void => {
    clearInterval(heartbeat);
    unsubscribe();
    stream.end();
  };
  signal.addEventListener('abort', stop, { once: true });
  stream.once('close', stop);
  stream.write(': events\n\n');
  for (const event of engine.events.history(operationId)) send(event.type, event);
  if (last !== undefined) {
    engine
      .whenEnded(operationId)
      .then(async () => send('end', await last()))
      .catch(() => undefined)
      .finally(stop);
  }
  return stream;
}
