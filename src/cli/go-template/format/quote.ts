import { isPrintable } from './integer.ts';

const escapes: ReadonlyMap<string, string> = new Map([
  ['\u0007', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
  ['\\', '\\\\'],
]);

const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, '0');

function escaped(letter: string, quote: string, isAscii: boolean): string {
  if (letter === quote) return `\\${quote}`;
  const simple = escapes.get(letter);
  if (simple !== undefined) return simple;
  const code = letter.codePointAt(0) ?? 0;
  if (isPrintable(letter) && (!isAscii || code < 0x80)) return letter;
  if (code < 0x20 || code === 0x7f) return `\\x${hex(code, 2)}`;
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

/** As a constant of Go. @param quote `"` for strings, `'` for characters. @param isAscii nothing else is left as it is. */
export const quote = (text: string, mark: '"' | "'", isAscii = false): string =>
  `${mark}${Array.from(text, (letter) => escaped(letter, mark, isAscii)).join('')}${mark}`;

/** Whether it can stand between back quotes. */
export const canBackquote = (text: string): boolean =>
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  !/[\u0000-\u0008\u000a-\u001f\u007f`\ufeff\ufffd]/.test(text);
