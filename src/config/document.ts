import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  Parser,
  parseDocument,
  type YAMLError,
  type YAMLMap,
} from 'yaml';
import type { Fault } from './fault.ts';
import { findJsonFault } from './json-fault.ts';

type Scalar = string | number | boolean | null;

/** A value of a configuration file with its line. Keys keep their own lines. */
export interface DocumentNode {
  readonly line: number;
  readonly value: Scalar | readonly DocumentNode[] | DocumentMap;
}

export type DocumentMap = ReadonlyMap<string, DocumentEntry>;

export interface DocumentEntry {
  readonly line: number;
  readonly node: DocumentNode;
}

/** A configuration is a page or two; a file beyond this is another file. */
const maxLength = 1024 * 1024;

/** Groups in groups; the keys of Mortar and Heketi have four levels. */
const maxDepth = 64;

/**
 * Reads YAML 1.2 or JSON into a tree that knows its lines.
 *
 * @returns the map at the top (an empty one for an empty file), or undefined when the text cannot be read; and what is
 * wrong with it. No message repeats a piece of the text: it may hold secrets.
 */
export function readDocument(path: string, text: string): { root?: DocumentMap; faults: Fault[] } {
  const reader = new DocumentReader(path);
  const root = reader.read(text.replace(/^\uFEFF/, ''));
  return root === undefined ? { faults: reader.faults } : { root, faults: reader.faults };
}

/** The value without its lines, as JSON has it. */
export function plainValue(node: DocumentNode): unknown {
  const { value } = node;
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([key, entry]) => [key, plainValue(entry.node)]));
  }
  return Array.isArray(value) ? value.map(plainValue) : value;
}

class DocumentReader {
  readonly faults: Fault[] = [];
  readonly #path: string;
  readonly #lines = new LineCounter();

  constructor(path: string) {
    this.#path = path;
  }

  read(text: string): DocumentMap | undefined {
    if (text.length > maxLength) {
      this.#report(1, 'more than 1 MiB', 'name the configuration file of Mortar');
      return undefined;
    }
    if (isTooDeep(text)) {
      this.#report(1, `more than ${maxDepth} levels`, 'name the configuration file of Mortar');
      return undefined;
    }
    return this.#readText(text);
  }

  #readText(text: string): DocumentMap | undefined {
    const options = {
      lineCounter: this.#lines,
      prettyErrors: false,
      uniqueKeys: false,
      logLevel: 'error',
    } as const;
    const document = parseDocument(text, options);
    for (const error of document.errors) this.#reportSyntax(error);
    if (this.faults.length === 0 && this.#path.endsWith('.json')) this.#checkJson(text);
    if (this.faults.length > 0) return undefined;
    const root = this.#nodeOf(document.contents, 1);
    if (root.value === null) return new Map();
    if (root.value instanceof Map) return root.value as DocumentMap;
    this.#report(root.line, 'no keys', 'write `key: value` lines, or a JSON object');
    return undefined;
  }

  #nodeOf(node: Node | null, lineAbove: number): DocumentNode {
    const line = this.#lineOf(node) ?? lineAbove;
    if (node === null) return { line, value: null };
    if (isAlias(node)) {
      this.#report(line, 'an alias', 'write the value out; anchors and aliases are not used here');
      return { line, value: null };
    }
    if (node.tag !== undefined) this.#report(line, 'a tag', 'leave the tag out');
    if (isMap(node)) return { line, value: this.#mapOf(node, line) };
    if (isSeq(node)) return { line, value: node.items.map((item) => this.#nodeOf(item as Node, line)) };
    return { line, value: isScalar(node) ? scalarOf(node.value) : null };
  }

  #mapOf(map: YAMLMap, lineAbove: number): DocumentMap {
    const entries = new Map<string, DocumentEntry>();
    for (const pair of map.items) {
      const line = this.#lineOf(pair.key as Node | null) ?? lineAbove;
      const key = isScalar(pair.key) ? String(pair.key.value) : undefined;
      const first = key === undefined ? undefined : entries.get(key);
      if (key === undefined) this.#report(line, 'a key that is not a word', 'write `key: value`');
      else if (first !== undefined) {
        this.#report(line, `set twice, first in line ${first.line}`, 'keep one of the two', key);
      } else entries.set(key, { line, node: this.#nodeOf(pair.value as Node | null, line) });
    }
    return entries;
  }

  /** What YAML takes and JSON does not: a comma too many, words without quotes. */
  #checkJson(text: string): void {
    const offset = text.trim() === '' ? undefined : findJsonFault(text);
    if (offset === undefined) return;
    const { line } = this.#lines.linePos(offset);
    this.#report(line, 'text that is not JSON', 'look for a comma too many, missing quotes or a comment');
  }

  #reportSyntax(error: YAMLError): void {
    const line = this.#lines.linePos(error.pos[0]).line;
    const [found, remedy] = syntaxFaults[error.code] ?? otherSyntaxFault;
    this.#report(line, found, remedy);
  }

  #report(line: number, found: string, remedy: string, key = ''): void {
    this.faults.push({ key, source: { kind: 'file', path: this.#path, line }, found, remedy });
  }

  #lineOf(node: Node | null): number | undefined {
    const offset = node?.range?.[0];
    return offset === undefined ? undefined : this.#lines.linePos(offset).line;
  }
}

/**
 * Whether the text is nested deeper than any configuration. Found without recursion, since the parser recurses: near the
 * end of the stack V8 does not throw but ends the process when a regular expression is compiled there.
 */
function isTooDeep(text: string): boolean {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    for (const _ of parser.next(lexeme));
    if (parser.stack.length > maxDepth) return true;
  }
  return false;
}

/** YAML 1.1 (`%YAML 1.1`) knows dates and binary data; here they are texts. */
function scalarOf(value: unknown): Scalar {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return value instanceof Date ? value.toISOString() : '';
}

const indentation = [
  'keys of one group that do not start in the same column',
  'align them, with blanks',
] as const;
const notOneValue = [
  'more than one value',
  'put quotes around a text with ":", "#", brackets or quotes in it',
] as const;
const otherSyntaxFault = [
  'text that is neither YAML nor JSON',
  'check brackets, quotes and indentation',
] as const;

/** The parser's errors in our words; its own repeat the text. */
const syntaxFaults: Readonly<Partial<Record<YAMLError['code'], readonly [string, string]>>> = {
  BAD_INDENT: indentation,
  BAD_DQ_ESCAPE: ['an unknown escape in double quotes', 'write a backslash as "\\\\", or use single quotes'],
  BAD_SCALAR_START: ['a value that starts with a reserved character', 'put quotes around the value'],
  BLOCK_AS_IMPLICIT_KEY: notOneValue,
  BLOCK_IN_FLOW: ['a missing comma or bracket', 'separate entries with commas and close the bracket'],
  MISSING_CHAR: ['a bracket, quote, colon or comma that is missing', 'add it'],
  MULTILINE_IMPLICIT_KEY: ['a line without a colon', 'write `key: value`'],
  MULTIPLE_DOCS: ['a second document', 'keep one document; remove the line `---`'],
  TAB_AS_INDENT: ['a tab as indentation', 'indent with blanks'],
  UNEXPECTED_TOKEN: notOneValue,
};
