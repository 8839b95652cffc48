import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';

interface Piece {
  exports: unknown;
}

type Body = (exports: unknown, require: (name: string) => unknown, piece: Piece, url: string) => void;

/**
 * The program as the build leaves it: files that are each one function expression with the arguments of `Body`, and beside
 * each the code that V8 made of it when the program was built. To make it anew would be a third of each start. Code of another
 * version of V8, or made with other flags, is not taken: then the text is compiled, as without it.
 */
export class ProgramPieces {
  readonly #folder: string;
  readonly #pieces = new Map<string, Piece>();
  readonly #require: NodeJS.Require;
  /** Of all pieces that were loaded, by their paths. */
  readonly scripts = new Map<string, Script>();

  constructor(folder: string) {
    this.#folder = folder;
    this.#require = createRequire(join(folder, 'piece.js'));
  }

  /** What a file of the folder exports; run the first time. */
  load(name: string): unknown {
    const known = this.#pieces.get(name);
    if (known !== undefined) return known.exports;
    const piece: Piece = { exports: {} };
    this.#pieces.set(name, piece);
    const body = this.#compile(name).runInThisContext() as Body;
    const url = pathToFileURL(join(this.#folder, name)).href;
    body(piece.exports, (wanted) => this.#find(wanted), piece, url);
    return piece.exports;
  }

  #find(name: string): unknown {
    return name.startsWith('./') ? this.load(name.slice(2)) : (this.#require(name) as unknown);
  }

  #compile(name: string): Script {
    const path = join(this.#folder, name);
    const text = readFileSync(path);
    const cachedData = readCode(path, text);
    // V8 takes the name over from the code, so it is the same wherever the folder is.
    const script = new Script(text.toString('utf8'), {
      filename: name,
      ...(cachedData === undefined ? {} : { cachedData }),
    });
    this.scripts.set(path, script);
    return script;
  }
}

const sealBytes = 32;

/** V8 compares no more than the length of the text, and does not notice damage. */
const sealOf = (text: Buffer, code: Buffer): Buffer =>
  createHash('sha256').update(text).update(code).digest();

const codePath = (path: string): string => `${path}.code`;

/** Keeps the code that V8 has made of a piece by now. */
export function writeCode(path: string, script: Script): void {
  const code = script.createCachedData();
  writeFileSync(codePath(path), Buffer.concat([sealOf(readFileSync(path), code), code]));
}

/** The code of a piece; undefined when there is none, it is damaged, or of another text. */
function readCode(path: string, text: Buffer): Buffer | undefined {
  let sealed: Buffer;
  try {
    sealed = readFileSync(codePath(path));
  } catch {
    return undefined;
  }
  const code = sealed.subarray(sealBytes);
  return sealOf(text, code).equals(sealed.subarray(0, sealBytes)) ? code : undefined;
}
