import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { type Readable, Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type CopyManifest, sha256 } from '../db/copies/manifest.ts';
import { AppError } from '../errors.ts';
import type { BackupTarget } from './target.ts';

type Expected = Pick<CopyManifest, 'name' | 'sha256' | 'sizeBytes'>;

/** What has been read of a file. */
class Sum extends Transform {
  readonly #hash = sha256();
  sizeBytes = 0;

  override _transform(chunk: Buffer, _encoding: string, done: (error: null, chunk: Buffer) => void): void {
    this.#hash.update(chunk);
    this.sizeBytes += chunk.length;
    done(null, chunk);
  }

  digest(): string {
    return this.#hash.digest('hex');
  }
}

const nowhere = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });

async function pass(source: Readable, expected: Expected | undefined, destination: Writable): Promise<void> {
  const sum = new Sum();
  await pipeline(source, sum, destination);
  if (expected === undefined) return;
  const found = sum.digest();
  if (found === expected.sha256 && sum.sizeBytes === expected.sizeBytes) return;
  throw new AppError(
    'backup.damaged',
    `${expected.name}: the checksum is wrong: ${sum.sizeBytes} bytes with SHA-256 ${found}, written were ${expected.sizeBytes} with ${expected.sha256}; use another backup`,
    { details: { name: expected.name } },
  );
}

/** Reads a backup to its end and compares its checksum. @throws AppError `backup.damaged`, `object.not_found`, `backup.failed`. */
export async function checkSum(target: BackupTarget, expected: Expected): Promise<void> {
  await pass(await target.read(expected.name), expected, nowhere());
}

/** Brings a backup to a new file of this machine and compares its checksum. What fails leaves no file. @throws as `checkSum`. */
export async function fetchBackup(target: BackupTarget, expected: Expected, path: string): Promise<void> {
  await copyChecked(await target.read(expected.name), expected, path);
}

/** The same from a stream; nothing is compared when it is not known what to expect. */
export async function copyChecked(
  source: Readable,
  expected: Expected | undefined,
  path: string,
): Promise<void> {
  try {
    await pass(source, expected, createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true }));
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') await rm(path, { force: true });
    throw thrown;
  }
}
