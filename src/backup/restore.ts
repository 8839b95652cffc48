import { createReadStream, existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { type DatabaseProblem, inspectFile, type ObjectCounts } from '../db/checks/inspect.ts';
import { restoringFile, walFile } from '../db/checks/opening.ts';
import { sealed, syncFolder } from '../db/copies/durable-file.ts';
import { type CopyManifest, manifestName, readManifest, timeStamp } from '../db/copies/manifest.ts';
import { makeRestored } from '../db/copies/restored.ts';
import { FileLock } from '../db/file-lock.ts';
import { AppError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import { Catalogue } from './catalogue.ts';
import { copyChecked } from './fetch.ts';
import type { BackupTarget } from './target.ts';

/** A backup to be read: from a target, or a file. */
export interface BackupSource {
  /** File name. */
  readonly name: string;
  /** Undefined for a file without one beside it. */
  readonly manifest: CopyManifest | undefined;
  open(): Promise<Readable>;
}

/**
 * Finds a backup.
 *
 * @param wanted a file of this machine, or what `Catalogue.find` takes.
 * @throws AppError `object.not_found`, `backup.failed`.
 */
export async function findSource(wanted: string, target: BackupTarget): Promise<BackupSource> {
  if (existsSync(wanted)) {
    const beside = manifestName(wanted);
    const manifest = existsSync(beside) ? readManifest(readFileSync(beside, 'utf8')) : undefined;
    return { name: basename(wanted), manifest, open: async () => createReadStream(wanted) };
  }
  const { manifest } = await new Catalogue(target).find(wanted);
  return { name: manifest.name, manifest, open: () => target.read(manifest.name) };
}

/** Brings a backup to a new file, its checksum compared. @throws AppError `backup.damaged`, also when no checksum is known and one is wanted. */
export async function fetchSource(
  source: BackupSource,
  path: string,
  { withoutChecksum }: { withoutChecksum: boolean },
): Promise<void> {
  const { name, manifest } = source;
  if (manifest !== undefined) return copyChecked(await source.open(), manifest, path);
  if (!withoutChecksum) {
    throw new AppError(
      'backup.damaged',
      `${name}: there is no ${manifestName(name)} beside it, so its checksum cannot be compared; use --without-checksum if you know where the file comes from`,
    );
  }
  return copyChecked(await source.open(), undefined, path);
}

export interface RestoreOptions {
  readonly source: BackupSource;
  readonly databasePath: string;
  readonly withoutChecksum: boolean;
  readonly clock: Clock;
}

export interface RestoreReport {
  /** Where the database that was there is now; undefined when there was none. */
  readonly putAside: string | undefined;
  readonly schemaVersion: number;
  readonly objects: ObjectCounts;
  /** What is wrong in what is written in it; it was restored all the same. */
  readonly problems: readonly DatabaseProblem[];
}

/**
 * Puts a backup in the place of the database, which is put aside, never deleted. No manager may have it open. The restored
 * database is marked: the manager that opens it resumes nothing before it was reconciled with the nodes.
 * Cut off at any point it leaves the old database as it was, or a file `<path>.restoring` that keeps a manager from
 * starting until the restore is repeated.
 *
 * @throws AppError `database.unusable` while a manager has the database; `backup.damaged`, `backup.failed`.
 */
export async function restoreDatabase(options: RestoreOptions): Promise<RestoreReport> {
  const { databasePath, clock } = options;
  const lock = new FileLock(databasePath);
  const part = `${restoringFile(databasePath)}.part`;
  try {
    rmSync(part, { force: true });
    const report = await prepare(options, part);
    renameSync(part, restoringFile(databasePath));
    syncFolder(dirname(databasePath));
    const putAside = putOldAside(databasePath, clock.now());
    renameSync(restoringFile(databasePath), databasePath);
    syncFolder(dirname(databasePath));
    return { ...report, putAside };
  } finally {
    rmSync(part, { force: true });
    lock.release();
  }
}

async function prepare(
  { source, withoutChecksum, clock }: RestoreOptions,
  part: string,
): Promise<Omit<RestoreReport, 'putAside'>> {
  await fetchSource(source, part, { withoutChecksum });
  const raw = await inspectFile(part, { content: false }).catch((thrown: unknown) => {
    throw damaged(source, (thrown as Error).message);
  });
  if (raw.problems[0] !== undefined) throw damaged(source, raw.problems[0].text);
  const schemaVersion = makeRestored(part, {
    backup: source.name,
    madeAtMs: source.manifest === undefined ? null : Date.parse(source.manifest.createdAt),
    restoredAtMs: clock.now(),
  });
  const { objects, problems } = await inspectFile(part, { content: true });
  sealed(part);
  return { schemaVersion, objects, problems };
}

const damaged = ({ name }: BackupSource, words: string): AppError =>
  new AppError('backup.damaged', `${name}: the database in it has faults: ${words}; use another backup`);

/** With its write-ahead log, which holds the newest of it, under one new name. */
function putOldAside(path: string, nowMs: number): string | undefined {
  const parts = ['', '-wal', '-shm'].filter((ending) => existsSync(`${path}${ending}`));
  if (parts.length === 0) return undefined;
  const stem = `${path}.replaced-${timeStamp(nowMs)}`;
  let aside = stem;
  for (let count = 2; existsSync(aside) || existsSync(walFile(aside)); count += 1) aside = `${stem}-${count}`;
  for (const ending of parts) renameSync(`${path}${ending}`, `${aside}${ending}`);
  syncFolder(dirname(path));
  return aside;
}
