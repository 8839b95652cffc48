import { kindOfWord, type Token, type TokenKind } from './tokens.ts';

const left = '{{';
const right = '}}';
const leftComment = '/*';
const rightComment = '*/';
const markerLength = 2;

const word = /[\p{L}\p{Nd}_]*/uy;
const wordCharacter = /[\p{L}\p{Nd}_]/uy;
const spaces = /[ \t\r\n]*/y;
const number =
  /[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?)i?/y;
const quoted = /"(?:[^"\\\n]|\\[^\n])*"/y;
const character = /'(?:[^'\\\n]|\\[^\n])*'/y;
/** What may follow an identifier, a field or a variable; so may `}}` and the end. */
const terminators = ' \t\r\n.,|:()';

class LexicalFault extends Error {}

const isSpace = (letter: string | undefined): boolean =>
  letter === ' ' || letter === '\t' || letter === '\r' || letter === '\n';

/** Without the white space at its end. Quicker than a pattern, which would begin anew at every blank. */
function withoutTrailingSpace(text: string): string {
  let end = text.length;
  while (end > 0 && isSpace(text[end - 1])) end -= 1;
  return text.slice(0, end);
}

/** The words of a template. The last is `end`, or `fault` where no word begins. */
export const tokensOf = (source: string): readonly Token[] => new Lexer(source).read();

class Lexer {
  readonly #source: string;
  readonly #tokens: Token[] = [];
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  read(): readonly Token[] {
    try {
      while (this.#at < this.#source.length) this.#readText();
      this.#push('end', this.#at, 'EOF');
    } catch (thrown) {
      if (!(thrown instanceof LexicalFault)) throw thrown;
      this.#push('fault', this.#at, thrown.message);
    }
    return this.#tokens;
  }

  #push(kind: TokenKind, from: number, text = this.#source.slice(from, this.#at)): void {
    this.#tokens.push({ kind, text, from });
  }

  #readText(): void {
    const from = this.#at;
    const opens = this.#source.indexOf(left, from);
    this.#at = opens < 0 ? this.#source.length : opens;
    const text = this.#source.slice(from, this.#at);
    const isTrimmed = opens >= 0 && this.#hasLeftMarker(opens + left.length);
    const kept = isTrimmed ? withoutTrailingSpace(text) : text;
    if (kept !== '') this.#push('text', from, kept);
    if (opens >= 0) this.#readAction(isTrimmed);
  }

  #readAction(isTrimmed: boolean): void {
    const from = this.#at;
    this.#at += left.length + (isTrimmed ? markerLength : 0);
    if (this.#source.startsWith(leftComment, this.#at)) {
      this.#skipComment();
      return;
    }
    this.#push('left delimiter', from, left);
    let depth = 0;
    while (!this.#atRight()) {
      if (depth === 0 && this.#source[this.#at] === ')') throw new LexicalFault('unexpected right paren');
      depth += this.#readWord();
    }
    if (depth > 0) throw new LexicalFault('unclosed left paren');
    this.#takeRight();
  }

  #skipComment(): void {
    const ends = this.#source.indexOf(rightComment, this.#at + leftComment.length);
    if (ends < 0) throw new LexicalFault('unclosed comment');
    this.#at = ends + rightComment.length;
    if (!this.#atRight()) throw new LexicalFault('comment ends before closing delimiter');
    this.#passRight();
  }

  #hasLeftMarker(at: number): boolean {
    return this.#source[at] === '-' && isSpace(this.#source[at + 1]);
  }

  #hasRightMarker(at = this.#at): boolean {
    return isSpace(this.#source[at]) && this.#source.startsWith(`-${right}`, at + 1);
  }

  #atRight(): boolean {
    return this.#source.startsWith(right, this.#at) || this.#hasRightMarker();
  }

  #takeRight(): void {
    const from = this.#at;
    this.#passRight();
    this.#push('right delimiter', from, right);
  }

  #passRight(): void {
    const isTrimmed = this.#hasRightMarker();
    this.#at += right.length + (isTrimmed ? markerLength : 0);
    if (isTrimmed) this.#pass(spaces);
  }

  /** Goes past what the pattern finds here. @returns whether it found something. */
  #pass(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    const length = pattern.exec(this.#source)?.[0].length ?? 0;
    this.#at += length;
    return length > 0;
  }

  #isWordHere(): boolean {
    wordCharacter.lastIndex = this.#at;
    return wordCharacter.test(this.#source);
  }

  /** @returns by how much the parentheses get deeper. */
  #readWord(): number {
    const letter = this.#source[this.#at];
    if (letter === undefined) throw new LexicalFault('unclosed action');
    if (isSpace(letter)) this.#readSpace();
    else if (letter === '"') this.#readQuoted(quoted, 'string', 'unterminated quoted string');
    else if (letter === "'") this.#readQuoted(character, 'character', 'unterminated character constant');
    else if (letter === '`') this.#readRaw();
    else if (letter === '$') this.#readName('variable');
    else if (/[0-9+-]/.test(letter) || /^\.[0-9]/.test(this.#source.slice(this.#at, this.#at + 2)))
      this.#readNumber();
    else if (letter === '.') this.#readName('field');
    else if (this.#isWordHere()) this.#readIdentifier();
    else return this.#readSign(letter);
    return 0;
  }

  #readSpace(): void {
    const from = this.#at;
    this.#pass(spaces);
    // The last blank may belong to the delimiter: ` -}}`.
    if (this.#hasRightMarker(this.#at - 1)) this.#at -= 1;
    if (this.#at > from) this.#push('space', from);
  }

  #readQuoted(pattern: RegExp, kind: TokenKind, complaint: string): void {
    const from = this.#at;
    if (!this.#pass(pattern)) throw new LexicalFault(complaint);
    this.#push(kind, from);
  }

  #readRaw(): void {
    const from = this.#at;
    const ends = this.#source.indexOf('`', from + 1);
    if (ends < 0) throw new LexicalFault('unterminated raw quoted string');
    this.#at = ends + 1;
    this.#push('raw string', from);
  }

  /** `.Field`, `.`, `$name`, `$`. */
  #readName(kind: 'field' | 'variable'): void {
    const from = this.#at;
    this.#at += 1;
    const hasName = !this.#atTerminator();
    if (hasName) this.#pass(word);
    this.#needTerminator();
    this.#push(kind === 'field' && !hasName ? 'dot' : kind, from);
  }

  #readIdentifier(): void {
    const from = this.#at;
    this.#pass(word);
    this.#needTerminator();
    this.#push(kindOfWord(this.#source.slice(from, this.#at)), from);
  }

  #readNumber(): void {
    const from = this.#at;
    this.#pass(number);
    const text = (): string => JSON.stringify(this.#source.slice(from, this.#at));
    if (this.#isWordHere()) {
      this.#at += 1;
      throw new LexicalFault(`bad number syntax: ${text()}`);
    }
    if (/[+-]/.test(this.#source[this.#at] ?? '')) {
      this.#pass(number);
      throw new LexicalFault(`bad number syntax: ${text()}; complex numbers are not known here`);
    }
    this.#push('number', from);
  }

  #readSign(letter: string): number {
    const from = this.#at;
    if (letter === ':' && this.#source[from + 1] !== '=') throw new LexicalFault('expected :=');
    if (letter < ' ' || letter > '~') {
      const code = this.#source.codePointAt(from) ?? 0;
      throw new LexicalFault(`unrecognized character in action: ${nameOf(code)}`);
    }
    this.#at += letter === ':' ? 2 : 1;
    this.#push('sign', from);
    if (letter === '(') return 1;
    return letter === ')' ? -1 : 0;
  }

  #atTerminator(): boolean {
    const letter = this.#source[this.#at];
    return letter === undefined || terminators.includes(letter) || this.#source.startsWith(right, this.#at);
  }

  #needTerminator(): void {
    if (this.#atTerminator()) return;
    throw new LexicalFault(`bad character ${nameOf(this.#source.codePointAt(this.#at) ?? 0)}`);
  }
}

/** `U+002B '+'` */
function nameOf(code: number): string {
  const hex = code.toString(16).toUpperCase().padStart(4, '0');
  return code < 0x20 || code === 0x7f ? `U+${hex}` : `U+${hex} '${String.fromCodePoint(code)}'`;
}
