import { quote } from 'shell-quote';
import { AppError } from '../../errors.ts';

/** A surrogate that is not half of a pair: it has no UTF-8 form, so another value than the one given would arrive. */
const loneSurrogate = /\p{Surrogate}/u;

/**
 * Quotes words for bash so that each arrives as one word, unaltered. This is the only place where a value becomes shell
 * text, and the text goes into a script that is sent over standard input, never into a command line.
 *
 * @throws AppError `request.invalid` for a word that no program can be given: one with a NUL or half a surrogate pair.
 */
export function quoteWords(words: readonly string[]): string {
  for (const word of words) {
    if (word.includes('\0')) throw refusal(word, 'a NUL character');
    if (loneSurrogate.test(word)) throw refusal(word, 'half a surrogate pair');
  }
  return quote(words);
}

function refusal(word: string, fault: string): AppError {
  const shown = JSON.stringify(word.length > 80 ? `${word.slice(0, 80)}…` : word);
  return new AppError(
    'request.invalid',
    `The argument ${shown} holds ${fault}, which no command can be given.`,
  );
}

/**
 * Quotes a text as a format for bash's printf that prints exactly this text. Unlike a word it may hold NUL characters,
 * which bash can print but not keep in a variable.
 */
export function quotePrintfFormat(text: string): string {
  return quoteWords([text.replaceAll('\\', '\\\\').replaceAll('%', '%%').replaceAll('\0', '\\000')]);
}
