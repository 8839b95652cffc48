/**
 * Where a text stops being JSON: the offset of the first character that does not fit, or undefined when all do. V8 names
 * no place for some faults, and repeats the text in its messages. Recurses once a level of nesting.
 */
export function findJsonFault(text: string): number | undefined {
  const scanner = new Scanner(text);
  return scanner.readAll() ? undefined : scanner.offset;
}

class Scanner {
  offset = 0;
  readonly #blanks = /[ \t\r\n]*/y;
  // oxlint-disable-next-line no-control-regex -- exactly these may not stand in a string of JSON
  readonly #string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
  readonly #word = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.])/y;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  readAll(): boolean {
    return this.#readValue() && this.offset === this.#text.length;
  }

  #readValue(): boolean {
    this.#read(this.#blanks);
    const isValue = this.#readAnyValue();
    if (isValue) this.#read(this.#blanks);
    return isValue;
  }

  #readAnyValue(): boolean {
    switch (this.#text.charAt(this.offset)) {
      case '{':
        return this.#readList('}', () => this.#readEntry());
      case '[':
        return this.#readList(']', () => this.#readValue());
      case '"':
        return this.#read(this.#string);
      default:
        return this.#read(this.#word);
    }
  }

  #readEntry(): boolean {
    this.#read(this.#blanks);
    if (!this.#read(this.#string)) return false;
    this.#read(this.#blanks);
    return this.#readMark(':') && this.#readValue();
  }

  #readList(close: string, readItem: () => boolean): boolean {
    this.offset += 1;
    this.#read(this.#blanks);
    if (this.#readMark(close)) return true;
    while (readItem()) {
      this.#read(this.#blanks);
      if (this.#readMark(close)) return true;
      if (!this.#readMark(',')) return false;
    }
    return false;
  }

  #readMark(mark: string): boolean {
    if (this.#text[this.offset] !== mark) return false;
    this.offset += 1;
    return true;
  }

  #read(pattern: RegExp): boolean {
    pattern.lastIndex = this.offset;
    const match = pattern.exec(this.#text);
    this.offset += match?.[0].length ?? 0;
    return match !== null;
  }
}
