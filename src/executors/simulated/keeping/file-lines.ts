import { closeSync, openSync, readSync } from 'node:fs';

const chunkBytes = 256 * 1024;
const lineFeed = 0x0a;

export interface FileLine {
  readonly text: string;
  /** Where the next line begins, in bytes. */
  readonly endByte: number;
}

/** The lines of a file that were written to their end, read as they are asked for. @throws the system's error. */
export function* fileLines(path: string): Generator<FileLine> {
  const file = openSync(path, 'r');
  try {
    const chunk = Buffer.allocUnsafe(chunkBytes);
    let begun: Buffer[] = [];
    let position = 0;
    for (let size = readSync(file, chunk); size > 0; size = readSync(file, chunk)) {
      let start = 0;
      for (let end = chunk.indexOf(lineFeed); end >= 0 && end < size; end = chunk.indexOf(lineFeed, start)) {
        const rest = chunk.subarray(start, end);
        const bytes = begun.length === 0 ? rest : Buffer.concat([...begun, rest]);
        begun = [];
        start = end + 1;
        yield { text: bytes.toString('utf8'), endByte: position + start };
      }
      if (start < size) begun.push(Buffer.from(chunk.subarray(start, size)));
      position += size;
    }
  } finally {
    closeSync(file);
  }
}
