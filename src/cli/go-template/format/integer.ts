import { type Flags, padded } from './flags.ts';

interface Notation {
  readonly base: 2 | 8 | 10 | 16;
  /** Of `%X`. */
  readonly isUpper?: boolean;
  /** Of `%O`. */
  readonly hasOctalPrefix?: boolean;
}

/** `%d`, `%b`, `%o`, `%O`, `%x`, `%X`. */
export const integerNotations: ReadonlyMap<string, Notation> = new Map([
  ['d', { base: 10 }],
  ['v', { base: 10 }],
  ['b', { base: 2 }],
  ['o', { base: 8 }],
  ['O', { base: 8, hasOctalPrefix: true }],
  ['x', { base: 16 }],
  ['X', { base: 16, isUpper: true }],
]);

export function formatInteger(value: bigint, notation: Notation, flags: Flags): string {
  const { zero, minus, plus, space, width, precision } = flags;
  const blanks = { ...flags, zero: false };
  if (precision === 0 && value === 0n) return padded('', { ...blanks, minus: false });
  const isNegative = value < 0n;
  const hasSign = isNegative || plus || space;
  const asWide = zero && !minus && width !== undefined ? width - (hasSign ? 1 : 0) : 0;
  const { base, isUpper = false } = notation;
  const digits = (isNegative ? -value : value).toString(base).padStart(precision ?? asWide, '0');
  const text = `${signOf(isNegative, plus, space)}${prefixOf(digits, notation, flags)}${digits}`;
  return padded(isUpper ? text.toUpperCase() : text, blanks);
}

function signOf(isNegative: boolean, plus: boolean, space: boolean): string {
  if (isNegative) return '-';
  if (plus) return '+';
  return space ? ' ' : '';
}

function prefixOf(digits: string, { base, hasOctalPrefix = false }: Notation, { sharp }: Flags): string {
  const octal = hasOctalPrefix ? '0o' : '';
  if (!sharp) return octal;
  if (base === 2) return '0b';
  if (base === 16) return '0x';
  return base === 8 && !digits.startsWith('0') ? `${octal}0` : octal;
}

const minimalDigits = 4;

/** `%U`: `U+0078`, with `#` also the character. */
export function formatCodePoint(value: bigint, flags: Flags): string {
  const hex = BigInt.asUintN(64, value)
    .toString(16)
    .toUpperCase()
    .padStart(Math.max(minimalDigits, flags.precision ?? 0), '0');
  const isShown = flags.sharp && value >= 0n && value <= 0x10ffffn;
  const shown = isShown && isPrintable(characterOf(value)) ? ` '${characterOf(value)}'` : '';
  return padded(`U+${hex}${shown}`, { ...flags, zero: false });
}

const replacement = '\uFFFD';

/** `%c`. */
export function characterOf(code: bigint): string {
  const isCharacter = code >= 0n && code <= 0x10ffffn && (code < 0xd800n || code > 0xdfffn);
  return isCharacter ? String.fromCodePoint(Number(code)) : replacement;
}

/** As Go's `strconv.IsPrint` has it: of the blanks only the ASCII one. */
export const isPrintable = (letter: string): boolean =>
  letter === ' ' || /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(letter);
