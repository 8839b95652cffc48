/** What makes a text harmless elsewhere: Go's `html`, `js` and `urlquery`. */
import { isPrintable } from './format/integer.ts';

const htmlEscapes: ReadonlyMap<string, string> = new Map([
  ['\0', '\uFFFD'],
  ['"', '&#34;'],
  ["'", '&#39;'],
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
]);

// oxlint-disable-next-line no-control-regex -- the character 0 is escaped, too
export const escapeHtml = (text: string): string =>
  text.replaceAll(/[\0"'&<>]/g, (letter) => htmlEscapes.get(letter) ?? letter);

const unicodeEscape = (letter: string): string =>
  `\\u${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

export const escapeJavaScript = (text: string): string =>
  // oxlint-disable-next-line no-control-regex -- control characters are escaped, too
  text.replaceAll(/[\u0000-\u001f\\'"<>&=]|[^\u0000-\u007f]/gu, (letter) => {
    if (letter === '\\' || letter === "'" || letter === '"') return `\\${letter}`;
    return letter > '\u007f' && isPrintable(letter) ? letter : unicodeEscape(letter);
  });

/** For the query of an address: a blank becomes `+`. */
export const escapeQuery = (text: string): string =>
  encodeURIComponent(text)
    .replaceAll(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
