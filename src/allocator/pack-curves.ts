/**
 * What a device, or a group of devices, holds of two kinds of bricks: `curve[d]` is the largest number of arbiter bricks
 * that fit beside `d` data bricks; past the end of the array `d` data bricks do not fit at all. Never rises.
 */
export type Curve = readonly number[];

/** So many bricks of each kind. */
export interface Load {
  readonly data: number;
  readonly arbiter: number;
}

/** The curve of several parts together, and how a load is shared out to them. */
export interface Packing {
  readonly curve: Curve;
  /** A load for each part, in order, that adds up to `load`; `load` must lie under the curve. */
  readonly share: (load: Load) => Load[];
}

/**
 * Adds curves up: for every number of data bricks the best way to share them out. Exact; costs parts × most.data².
 *
 * @param most numbers beyond these are of no interest.
 */
export function packCurves(parts: readonly Curve[], most: Load): Packing {
  /** `sums[n]` is the curve of the first n parts. */
  const sums: Curve[] = [[0]];
  for (const part of parts) sums.push(addCurves(sums.at(-1) ?? [], part, most));
  return {
    curve: sums.at(-1) ?? [],
    share: (load) => share(parts, sums, load),
  };
}

function addCurves(sum: Curve, part: Curve, most: Load): number[] {
  const length = Math.min(sum.length + part.length - 1, most.data + 1);
  const result = Array.from({ length }, () => 0);
  for (const [inPart, besidePart] of part.entries()) {
    for (const [before, beside] of sum.entries()) {
      const data = before + inPart;
      if (data >= length) break;
      result[data] = Math.max(result[data] ?? 0, Math.min(beside + besidePart, most.arbiter));
    }
  }
  return result;
}

/** Goes back from the last part: what the parts before it can hold they are given. */
function share(parts: readonly Curve[], sums: readonly Curve[], load: Load): Load[] {
  const loads: Load[] = [];
  let left = load;
  for (let at = parts.length - 1; at >= 0; at -= 1) {
    const own = smallestShare(parts[at] ?? [], sums[at] ?? [], left);
    loads.push(own);
    left = { data: left.data - own.data, arbiter: left.arbiter - own.arbiter };
  }
  return loads.reverse();
}

/** The smallest load the part must bear so that the parts before it can bear the rest. */
function smallestShare(part: Curve, before: Curve, load: Load): Load {
  for (const [data, most] of part.entries()) {
    const mostBefore = before[load.data - data];
    if (mostBefore === undefined || mostBefore + most < load.arbiter) continue;
    return { data, arbiter: Math.max(0, load.arbiter - mostBefore) };
  }
  throw new RangeError(
    `A load of ${load.data} data and ${load.arbiter} arbiter bricks does not fit the parts`,
  );
}
