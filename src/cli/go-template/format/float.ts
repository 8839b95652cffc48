import { type Flags, padded } from './flags.ts';

/** `0.digits × 10^point`; no digits for zero. */
interface Decimal {
  readonly digits: string;
  readonly point: number;
}

type FloatType = 'float32' | 'float64';

const trimmed = (digits: string): string => digits.replace(/0+$/, '');

function fromExponential(text: string): Decimal {
  const [mantissa = '', exponent = '0'] = text.split('e');
  const digits = trimmed(mantissa.replace('.', ''));
  return digits === '' ? { digits, point: 0 } : { digits, point: Number(exponent) + 1 };
}

const mostDigitsOfFloat32 = 9;

/** As few digits as tell the number from its neighbours. @param value not negative. */
function shortest(value: number, type: FloatType): Decimal {
  if (type === 'float32') {
    for (let digits = 0; digits < mostDigitsOfFloat32; digits += 1) {
      const text = value.toExponential(digits);
      if (Math.fround(Number(text)) === value) return fromExponential(text);
    }
  }
  return fromExponential(value.toExponential());
}

/** All digits of the number. @param value not negative. */
function exact(value: number): Decimal {
  if (value === 0) return { digits: '', point: 0 };
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const raw = view.getBigUint64(0);
  const exponent = Number(raw >> 52n);
  const mantissa = (raw & 0xfffffffffffffn) | (exponent === 0 ? 0n : 1n << 52n);
  const power = Math.max(exponent, 1) - 1075;
  const whole = power >= 0 ? mantissa << BigInt(power) : mantissa * 5n ** BigInt(-power);
  const digits = whole.toString();
  return { digits: trimmed(digits), point: digits.length - (power >= 0 ? 0 : -power) };
}

/** Cut to so many digits; a half goes to the even one, as Go has it. */
function rounded({ digits, point }: Decimal, count: number): Decimal {
  if (count >= digits.length) return { digits, point };
  if (count < 0) return { digits: '', point: 0 };
  const kept = digits.slice(0, count);
  const rest = digits.slice(count);
  const isHalf = rest === '5';
  const isUp = isHalf ? Number(kept.at(-1) ?? '0') % 2 === 1 : rest.charAt(0) >= '5';
  if (!isUp) {
    const left = trimmed(kept);
    return { digits: left, point: left === '' ? 0 : point };
  }
  const raised = (BigInt(kept === '' ? '0' : kept) + 1n).toString().padStart(count, '0');
  return { digits: trimmed(raised), point: point + (raised.length > count ? 1 : 0) };
}

function withExponent({ digits, point }: Decimal, precision: number, letter: string): string {
  const fraction = digits.slice(1, precision + 1).padEnd(precision, '0');
  const exponent = digits === '' ? 0 : point - 1;
  const sign = exponent < 0 ? '-' : '+';
  const head = `${digits.charAt(0) || '0'}${precision > 0 ? `.${fraction}` : ''}`;
  return `${head}${letter}${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

function withoutExponent({ digits, point }: Decimal, precision: number): string {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0';
  if (precision <= 0) return whole;
  const fraction = point >= 0 ? digits.slice(point) : '0'.repeat(-point) + digits;
  return `${whole}.${fraction.slice(0, precision).padEnd(precision, '0')}`;
}

/** From where on `%g` is written with an exponent when its digits are as few as can be. */
const plainDigits = 6;

function general(value: number, type: FloatType, precision: number | undefined, letter: string): string {
  const isShortest = precision === undefined;
  const wanted = precision === 0 ? 1 : precision;
  const decimal = wanted === undefined ? shortest(value, type) : rounded(exact(value), wanted);
  const { digits, point } = decimal;
  let limit = wanted ?? digits.length;
  if (limit > digits.length && digits.length >= point) limit = digits.length;
  if (isShortest) limit = plainDigits;
  const exponent = point - 1;
  if (exponent < -4 || exponent >= limit) {
    return withExponent(decimal, Math.max(0, Math.min(wanted ?? digits.length, digits.length) - 1), letter);
  }
  return withoutExponent(decimal, Math.max(digits.length - point, 0));
}

const defaultPrecision = 6;

/** Without a sign. */
function plain(value: number, type: FloatType, verb: string, precision: number | undefined): string {
  switch (verb) {
    case 'e':
    case 'E': {
      const after = precision ?? defaultPrecision;
      return withExponent(rounded(exact(value), after + 1), after, verb);
    }
    case 'f':
    case 'F': {
      const after = precision ?? defaultPrecision;
      const all = exact(value);
      return withoutExponent(rounded(all, Math.max(all.point + after, -1)), after);
    }
    default:
      return general(value, type, precision, verb === 'G' ? 'E' : 'e');
  }
}

/** What `#` adds: a decimal point and, of `%g`, the zeros at the end. */
function withPoint(text: string, verb: string, precision: number | undefined): string {
  const at = text.search(/[eE]/);
  const [head, tail] = at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at)];
  const hasPoint = head.includes('.');
  let missing = 0;
  if (/[gGv]/.test(verb)) {
    const significant = head.replace('.', '').replace(/^0+/, '').length;
    missing = (precision ?? defaultPrecision) - significant - (head === '0' ? 1 : 0);
  }
  return `${head}${hasPoint ? '' : '.'}${'0'.repeat(Math.max(0, missing))}${tail}`;
}

export const floatVerbs: ReadonlySet<string> = new Set(['v', 'g', 'G', 'e', 'E', 'f', 'F']);

/** `%v`, `%g`, `%G`, `%e`, `%E`, `%f`, `%F`. */
export function formatFloat(value: number, type: FloatType, verb: string, flags: Flags): string {
  const { sharp, plus, space, zero, minus, width = 0, precision } = flags;
  const isNegative = value < 0 || Object.is(value, -0);
  let text = plain(Math.abs(value), type, verb, precision);
  if (sharp) text = withPoint(text, verb, precision);
  let sign = '';
  if (isNegative) sign = '-';
  else if (plus) sign = '+';
  else if (space) sign = ' ';
  if (sign !== '' && zero && !minus) return sign + text.padStart(width - 1, '0');
  return padded(sign + text, flags);
}
