const kibOfUnit: Readonly<Record<string, number>> = {
  b: 1 / 1024,
  s: 0.5,
  k: 1,
  m: 1024,
  g: 1024 ** 2,
  t: 1024 ** 3,
};

/** Reads a size as LVM does: `128M`, `4096k`, MiB without a unit. @returns KiB, or undefined when it is no size. */
export function parseSizeKib(text: string): number | undefined {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)([bskmgtBSKMGT]?)$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  return Number(digits) * (kibOfUnit[(unit ?? '').toLowerCase() || 'm'] ?? 1);
}
