import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Catalogue } from './backup/catalogue.ts';
import { fetchSource, findSource, restoreDatabase } from './backup/restore.ts';
import type { BackupTarget } from './backup/target.ts';
import { type VerifyReport, verifyCopy } from './backup/verify.ts';
import type { Config } from './config/config.ts';
import { createBackupTarget } from './create-backups.ts';
import { AppError } from './errors.ts';
import { systemClock } from './lib/clock.ts';
import { loadOfflineConfig, type OfflineFlags } from './offline-config.ts';

interface SourceFlags extends OfflineFlags {
  readonly withoutChecksum?: boolean;
}

export interface CommandOutput {
  readonly isJson: boolean;
  write(text: string): unknown;
}

const clock = systemClock;

/** Works with the place of backups that the configuration names. */
async function withTarget(
  flags: OfflineFlags,
  work: (target: BackupTarget, config: Config) => Promise<void>,
): Promise<void> {
  const config = loadOfflineConfig(flags);
  const target = createBackupTarget(config);
  try {
    await work(target, config);
  } finally {
    target.close();
  }
}

/** `mortar backup files`: what is at the place of backups, without a server. */
export const listBackupFiles = (flags: OfflineFlags, output: CommandOutput): Promise<void> =>
  withTarget(flags, async (target) => {
    const backups = await new Catalogue(target).list();
    if (output.isJson) {
      output.write(JSON.stringify({ place: target.description, backups }));
      return;
    }
    output.write(`${target.description}: ${backups.length} backups\n`);
    for (const { manifest, fault } of backups) {
      const { id, createdAt, schemaVersion, objects } = manifest;
      const state = fault ?? `schema ${schemaVersion}, ${objects.volumes} volumes, ${objects.nodes} nodes`;
      output.write(`${createdAt}  ${id}  ${state}\n`);
    }
  });

/**
 * `mortar backup verify`: restores a backup into a scratch database and tells what is wrong.
 *
 * @throws AppError `backup.damaged` when something is.
 */
export const verifyBackup = (wanted: string, flags: SourceFlags, output: CommandOutput): Promise<void> =>
  withTarget(flags, async (target) => {
    const folder = await mkdtemp(join(tmpdir(), 'mortar-verify-'));
    try {
      const source = await findSource(wanted, target);
      const path = join(folder, 'copy.db');
      await fetchSource(source, path, { withoutChecksum: flags.withoutChecksum === true });
      const report = await verifyCopy(path, { clock, scratchFolder: folder });
      output.write(
        output.isJson ? JSON.stringify({ name: source.name, ...report }) : describe(source, report),
      );
      if (report.problems.length > 0)
        throw new AppError('backup.damaged', `${source.name}: ${report.problems.length} faults were found`);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

function describe(
  { name, manifest }: { name: string; manifest: unknown },
  { schemaVersion, objects, problems }: VerifyReport,
): string {
  const counts = Object.entries(objects).map(([what, count]) => `${count} ${what}`);
  const verdict =
    problems.length === 0
      ? ['It was restored into a scratch database: integrity, foreign keys and contents are sound.']
      : ['Restored into a scratch database it shows faults:', ...problems.map(({ text }) => `  ${text}`)];
  const sum = manifest === undefined ? 'no checksum is known' : 'the checksum is right';
  return `${[`${name}: ${sum}; schema version ${schemaVersion}; ${counts.join(', ')}`, ...verdict].join('\n')}\n`;
}

/** `mortar backup restore`. @throws AppError `database.unusable` while a manager has the database; `backup.damaged`. */
export const restoreBackup = (
  wanted: string,
  flags: SourceFlags & { readonly to?: string },
  output: CommandOutput,
): Promise<void> =>
  withTarget(flags, async (target, config) => {
    const path = resolve(flags.to ?? config.database.path);
    const source = await findSource(wanted, target);
    const withoutChecksum = flags.withoutChecksum === true;
    const report = await restoreDatabase({ source, databasePath: path, withoutChecksum, clock });
    if (output.isJson) {
      output.write(JSON.stringify({ name: source.name, path, ...report, putAside: report.putAside ?? null }));
      return;
    }
    const { objects, problems, putAside } = report;
    const lines = [
      `${path} is now ${source.name}, with ${objects.volumes} volumes on ${objects.nodes} nodes.`,
      putAside === undefined
        ? 'There was no database before.'
        : `The database that was there is kept as ${putAside}.`,
      ...problems.map(({ text }) => `Look at this: ${text}`),
      'What was done since the backup is not on record. Start the manager: it resumes nothing that was unfinished in the',
      'backup before the database is reconciled with the nodes. When it is: mortar backup confirm',
    ];
    output.write(`${lines.join('\n')}\n`);
  });
