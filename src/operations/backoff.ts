const firstWaitMs = 1000;
const longestWaitMs = 60_000;

/** How long to wait before repeating what failed `tries` times (1, 2, …): doubling from a second to a minute. */
export function backoffMs(tries: number): number {
  return Math.min(longestWaitMs, firstWaitMs * 2 ** Math.max(0, tries - 1));
}
