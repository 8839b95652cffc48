import { tokensOf } from './lexer.ts';
import { type Body, isEmpty, type Node, type Pipeline } from './nodes.ts';
import { PipelineParser, type Scope } from './pipeline-parser.ts';
import { TokenStream } from './token-stream.ts';
import type { Token } from './tokens.ts';

export interface ParsedTemplate {
  readonly name: string;
  readonly source: string;
  /** By name; the template itself is among them. */
  readonly templates: ReadonlyMap<string, Body>;
}

/** Conditions and loops within each other. */
const deepest = 300;

/** Where a body is being read: its variables, and how many loops are around it. */
interface BodyScope extends Scope {
  readonly loops: number;
}

/** How a body ends: `{{end}}` or `{{else}}`, and of that whether `if` or `with` follows. */
interface Ending extends Token {
  readonly isElse: boolean;
}

/**
 * Reads a template of Go's text/template language.
 *
 * @param functions the names that may be called.
 * @throws TemplateFault that names the line and what was expected.
 */
export function parseTemplate(name: string, source: string, functions: ReadonlySet<string>): ParsedTemplate {
  return new Parser(name, source, functions).read();
}

class Parser {
  readonly #name: string;
  readonly #source: string;
  readonly #words: TokenStream;
  readonly #pipelines: PipelineParser;
  readonly #templates = new Map<string, Body>();
  #depth = 0;

  constructor(name: string, source: string, functions: ReadonlySet<string>) {
    this.#name = name;
    this.#source = source;
    this.#words = new TokenStream(name, source, tokensOf(source));
    this.#pipelines = new PipelineParser(this.#words, functions);
  }

  read(): ParsedTemplate {
    const scope: BodyScope = { variables: ['$'], loops: 0 };
    const body: Node[] = [];
    while (this.#words.peek().kind !== 'end') {
      if (this.#takeDefine()) continue;
      const read = this.#node(scope);
      if ('isElse' in read) {
        throw this.#words.fault(`unexpected {{${read.isElse ? 'else' : 'end'}}}: nothing is open`);
      }
      body.push(read);
    }
    this.#add(this.#name, body);
    return { name: this.#name, source: this.#source, templates: this.#templates };
  }

  /** `{{define "name"}}…{{end}}`, only outside of everything. @returns whether there was one. */
  #takeDefine(): boolean {
    const start = this.#words.at;
    if (
      this.#words.next().kind !== 'left delimiter' ||
      !this.#words.isKeyword(this.#words.nextWord(), 'define')
    ) {
      this.#words.returnTo(start);
      return false;
    }
    const context = 'define clause';
    const name = this.#templateName(context);
    this.#words.expect(['right delimiter'], context);
    this.#add(name, this.#ownBody(context));
    return true;
  }

  /** The body of a template, which sees no variables but `$`. */
  #ownBody(context: string): Body {
    const { body, ending } = this.#body({ variables: ['$'], loops: 0 });
    if (ending.isElse) throw this.#words.fault(`unexpected {{else}} in ${context}; expected {{end}}`);
    return body;
  }

  #add(name: string, body: Body): void {
    const known = this.#templates.get(name);
    if (known === undefined || isEmpty(known)) this.#templates.set(name, body);
    else if (!isEmpty(body))
      throw this.#words.fault(`multiple definition of template ${JSON.stringify(name)}`);
  }

  #templateName(context: string): string {
    return this.#pipelines.text(this.#words.expect(['string', 'raw string'], context));
  }

  #body(scope: BodyScope): { body: Body; ending: Ending } {
    const body: Node[] = [];
    while (this.#words.peekWord().kind !== 'end') {
      const read = this.#node(scope);
      if ('isElse' in read) return { body, ending: read };
      body.push(read);
    }
    throw this.#words.fault('unexpected EOF; expected {{end}}', this.#source.length);
  }

  #node(scope: BodyScope): Node | Ending {
    const token = this.#words.nextWord();
    if (token.kind === 'text') {
      return { kind: 'text', text: token.text, from: token.from, to: this.#words.end };
    }
    if (token.kind !== 'left delimiter') throw this.#words.unexpected(token, 'input');
    const start = this.#words.at;
    const first = this.#words.nextWord();
    if (first.kind === 'keyword') return this.#keyword(first, scope);
    this.#words.returnTo(start);
    const pipeline = this.#pipelines.read('command', scope);
    return { kind: 'action', pipeline, from: pipeline.from, to: pipeline.to };
  }

  #keyword(token: Token, scope: BodyScope): Node | Ending {
    switch (token.text) {
      case 'if':
      case 'with':
      case 'range':
        return this.#control(token.text, token, scope);
      case 'break':
      case 'continue':
        return this.#jump(token.text, token, scope);
      case 'end':
        this.#words.expect(['right delimiter'], 'end');
        return { ...token, isElse: false };
      case 'else':
        if (!this.#words.isKeyword(this.#words.peekWord(), 'if', 'with')) {
          this.#words.expect(['right delimiter'], 'else');
        }
        return { ...token, isElse: true };
      case 'template':
        return this.#template(token, scope);
      case 'block':
        return this.#block(token, scope);
      default:
        throw this.#words.unexpected(token, 'command', 'it outside of all other templates');
    }
  }

  #jump(kind: 'break' | 'continue', token: Token, scope: BodyScope): Node {
    this.#words.expect(['right delimiter'], `{{${kind}}}`);
    if (scope.loops === 0) throw this.#words.fault(`{{${kind}}} outside {{range}}`);
    return { kind, from: token.from, to: token.from + token.text.length };
  }

  #control(kind: 'if' | 'with' | 'range', token: Token, scope: BodyScope): Node {
    if (this.#depth >= deepest) throw this.#words.fault('max nesting depth exceeded');
    this.#depth += 1;
    const visible = scope.variables.length;
    const pipeline = this.#pipelines.read(kind, scope);
    const inner = { ...scope, loops: scope.loops + (kind === 'range' ? 1 : 0) };
    const { body, ending } = this.#body(inner);
    const otherwise = ending.isElse ? this.#otherwise(kind, scope) : undefined;
    scope.variables.length = visible;
    this.#depth -= 1;
    return { kind, pipeline, body, otherwise, from: token.from, to: pipeline.to };
  }

  /** `{{else}}…{{end}}`, or `{{else if …}}`, which shares the end. */
  #otherwise(kind: 'if' | 'with' | 'range', scope: BodyScope): Body {
    const token = this.#words.peekWord();
    if (kind !== 'range' && this.#words.isKeyword(token, kind)) {
      this.#words.nextWord();
      return [this.#control(kind, token, scope)];
    }
    const { body, ending } = this.#body(scope);
    if (ending.isElse) throw this.#words.fault('expected {{end}}; found {{else}}');
    return body;
  }

  #template(token: Token, scope: BodyScope): Node {
    const context = 'template clause';
    const name = this.#templateName(context);
    const isBare = this.#words.peekWord().kind === 'right delimiter';
    if (isBare) this.#words.nextWord();
    return this.#call(token, name, isBare ? undefined : this.#pipelines.read(context, scope));
  }

  /** A definition and its use at once. */
  #block(token: Token, scope: BodyScope): Node {
    const context = 'block clause';
    const name = this.#templateName(context);
    const pipeline = this.#pipelines.read(context, scope);
    this.#depth += 1;
    if (this.#depth > deepest) throw this.#words.fault('max nesting depth exceeded');
    this.#add(name, this.#ownBody(context));
    this.#depth -= 1;
    return this.#call(token, name, pipeline);
  }

  #call({ from }: Token, name: string, pipeline: Pipeline | undefined): Node {
    return { kind: 'template', name, pipeline, from, to: this.#words.end };
  }
}
