/** The words of Go's template language. */
export type TokenKind =
  | 'text'
  | 'left delimiter'
  | 'right delimiter'
  | 'space'
  | 'identifier'
  | 'keyword'
  | 'nil'
  | 'bool'
  | 'field'
  | 'variable'
  | 'dot'
  | 'number'
  | 'character'
  | 'string'
  | 'raw string'
  | 'sign'
  | 'fault'
  | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** As it stands in the template; of a fault, what is wrong. */
  readonly text: string;
  /** Where it begins. */
  readonly from: number;
}

const keywords = new Set([
  'block',
  'break',
  'continue',
  'define',
  'else',
  'end',
  'if',
  'range',
  'template',
  'with',
]);

/** What a word of letters, digits and underscores is. */
export function kindOfWord(word: string): TokenKind {
  if (keywords.has(word)) return 'keyword';
  if (word === 'nil') return 'nil';
  return word === 'true' || word === 'false' ? 'bool' : 'identifier';
}
