import { TemplateFault } from './fault.ts';
import type { Token, TokenKind } from './tokens.ts';

/** The words of a template, read one after the other. */
export class TokenStream {
  readonly #name: string;
  readonly #source: string;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(name: string, source: string, tokens: readonly Token[]) {
    this.#name = name;
    this.#source = source;
    this.#tokens = tokens;
  }

  /** How many words were read: `returnTo` goes back there. */
  get at(): number {
    return this.#at;
  }

  returnTo(at: number): void {
    this.#at = at;
  }

  /** The next word, blanks included; the last one again and again. */
  peek(): Token {
    return this.#tokens[Math.min(this.#at, this.#tokens.length - 1)] ?? { kind: 'end', text: 'EOF', from: 0 };
  }

  next(): Token {
    const token = this.peek();
    this.#at += 1;
    return token;
  }

  peekWord(): Token {
    while (this.peek().kind === 'space') this.#at += 1;
    return this.peek();
  }

  nextWord(): Token {
    const token = this.peekWord();
    this.#at += 1;
    return token;
  }

  /** Where the last word that was read ends. */
  get end(): number {
    const token = this.#tokens[this.#at - 1];
    return token === undefined ? 0 : token.from + token.text.length;
  }

  /** @throws TemplateFault when the next word is another. @param context what it is part of: `define clause`. */
  expect(kinds: readonly TokenKind[], context: string): Token {
    const token = this.nextWord();
    if (!kinds.includes(token.kind)) throw this.unexpected(token, context, kinds.join(' or '));
    return token;
  }

  isKeyword(token: Token, ...names: readonly string[]): boolean {
    return token.kind === 'keyword' && names.includes(token.text);
  }

  /** @param wanted what would have been right, if that can be said. */
  unexpected(token: Token, context: string, wanted?: string): TemplateFault {
    if (token.kind === 'fault') return this.fault(token.text, token.from);
    const what = token.kind === 'end' ? 'EOF' : describe(token);
    return this.fault(
      `unexpected ${what} in ${context}${wanted === undefined ? '' : `; expected ${wanted}`}`,
      token.from,
    );
  }

  /** With the line, counted from 1. @param from where it is; without it, at the word that was read last. */
  fault(message: string, from = this.#tokens[Math.max(0, this.#at - 1)]?.from ?? 0): TemplateFault {
    const line = this.#source.slice(0, from).split('\n').length;
    return new TemplateFault(`template: ${this.#name}:${line}: ${message}`);
  }
}

const shownLength = 20;

function describe({ kind, text }: Token): string {
  if (kind === 'keyword') return `<${text}>`;
  return JSON.stringify(text.length > shownLength ? `${text.slice(0, shownLength)}…` : text);
}
