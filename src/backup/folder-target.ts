import { createReadStream } from 'node:fs';
import { open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { AppError } from '../errors.ts';
import { stagedPath } from './staging.ts';
import type { BackupTarget, FileFacts, StoredFile } from './target.ts';

type SystemError = NodeJS.ErrnoException;

const remedies: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; free some room, or name another folder (backup.folder)',
  EACCES: 'the user that Mortar runs as may not write there; change its owner, or name another folder',
  EROFS: 'the file system is read-only; name another folder (backup.folder)',
  EDQUOT: 'the quota is used up; free some room, or name another folder (backup.folder)',
};

/** Backups as files in a folder, each written aside, made durable, then renamed. */
export class FolderTarget implements BackupTarget {
  readonly description: string;
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.description = `folder ${folder}`;
  }

  stage(): Promise<string> {
    return this.#explained(() => stagedPath(this.#folder));
  }

  put(staged: string, name: string, _facts: FileFacts): Promise<void> {
    return this.#explained(async () => {
      await sync(staged);
      await rename(staged, this.#path(name));
      await sync(this.#folder);
    });
  }

  putText(name: string, text: string): Promise<void> {
    return this.#explained(async () => {
      const staged = await stagedPath(this.#folder);
      try {
        await writeFile(staged, text, { mode: 0o600 });
        await sync(staged);
        await rename(staged, this.#path(name));
      } finally {
        await rm(staged, { force: true });
      }
      await sync(this.#folder);
    });
  }

  list(): Promise<StoredFile[]> {
    return this.#explained(async () => {
      const names = await readdir(this.#folder).catch((thrown: SystemError) => {
        if (thrown.code === 'ENOENT') return [];
        throw thrown;
      });
      const files = await Promise.all(
        names
          .filter((name) => !name.startsWith('.'))
          .map(async (name) => ({ name, sizeBytes: (await stat(this.#path(name))).size })),
      );
      return files.sort((a, b) => a.name.localeCompare(b.name));
    });
  }

  read(name: string): Promise<Readable> {
    return this.#explained(async () => {
      const handle = await open(this.#path(name), 'r').catch((thrown: SystemError) => {
        if (thrown.code !== 'ENOENT') throw thrown;
        throw new AppError('object.not_found', `${this.#path(name)}: there is no such file`);
      });
      return createReadStream('', { fd: handle });
    });
  }

  remove(name: string): Promise<void> {
    return this.#explained(async () => rm(this.#path(name), { force: true }));
  }

  close(): void {
    // Nothing is kept open.
  }

  #path(name: string): string {
    return join(this.#folder, name);
  }

  async #explained<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (thrown) {
      if (thrown instanceof AppError) throw thrown;
      const { code = '', message } = thrown as SystemError;
      const remedy = remedies[code] ?? 'look at the folder';
      throw new AppError('backup.failed', `${this.#folder}: ${message}: ${remedy}`, { cause: thrown });
    }
  }
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
