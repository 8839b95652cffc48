const binary: Readonly<Record<string, number>> = {
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};
const decimal: Readonly<Record<string, number>> = {
  '': 1,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
};
const form = /^([+-]?\d+(?:\.\d*)?|[+-]?\.\d+)(?:[eE]([+-]?\d+)|([A-Za-z]{0,2}))$/;
const bytesPerGib = 2 ** 30;

/**
 * Bytes of a Kubernetes quantity: `10Gi`, `1.5T`, `12e6`, `100m`.
 *
 * @returns undefined for what is none.
 */
export function quantityBytes(text: string): number | undefined {
  const match = form.exec(text);
  if (match === null) return undefined;
  const [, number = '', exponent, suffix = ''] = match;
  const factor = exponent === undefined ? (binary[suffix] ?? decimal[suffix]) : 10 ** Number(exponent);
  return factor === undefined ? undefined : Number(number) * factor;
}

/** Whole GiB that hold so many bytes: one byte more than 10 GiB is 11 (Kubernetes contract 1.3). */
export const gibHolding = (bytes: number): number => Math.ceil(bytes / bytesPerGib);
