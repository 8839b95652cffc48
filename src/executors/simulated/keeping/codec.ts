/** JSON that keeps maps and sets. The world is a tree of plain data, so this is all it needs. */

const mapKey = '$map';
const setKey = '$set';

export function encode(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (inner instanceof Map) return { [mapKey]: [...inner] };
    return inner instanceof Set ? { [setKey]: [...inner] } : inner;
  });
}

export function decode(text: string): unknown {
  return JSON.parse(text, (_, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null) return inner;
    if (mapKey in inner) return new Map(inner[mapKey] as [unknown, unknown][]);
    return setKey in inner ? new Set(inner[setKey] as unknown[]) : inner;
  });
}
