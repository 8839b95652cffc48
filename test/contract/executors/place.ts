import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRunning, until } from './until.ts';

/** The machine on which an executor runs commands, looked at without the executor. */
export interface Place {
  /** Makes a folder of the test's own. @returns its path. */
  makeFolder(): Promise<string>;
  removeFolder(path: string): Promise<void>;
  exists(path: string): Promise<boolean>;
  /** @returns the text of a file; empty when it is not there. */
  read(path: string): Promise<string>;
  write(path: string, text: string): Promise<void>;
  /** Names in a folder. */
  list(path: string): Promise<string[]>;
  /** True while the process is there and has not ended; a zombie has. */
  isRunning(pid: number): Promise<boolean>;
  kill(pid: number): Promise<void>;
}

export const thisMachine: Place = {
  makeFolder: () => mkdtemp(join(tmpdir(), 'mortar-executor-')),
  removeFolder: (path) => rm(path, { recursive: true }),
  exists: (path) => Promise.resolve(existsSync(path)),
  read: (path) => readFile(path, 'utf8').catch(() => ''),
  write: (path, text) => writeFile(path, text),
  list: (path) => readdir(path),
  isRunning,
  kill: (pid) => Promise.resolve(void process.kill(pid, 'SIGKILL')),
};

/** The number that a command has written to a file, once it is there. */
export async function readPid(file: string, place: Place = thisMachine): Promise<number> {
  let pid = 0;
  await until(`a process id in ${file}`, async () => {
    const text = await place.read(file);
    pid = text.endsWith('\n') ? Number(text) : 0;
    return pid > 0;
  });
  return pid;
}
