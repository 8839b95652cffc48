/** The value that a share (0 to 1) of the samples do not exceed. @throws RangeError without samples. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  if (value === undefined) throw new RangeError('there are no samples');
  return value;
}

export const median = (samples: readonly number[]): number => quantile(samples, 0.5);

const busyLoopMs = 500;

/**
 * How crowded the machine is: how many times longer than its CPU time a busy loop takes. 1 when nobody else computes; at 4
 * a thread gets a quarter of a processor, and what takes 5 ms of CPU takes 20.
 */
export function crowding(): number {
  const cpuBefore = process.cpuUsage();
  const started = performance.now();
  let spent = 0;
  while (spent < busyLoopMs) {
    const { user, system } = process.cpuUsage(cpuBefore);
    spent = (user + system) / 1000;
  }
  return (performance.now() - started) / spent;
}

/** Runs `work` so many times, at most `clients` at a time. @returns what each run took, in ms, in the order they ended. */
export async function timeEach(
  count: number,
  clients: number,
  work: (index: number) => Promise<void>,
): Promise<number[]> {
  const samplesMs: number[] = [];
  let next = 0;
  const client = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      const started = performance.now();
      await work(index);
      samplesMs.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return samplesMs;
}

/** Runs `work` as `timeEach` does. @returns how many ended in a second, from the first start to the last end. */
export async function perSecond(
  count: number,
  clients: number,
  work: (index: number) => Promise<void>,
): Promise<number> {
  const started = performance.now();
  await timeEach(count, clients, work);
  return (count * 1000) / (performance.now() - started);
}

/** Runs `work` again and again for so long, once at least. @returns what each run took, in ms. */
export async function repeatFor(durationMs: number, work: () => Promise<void>): Promise<number[]> {
  const untilMs = performance.now() + durationMs;
  const samplesMs: number[] = [];
  do samplesMs.push(...(await timeEach(1, 1, work)));
  while (performance.now() < untilMs);
  return samplesMs;
}
