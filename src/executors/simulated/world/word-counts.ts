import { changeable } from './changeable.ts';

/**
 * Tells at once whether any entry of a map goes by a word, such as a folder above its path. The world stays plain data: the
 * counts stand beside the map, are made when they are first asked for, and are kept by those who change the map through this.
 */
export class WordCounts<Value> {
  readonly #wordsOf: (key: string, value: Value) => Iterable<string>;
  readonly #counts = new WeakMap<ReadonlyMap<string, Value>, Map<string, number>>();

  constructor(wordsOf: (key: string, value: Value) => Iterable<string>) {
    this.#wordsOf = wordsOf;
  }

  has(map: ReadonlyMap<string, Value>, word: string): boolean {
    return (this.#counts.get(map) ?? this.#count(map)).has(word);
  }

  put(map: ReadonlyMap<string, Value>, key: string, value: Value): void {
    this.#add(map, key, -1);
    changeable(map).set(key, value);
    this.#add(map, key, 1);
  }

  /** @returns whether it was there. */
  drop(map: ReadonlyMap<string, Value>, key: string): boolean {
    this.#add(map, key, -1);
    return changeable(map).delete(key);
  }

  clear(map: ReadonlyMap<string, Value>): void {
    this.#counts.delete(map);
    changeable(map).clear();
  }

  #count(map: ReadonlyMap<string, Value>): Map<string, number> {
    const counts = new Map<string, number>();
    this.#counts.set(map, counts);
    for (const key of map.keys()) this.#add(map, key, 1);
    return counts;
  }

  #add(map: ReadonlyMap<string, Value>, key: string, change: number): void {
    const counts = this.#counts.get(map);
    const value = map.get(key);
    if (counts === undefined || value === undefined) return;
    for (const word of this.#wordsOf(key, value)) {
      const count = (counts.get(word) ?? 0) + change;
      if (count > 0) counts.set(word, count);
      else counts.delete(word);
    }
  }
}

/** The folders above an absolute path, up to the root. */
export function* foldersAbove(path: string): Generator<string> {
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1))
    yield path.slice(0, end);
  if (path !== '/') yield '/';
}
