import { type NumberLiteral, readCharacter, readNumber, readString } from './literals.ts';
import type { Command, Operand, Pipeline, Place } from './nodes.ts';
import type { TokenStream } from './token-stream.ts';
import type { Token, TokenKind } from './tokens.ts';

/** Parentheses within parentheses. */
const deepest = 300;

const operandKinds: ReadonlySet<TokenKind> = new Set([
  'bool',
  'character',
  'dot',
  'field',
  'identifier',
  'number',
  'nil',
  'raw string',
  'string',
  'variable',
]);

/** What a pipeline stands in: the variables that can be seen there. */
export interface Scope {
  readonly variables: string[];
}

const isSign = (token: Token, text: string): boolean => token.kind === 'sign' && token.text === text;

/** Reads pipelines: declarations, commands between bars, their operands. */
export class PipelineParser {
  readonly #words: TokenStream;
  readonly #functions: ReadonlySet<string>;
  #depth = 0;

  constructor(words: TokenStream, functions: ReadonlySet<string>) {
    this.#words = words;
    this.#functions = functions;
  }

  /** @param context what it belongs to: `if`, `range`, `command`. @throws TemplateFault. */
  read(context: string, scope: Scope): Pipeline {
    return this.#readUntil(context, scope, (token) => token.kind === 'right delimiter');
  }

  #readUntil(context: string, scope: Scope, isEnd: (token: Token) => boolean): Pipeline {
    const { from } = this.#words.peekWord();
    const { targets, isAssignment } = this.#declarations(context, scope);
    const commands: Command[] = [];
    let to = from;
    for (;;) {
      const token = this.#words.nextWord();
      if (isEnd(token)) break;
      if (!operandKinds.has(token.kind) && !isSign(token, '(')) {
        throw this.#words.unexpected(token, context, 'a value, a function or the end of the action');
      }
      this.#words.returnTo(this.#words.at - 1);
      const command = this.#command(scope);
      ({ to } = command);
      commands.push(command);
    }
    this.#check(commands, context);
    return { kind: 'pipeline', from, to, targets, isAssignment, commands };
  }

  /** `$x :=`, `$x =`, and of a range `$i, $x :=`. */
  #declarations(context: string, scope: Scope): Pick<Pipeline, 'targets' | 'isAssignment'> {
    const targets: string[] = [];
    for (;;) {
      const start = this.#words.at;
      const variable = this.#words.peekWord();
      if (variable.kind !== 'variable') return { targets, isAssignment: false };
      this.#words.nextWord();
      const next = this.#words.peekWord();
      const isAssignment = isSign(next, '=');
      if (isAssignment || isSign(next, ':=')) {
        this.#words.nextWord();
        targets.push(variable.text);
        scope.variables.push(variable.text);
        return { targets, isAssignment };
      }
      if (!isSign(next, ',')) {
        this.#words.returnTo(start);
        return { targets, isAssignment: false };
      }
      this.#words.nextWord();
      targets.push(variable.text);
      scope.variables.push(variable.text);
      this.#needSecond(context, targets);
    }
  }

  #needSecond(context: string, targets: readonly string[]): void {
    if (context !== 'range' || targets.length > 1) {
      throw this.#words.fault(`too many declarations in ${context}`);
    }
    const next = this.#words.peekWord();
    if (next.kind !== 'variable' && next.kind !== 'right delimiter' && !isSign(next, ')')) {
      throw this.#words.fault('range can only initialize variables');
    }
  }

  #check(commands: readonly Command[], context: string): void {
    if (commands.length === 0) throw this.#words.fault(`missing value for ${context}`);
    const wrong = commands.findIndex(
      ({ operands: [first] }, at) =>
        at > 0 && ['bool', 'dot', 'nil', 'number', 'string'].includes(first.kind),
    );
    if (wrong > 0) {
      throw this.#words.fault(`non executable command in pipeline stage ${wrong + 1}; expected a function`);
    }
  }

  /** Operands with blanks between, up to a bar, which is taken, or what ends the pipeline, which is not. */
  #command(scope: Scope): Command {
    const { from } = this.#words.peekWord();
    const operands: Operand[] = [];
    for (;;) {
      this.#words.peekWord();
      const operand = this.#operand(scope);
      if (operand !== undefined) operands.push(operand);
      const token = this.#words.next();
      if (token.kind === 'space') continue;
      if (isSign(token, '|')) break;
      if (token.kind !== 'right delimiter' && !isSign(token, ')')) {
        throw this.#words.unexpected(token, 'operand', 'a blank, | or the end of the action');
      }
      this.#words.returnTo(this.#words.at - 1);
      break;
    }
    const [first, ...others] = operands;
    if (first === undefined) throw this.#words.fault('empty command');
    return { from, to: (others.at(-1) ?? first).to, operands: [first, ...others] };
  }

  /** A term and the fields behind it: `(index . 0).Name`. */
  #operand(scope: Scope): Operand | undefined {
    const term = this.#term(scope);
    if (term === undefined || this.#words.peek().kind !== 'field') return term;
    const path: string[] = [];
    while (this.#words.peek().kind === 'field') path.push(this.#words.next().text.slice(1));
    const place = { from: term.from, to: this.#words.end };
    switch (term.kind) {
      case 'field':
      case 'variable':
        return { ...term, ...place, path: [...term.path, ...path] };
      case 'function':
      case 'chain':
      case 'pipeline':
        return { kind: 'chain', of: term, path, ...place };
      case 'bool':
      case 'string':
      case 'number':
      case 'nil':
      case 'dot':
        throw this.#words.fault(`unexpected . after term; a ${term.kind} has no fields`);
    }
  }

  /** @returns undefined when no term begins here. */
  #term(scope: Scope): Operand | undefined {
    const start = this.#words.at;
    const token = this.#words.nextWord();
    if (isSign(token, '(')) return this.#parenthesized(token, scope);
    const place = { from: token.from, to: token.from + token.text.length };
    const term = this.#literal(token, place) ?? this.#name(token, place, scope);
    if (term === undefined) this.#words.returnTo(start);
    return term;
  }

  #literal(token: Token, place: Place): Operand | undefined {
    const { kind, text } = token;
    if (kind === 'nil') return { kind, ...place };
    if (kind === 'bool') return { kind, value: text === 'true', ...place };
    if (kind === 'number' || kind === 'character') {
      return { kind: 'number', value: this.#number(token), ...place };
    }
    if (kind === 'string' || kind === 'raw string') {
      return { kind: 'string', value: this.text(token), ...place };
    }
    return undefined;
  }

  #name({ kind, text }: Token, place: Place, scope: Scope): Operand | undefined {
    if (kind === 'dot') return { kind, ...place };
    if (kind === 'field') return { kind, path: [text.slice(1)], ...place };
    if (kind === 'identifier') return { kind: 'function', name: this.#function(text), ...place };
    if (kind === 'variable') return { kind, name: this.#variable(text, scope), path: [], ...place };
    return undefined;
  }

  #parenthesized({ from }: Token, scope: Scope): Operand {
    if (this.#depth >= deepest) throw this.#words.fault('max expression depth exceeded');
    this.#depth += 1;
    const inner = this.#readUntil('parenthesized pipeline', scope, (token) => isSign(token, ')'));
    this.#depth -= 1;
    return { ...inner, from, to: this.#words.end };
  }

  #function(name: string): string {
    if (this.#functions.has(name)) return name;
    const known = [...this.#functions].sort().join(', ');
    throw this.#words.fault(`function ${JSON.stringify(name)} not defined; there are: ${known}`);
  }

  #variable(name: string, scope: Scope): string {
    if (scope.variables.includes(name)) return name;
    const known = [...new Set(scope.variables)].join(', ');
    throw this.#words.fault(`undefined variable ${JSON.stringify(name)}; defined here: ${known}`);
  }

  #number({ kind, text }: Token): NumberLiteral {
    if (kind === 'number') {
      const read = readNumber(text);
      if (typeof read === 'string') throw this.#words.fault(read);
      return read;
    }
    const code = readCharacter(text);
    if (code === undefined) throw this.#words.fault(`malformed character constant: ${text}`);
    return { int: code, uint: code, float: Number(code), isWrittenAsFloat: false };
  }

  /** The text of a string as it is written. */
  text(token: Token): string {
    const read = readString(token.text);
    if (read === undefined) throw this.#words.fault(`invalid syntax in the string ${token.text}`);
    return read;
  }
}
