const pieceCharacters = 64 * 1024;

/** JSON that is too long for one text, put together as bytes, which take no room among the program's objects. */
export class JsonPieces {
  readonly #pieces: Buffer[] = [];
  #text = '';

  add(text: string): void {
    this.#text += text;
    if (this.#text.length >= pieceCharacters) this.#cut();
  }

  /** A list: `fill` is told how to begin an item; what it gives is the item, or its beginning. */
  async addList(fill: (add: (item: string) => void) => Promise<void>): Promise<void> {
    let separator = '';
    this.add('[');
    await fill((item) => {
      this.add(separator + item);
      separator = ',';
    });
    this.add(']');
  }

  end(): readonly Buffer[] {
    this.#cut();
    return this.#pieces;
  }

  #cut(): void {
    if (this.#text !== '') this.#pieces.push(Buffer.from(this.#text));
    this.#text = '';
  }
}
