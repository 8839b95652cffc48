import { setMaxListeners } from 'node:events';

/**
 * Runs work under a signal that is aborted, with the same reason, when the first of several is. Unlike
 * `AbortSignal.any` it leaves nothing behind on a signal that lives long (70 bytes each time, on Node 20).
 */
export async function withAnySignal<T>(
  signals: readonly (AbortSignal | undefined)[],
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const links = signals.flatMap((signal) => {
    if (signal === undefined) return [];
    const onAbort = (): void => controller.abort(signal.reason);
    if (signal.aborted) onAbort();
    // Much work may hang on one signal at a time, which Node would take for a leak.
    setMaxListeners(0, signal);
    signal.addEventListener('abort', onAbort, { once: true });
    return [() => signal.removeEventListener('abort', onAbort)];
  });
  try {
    return await work(controller.signal);
  } finally {
    for (const unlink of links) unlink();
  }
}
