/** JSON as Go writes it: compact, and with the characters that mean something in HTML escaped. */
export function goJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** About so many characters are given out at a time. */
const pieceLength = 1 << 16;

/**
 * The same piece by piece, for what may be longer than a string can be: a large topology names all hosts of a cluster with
 * each of its volumes. What stands in several places is written out once.
 *
 * @param value what JSON can hold, in which a property may be undefined.
 */
export function printGoJson(value: unknown, print: (piece: string) => void): void {
  const writer = new Writer(print);
  writer.put(value);
  writer.flush();
}

class Writer {
  readonly #print: (piece: string) => void;
  readonly #seen = new WeakSet<object>();
  /** Of what was seen a second time. */
  readonly #written = new WeakMap<object, string>();
  #piece = '';

  constructor(print: (piece: string) => void) {
    this.#print = print;
  }

  put(value: unknown): void {
    if (typeof value !== 'object' || value === null) this.#add(goJson(value));
    else if (this.#seen.has(value)) this.#add(this.#textOf(value));
    else {
      this.#seen.add(value);
      if (Array.isArray(value)) this.#putList(value);
      else this.#putFields(value);
    }
  }

  flush(): void {
    if (this.#piece !== '') this.#print(this.#piece);
    this.#piece = '';
  }

  #add(text: string): void {
    this.#piece += text;
    if (this.#piece.length >= pieceLength) this.flush();
  }

  #textOf(value: object): string {
    const known = this.#written.get(value);
    if (known !== undefined) return known;
    const text = goJson(value);
    this.#written.set(value, text);
    return text;
  }

  #putList(items: readonly unknown[]): void {
    let before = '[';
    for (const item of items) {
      this.#add(before);
      this.put(item);
      before = ',';
    }
    this.#add(items.length === 0 ? '[]' : ']');
  }

  #putFields(value: object): void {
    let before = '{';
    for (const [key, field] of Object.entries(value)) {
      if (field === undefined) continue;
      this.#add(`${before}${goJson(key)}:`);
      this.put(field);
      before = ',';
    }
    this.#add(before === '{' ? '{}' : '}');
  }
}
