import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';

/** What a file holds; `mode` are its permission bits, where the file system has them. */
export interface FileContent {
  readonly text: string;
  readonly mode?: number;
}

/** Reads a whole file. @throws an error with a `code` such as ENOENT, EACCES, EISDIR. */
export type ReadFile = (path: string) => FileContent;

/** The real one. */
export const readFileFromDisk: ReadFile = (path) => {
  const descriptor = openSync(path, 'r');
  try {
    return { text: readFileSync(descriptor, 'utf8'), mode: fstatSync(descriptor).mode };
  } finally {
    closeSync(descriptor);
  }
};

export type FileAttempt = { readonly content: FileContent } | { readonly trouble: FileTrouble };

/** Why a file cannot be read, as a fault says it. */
interface FileTrouble {
  readonly found: string;
  readonly remedy: string;
}

/** Reads a file, or says in people's words why not. */
export function attemptRead(readFile: ReadFile, path: string): FileAttempt {
  try {
    return { content: readFile(path) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no reason given';
    return { trouble: troubleOf(code, path) };
  }
}

/** True when others than the owner and the group may read the file. */
export function isWorldReadable(content: FileContent): boolean {
  return content.mode !== undefined && (content.mode & 0o004) !== 0;
}

function troubleOf(code: string, path: string): FileTrouble {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return { found: `there is no file ${path}`, remedy: 'correct the path, or make the file' };
    case 'EISDIR':
      return { found: `${path} is a directory`, remedy: 'name a file in it' };
    case 'EACCES':
    case 'EPERM':
      return { found: `${path} may not be read`, remedy: 'let the user that runs Mortar read it' };
    default:
      return { found: `${path} cannot be read (${code})`, remedy: 'look at the file and its file system' };
  }
}
