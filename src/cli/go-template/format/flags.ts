/** What stands between `%` and the verb. */
export interface Flags {
  sharp: boolean;
  zero: boolean;
  plus: boolean;
  minus: boolean;
  space: boolean;
  /** `%#v` and `%+v`. */
  sharpV: boolean;
  plusV: boolean;
  width: number | undefined;
  precision: number | undefined;
}

export const noFlags = (): Flags => ({
  sharp: false,
  zero: false,
  plus: false,
  minus: false,
  space: false,
  sharpV: false,
  plusV: false,
  width: undefined,
  precision: undefined,
});

/** Characters, not units of UTF-16. */
function lengthOf(text: string): number {
  let length = 0;
  for (const letter of text) length += letter === '' ? 0 : 1;
  return length;
}

/** To the width, with blanks or, to the left only, zeros. */
export function padded(text: string, { width = 0, minus, zero }: Flags): string {
  // A character has at most two units: no need to count in what is wide anyway.
  if (text.length >= width * 2) return text;
  const missing = Math.max(0, width - lengthOf(text));
  if (minus) return text + ' '.repeat(missing);
  return (zero ? '0' : ' ').repeat(missing) + text;
}
