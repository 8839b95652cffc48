import { type Document, isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { TopologyDocument } from '../../client/wire-types.ts';
import { failure } from '../exit-error.ts';

const maxLength = 32 * 1024 * 1024;

/** A topology file in YAML or JSON, with its lines. What is in it has not been checked: the server does that. */
export class TopologyFile {
  readonly path: string;
  readonly document: TopologyDocument;
  readonly #root: Document.Parsed;
  readonly #lines: LineCounter;

  private constructor(path: string, root: Document.Parsed, lines: LineCounter) {
    this.path = path;
    this.document = root.toJS() as TopologyDocument;
    this.#root = root;
    this.#lines = lines;
  }

  /** @throws ExitError with `file:line:` for text that is neither YAML nor JSON, or holds no object. */
  static parse(path: string, content: string): TopologyFile {
    if (content.length > maxLength)
      throw failure(`${path}: it is larger than 32 MiB; that is no topology file`);
    const lines = new LineCounter();
    const root = parseDocument(content, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
    const [fault] = root.errors;
    if (fault !== undefined) {
      throw failure(`${path}:${lines.linePos(fault.pos[0]).line}: ${lowerFirst(fault.message)}`);
    }
    if (path.endsWith('.json')) checkJson(path, content, lines);
    if (!isMap(root.contents)) {
      throw failure(`${path}:1: write an object with the key "clusters", see topology-samples/`);
    }
    return new TopologyFile(path, root, lines);
  }

  /**
   * The line of what stands at a place such as `clusters.0.nodes.1.node.zone`; of what it would stand in, when it is missing.
   *
   * @param key a key there whose line is wanted.
   */
  lineOf(place: string, key?: string): number {
    let node: Node | null = this.#root.contents;
    let line = 1;
    let words = place === '' ? [] : place.split('.');
    while (words.length > 0) {
      const step = stepInto(node, words);
      if (step === undefined) return line;
      node = step.node;
      words = words.slice(step.taken);
      line = this.#lineAt(step.at) ?? line;
    }
    const pair = key === undefined ? undefined : findPair(node, key);
    return this.#lineAt(pair?.key as Node | undefined) ?? line;
  }

  /** What stands at a place; undefined when it is missing. */
  valueAt(place: string): unknown {
    let node: Node | null = this.#root.contents;
    for (let words = place.split('.'); words.length > 0; ) {
      const step = stepInto(node, words);
      if (step === undefined) return undefined;
      node = step.node;
      words = words.slice(step.taken);
    }
    return node?.toJS(this.#root);
  }

  #lineAt(node: Node | null | undefined): number | undefined {
    const offset = node?.range?.[0];
    return offset === undefined ? undefined : this.#lines.linePos(offset).line;
  }
}

interface Step {
  readonly node: Node | null;
  /** Whose line is that of the step: the key's in a map. */
  readonly at: Node | null;
  /** Words used up: a key may have dots in it. */
  readonly taken: number;
}

function stepInto(node: Node | null, words: readonly string[]): Step | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(words[0])] as Node | undefined;
    return item === undefined ? undefined : { node: item, at: item, taken: 1 };
  }
  for (let taken = 1; taken <= words.length; taken += 1) {
    const pair = findPair(node, words.slice(0, taken).join('.'));
    if (pair !== undefined) return { node: pair.value as Node | null, at: pair.key as Node, taken };
  }
  return undefined;
}

const findPair = (node: Node | null, key: string) =>
  isMap(node)
    ? node.items.find((pair) => isPair(pair) && isScalar(pair.key) && String(pair.key.value) === key)
    : undefined;

/** What YAML takes and JSON does not. */
function checkJson(path: string, content: string, lines: LineCounter): void {
  try {
    JSON.parse(content);
  } catch (thrown) {
    const { message } = thrown as Error;
    const offset = / position (\d+)/.exec(message)?.[1];
    const line = offset === undefined ? lines.lineStarts.length : lines.linePos(Number(offset)).line;
    throw failure(`${path}:${line}: this is not JSON: ${lowerFirst(message)}`);
  }
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
