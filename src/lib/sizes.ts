/** KiB in one GiB. The wire speaks GiB for volumes and KiB for bricks and devices. */
export const KIB_PER_GIB = 1024 * 1024;

export function gibToKib(sizeGib: number): number {
  return sizeGib * KIB_PER_GIB;
}

/** Whole GiB in a number of KiB, truncated, as the wire's clients print it. */
export function kibToGib(sizeKib: number): number {
  return Math.floor(sizeKib / KIB_PER_GIB);
}

/** Rounds up to a multiple of `stepKib`. */
export function roundUp(sizeKib: number, stepKib: number): number {
  return Math.ceil(sizeKib / stepKib) * stepKib;
}
