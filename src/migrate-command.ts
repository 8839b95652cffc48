import { tmpdir } from 'node:os';
import { type MigrationReport, migrateFile, tryMigration } from './db/migrate-file.ts';
import { latestVersion } from './db/migrations/all.ts';
import { AppError } from './errors.ts';
import { systemClock } from './lib/clock.ts';
import { loadOfflineConfig, type OfflineFlags } from './offline-config.ts';

interface MigrateFlags extends OfflineFlags {
  readonly dryRun?: boolean;
}

interface Output {
  write(text: string): unknown;
}

const listOf = ({ ran }: MigrationReport): string[] => ran.map(({ version, name }) => `  ${version} ${name}`);

function describe(path: string, report: MigrationReport, isDryRun: boolean): string[] {
  const { from, to, ran, copy, problems } = report;
  if (ran.length === 0) return [`${path} has schema version ${from}, the newest: nothing to do.`];
  const faults = problems.map(({ text }) => `  ${text}`);
  if (!isDryRun) {
    const lines = [`${path} was migrated from schema version ${from} to ${to}:`, ...listOf(report)];
    return [...lines, `The database as it was before: ${copy}`, ...faults];
  }
  return [
    `${path} has schema version ${from}; this Mortar has ${latestVersion}. It would run:`,
    ...listOf(report),
    problems.length === 0
      ? 'On a scratch copy that went well: integrity, foreign keys and contents are sound.'
      : 'On a scratch copy that leaves faults:',
    ...faults,
    'The database was not changed.',
  ];
}

/** `mortar migrate`. @throws AppError `config.invalid`, `database.unusable`; also when faults are found. */
export async function runMigrate(flags: MigrateFlags, isJson: boolean, output: Output): Promise<void> {
  const { path } = loadOfflineConfig(flags).database;
  const nowMs = systemClock.now();
  const isDryRun = flags.dryRun === true;
  const report = await (isDryRun
    ? tryMigration(path, { nowMs, scratchFolder: tmpdir() })
    : migrateFile(path, nowMs));
  output.write(
    isJson ? JSON.stringify({ path, ...report }) : `${describe(path, report, isDryRun).join('\n')}\n`,
  );
  if (report.problems.length > 0)
    throw new AppError('database.unusable', `${path}: ${report.problems.length} faults were found`);
}
