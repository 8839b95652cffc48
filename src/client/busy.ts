/** What to do when the server is busy (wire contract section 20.1). */

/** 7 tries in all. */
const maxRepeats = 6;
const firstPauseMs = 10_000;
const spreadMs = 19_000;
const spreadAfterHeaderMs = 9_000;

/**
 * How long to wait before a request that was answered 429 is repeated: what `Retry-After` says in whole seconds and up to
 * 9 s more, or 10 to 29 s, so that many clients do not come back at once.
 *
 * @param repeats how often it has been repeated already.
 * @param random from 0 to 1.
 * @returns undefined when it is time to give up.
 */
export function busyPauseMs(
  repeats: number,
  retryAfter: string | undefined,
  random: number,
): number | undefined {
  if (repeats >= maxRepeats) return undefined;
  if (retryAfter !== undefined && /^\d{1,6}$/.test(retryAfter)) {
    return Number(retryAfter) * 1000 + Math.round(random * spreadAfterHeaderMs);
  }
  return firstPauseMs + Math.round(random * spreadMs);
}
