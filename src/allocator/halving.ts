type Test = (value: number) => boolean;

/** The last of the whole numbers `low..high` that passes, when all up to it pass and none after it; 0 when none does. */
export function lastPassing(low: number, high: number, passes: Test): number {
  if (low > high || !passes(low)) return 0;
  return turningPoint(low, high + 1, passes);
}

/** The first of the whole numbers `low..high` that passes, when none before it passes and all after it; undefined when none does. */
export function firstPassing(low: number, high: number, passes: Test): number | undefined {
  if (low > high || !passes(high)) return undefined;
  return turningPoint(low - 1, high, (value) => !passes(value)) + 1;
}

/** `inside` holds, `outside` does not: the last number that holds. */
function turningPoint(inside: number, outside: number, holds: Test): number {
  let last = inside;
  let first = outside;
  while (first - last > 1) {
    const middle = Math.floor((last + first) / 2);
    if (holds(middle)) last = middle;
    else first = middle;
  }
  return last;
}
