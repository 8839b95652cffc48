/** Go's constants: numbers, characters and strings as they are written. */

/** What a number can be taken for; the text tells what it is where nothing is asked of it. */
export interface NumberLiteral {
  readonly int?: bigint;
  readonly uint?: bigint;
  readonly float?: number;
  /** It is written as a fraction or with an exponent. */
  readonly isWrittenAsFloat: boolean;
}

const integer =
  /^[+-]?(?:0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|0(?:_?[0-7])*|[1-9](?:_?[0-9])*)$/;
const decimal = /^[+-]?(?:\d(?:_?\d)*(?:\.(?:\d(?:_?\d)*)?)?|\.\d(?:_?\d)*)(?:[eE][+-]?\d(?:_?\d)*)?$/;
const hexadecimal = /^([+-]?)0[xX]_?([0-9a-fA-F_]*)(?:\.([0-9a-fA-F_]*))?[pP]([+-]?\d+)$/;

const bits = 64;
const fits = (value: bigint): boolean => BigInt.asIntN(bits, value) === value;
const fitsUnsigned = (value: bigint): boolean => BigInt.asUintN(bits, value) === value;

/** @returns a complaint for what is no number of Go. */
export function readNumber(text: string): NumberLiteral | string {
  const whole = readInteger(text);
  if (whole !== undefined && (fits(whole) || fitsUnsigned(whole))) {
    // What has a sign is not unsigned, but for a zero.
    const isUnsigned = whole === 0n || !/^[+-]/.test(text);
    return literalOf(whole, Number(whole), isUnsigned, isWrittenAsFloat(text));
  }
  const value = readFloat(text);
  if (value === undefined || !Number.isFinite(value)) return `illegal number syntax: ${JSON.stringify(text)}`;
  if (!/[.eEpP]/.test(text)) return `integer overflow: ${JSON.stringify(text)}`;
  return literalOf(Number.isInteger(value) ? BigInt(value) : undefined, value, true, isWrittenAsFloat(text));
}

/** In a hexadecimal integer `e` is a digit. */
const isWrittenAsFloat = (text: string): boolean => /[.eEpP]/.test(text) && !/^[+-]?0[xX][^pP]*$/.test(text);

function literalOf(
  whole: bigint | undefined,
  float: number,
  isUnsigned: boolean,
  isWrittenAsFloat: boolean,
): NumberLiteral {
  const int = whole !== undefined && fits(whole) ? { int: whole } : {};
  const uint = whole !== undefined && isUnsigned && fitsUnsigned(whole) ? { uint: whole } : {};
  return { ...int, ...uint, float, isWrittenAsFloat };
}

function readInteger(text: string): bigint | undefined {
  if (!integer.test(text)) return undefined;
  const digits = text.replace(/^[+-]/, '').replaceAll('_', '');
  const value = BigInt(/^0\d/.test(digits) ? `0o${digits.slice(1)}` : digits);
  return text.startsWith('-') ? -value : value;
}

function readFloat(text: string): number | undefined {
  if (decimal.test(text)) return Number(text.replaceAll('_', ''));
  const [, sign, whole = '', fraction = '', exponent = ''] = hexadecimal.exec(text.replaceAll('_', '')) ?? [];
  if (sign === undefined || whole + fraction === '') return undefined;
  const mantissa = Number(BigInt(`0x${whole}${fraction}`));
  const value = mantissa * 2 ** (Number(exponent) - fraction.length * 4);
  return sign === '-' ? -value : value;
}

const simpleEscapes: ReadonlyMap<string, number> = new Map([
  ['a', 7],
  ['b', 8],
  ['f', 12],
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['v', 11],
  ['\\', 92],
]);

const escape = /\\(?:([abfnrtv\\"'])|([0-7]{3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/y;

type Piece = { readonly byte: number } | { readonly code: number };

interface Found {
  readonly piece: Piece;
  readonly length: number;
}

/** @param quote the quote around it: the other one is not to be escaped. */
function readEscape(text: string, at: number, quote: string): Found | undefined {
  escape.lastIndex = at;
  const [whole, simple, octal, hex, short, long] = escape.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const { length } = whole;
  if (simple !== undefined) {
    const code = simple === quote ? simple.charCodeAt(0) : simpleEscapes.get(simple);
    return code === undefined ? undefined : { piece: { code }, length };
  }
  if (octal !== undefined) return pieceOfByte(Number.parseInt(octal, 8), length);
  if (hex !== undefined) return pieceOfByte(Number.parseInt(hex, 16), length);
  const code = Number.parseInt(short ?? long ?? '', 16);
  return isCharacter(code) ? { piece: { code }, length } : undefined;
}

const pieceOfByte = (byte: number, length: number): Found | undefined =>
  byte > 0xff ? undefined : { piece: { byte }, length };

const isCharacter = (code: number): boolean => code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);

/** @returns undefined for what is no string of Go. */
function readPieces(text: string, quote: string): Piece[] | undefined {
  const pieces: Piece[] = [];
  for (let at = 0; at < text.length; ) {
    if (text[at] === '\\') {
      const found = readEscape(text, at, quote);
      if (found === undefined) return undefined;
      pieces.push(found.piece);
      at += found.length;
    } else {
      const code = text.codePointAt(at) ?? 0;
      pieces.push({ code });
      at += code > 0xffff ? 2 : 1;
    }
  }
  return pieces;
}

/** The text of `"…"` or `` `…` ``. @returns undefined for what is no string of Go. */
export function readString(written: string): string | undefined {
  const inner = written.slice(1, -1);
  if (written.startsWith('`')) return inner.replaceAll('\r', '');
  const pieces = readPieces(inner, '"');
  if (pieces === undefined) return undefined;
  return Buffer.concat(
    pieces.map((piece) =>
      'byte' in piece ? Buffer.from([piece.byte]) : Buffer.from(String.fromCodePoint(piece.code)),
    ),
  ).toString();
}

/** The number of `'…'`. @returns undefined for what is no character of Go. */
export function readCharacter(written: string): bigint | undefined {
  const [piece, ...more] = readPieces(written.slice(1, -1), "'") ?? [];
  if (piece === undefined || more.length > 0) return undefined;
  return BigInt('byte' in piece ? piece.byte : piece.code);
}
