/**
 * JSON lines that keep maps and sets. The world is a tree of plain data, so this is all it needs. A long map stands on lines
 * of its own, an entry on each, after the line that it belongs to: a whole world in one text would take many times its room.
 */

const mapKey = '$map';
const setKey = '$set';
const longMapEntries = 100;

/** A reader shares texts among so many different ones; what is alike mostly stands close together. */
const sharedTexts = 50_000;

const longTextCharacters = 110;
const partsOfTexts = /(^\.\.\/|\/\S+)/;

/** A value as lines: the first is the value itself, the others are entries of its long maps. */
export function* encodeLines(value: unknown): Generator<string> {
  const long: ReadonlyMap<unknown, unknown>[] = [];
  const plain = (_: string, inner: unknown): unknown => {
    if (inner instanceof Set) return { [setKey]: [...inner] };
    if (!(inner instanceof Map)) return inner;
    return { [mapKey]: inner.size > longMapEntries ? long.push(inner) - 1 : [...inner] };
  };
  yield JSON.stringify(value, plain);
  // Entries may bring further long maps.
  for (let index = 0; index < long.length; index += 1) {
    for (const [key, entry] of long[index] ?? []) yield JSON.stringify([index, key, entry], plain);
  }
}

/** Whether a line holds an entry of a long map: values and changes are objects. */
export const isEntryLine = (line: string): boolean => line.startsWith('[');

/** Reads such lines back. Texts that are the same become one. */
export class LineDecoder {
  readonly #long: Map<unknown, unknown>[] = [];
  readonly #texts = new Map<string, string>();

  /** @throws SyntaxError for what is no JSON. */
  value(line: string): unknown {
    return this.#revive(JSON.parse(line));
  }

  /** @throws SyntaxError for what is no JSON, or no entry of a map that is known by now. */
  entry(line: string): void {
    const [index, key, entry] = JSON.parse(line) as [number, unknown, unknown];
    const map = this.#long[index];
    if (map === undefined) throw new SyntaxError(`there is no map ${index}`);
    map.set(this.#revive(key), this.#revive(entry));
  }

  #revive(value: unknown): unknown {
    if (typeof value === 'string') return this.#shared(value);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return this.#reviveArray(value);
    if (mapKey in value) return this.#map(value[mapKey] as number | [unknown, unknown][]);
    if (setKey in value) return new Set(this.#reviveArray(value[setKey] as unknown[]));
    const holder = value as Record<string, unknown>;
    for (const key of Object.keys(holder)) {
      const inner = holder[key];
      if (typeof inner === 'string' || typeof inner === 'object') holder[key] = this.#revive(inner);
    }
    return holder;
  }

  #reviveArray(values: unknown[]): unknown[] {
    for (const [index, value] of values.entries()) values[index] = this.#revive(value);
    return values;
  }

  #map(entries: number | [unknown, unknown][]): Map<unknown, unknown> {
    const map = new Map<unknown, unknown>();
    if (typeof entries === 'number') this.#long[entries] = map;
    else for (const [key, value] of entries) map.set(this.#revive(key), this.#revive(value));
    return map;
  }

  /** A long text is put together of parts that others have too, above all the paths in it. */
  #shared(text: string): string {
    if (text.length < longTextCharacters) return this.#texts.get(text) ?? this.#remember(text);
    let joined = '';
    for (const part of text.split(partsOfTexts)) {
      // A part that was cut out would hold on to the text it was cut from.
      joined += this.#texts.get(part) ?? this.#remember(Buffer.from(part).toString());
    }
    return joined;
  }

  #remember(text: string): string {
    if (this.#texts.size >= sharedTexts) this.#texts.clear();
    this.#texts.set(text, text);
    return text;
  }
}
