import { existsSync } from 'node:fs';
import { open, readFile, rm, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { chooseExecutor } from './choose-executor.ts';
import type { Config } from './config/config.ts';
import { loadConfig } from './config/load-config.ts';
import { systemInput } from './config/system-input.ts';
import { openDatabase } from './db/database.ts';
import type { Finding } from './doctor/finding.ts';
import { AppError } from './errors.ts';
import { readInventory } from './heketi/inventory.ts';
import { passwordsIn } from './heketi/passwords.ts';
import type { Fate } from './heketi/pending.ts';
import { dumpText } from './heketi/to-dump.ts';
import { type ImportReport, importHeketi, type NodeTools } from './heketi-import.ts';
import { systemClock } from './lib/clock.ts';
import { loadOfflineConfig, type OfflineFlags } from './offline-config.ts';
import { storageCommands } from './settings.ts';

export interface ImportFlags extends OfflineFlags {
  readonly check?: boolean;
  readonly dryRun?: boolean;
  readonly withoutNodes?: boolean;
  readonly leaveOutClones?: boolean;
}

export interface ExportFlags extends OfflineFlags {
  readonly passwordsFrom?: string;
}

interface Output {
  readonly isJson: boolean;
  write(text: string): unknown;
  warn(text: string): unknown;
}

const clock = systemClock;

/** @throws AppError `request.invalid` naming the file. */
async function readDumpFile(path: string): Promise<string> {
  try {
    return await readFile(path === '-' ? '/dev/stdin' : path, 'utf8');
  } catch (thrown) {
    throw new AppError('request.invalid', `the dump cannot be read: ${(thrown as Error).message}`);
  }
}

function nodeTools(config: Config): NodeTools {
  const { nodesAtOnce, nodeTimeoutSeconds } = config.doctor;
  return {
    executor: (reads) => chooseExecutor(config, reads),
    commands: storageCommands(config),
    mountSettings: config.mounts,
    poolLimitPercent: config.lvm.poolLimitPercent,
    settings: { nodesAtOnce, deadlineMs: nodeTimeoutSeconds * 1000 },
  };
}

/**
 * `mortar import heketi DUMP`. @throws AppError `import.refused` with all faults, `config.invalid`, `request.conflict`,
 * `database.unusable`.
 */
export async function runImport(path: string, flags: ImportFlags, output: Output): Promise<void> {
  const { config: file, db, check = false, dryRun = false, withoutNodes = false } = flags;
  if (check && withoutNodes)
    throw new AppError('request.invalid', '--check asks the nodes: leave --without-nodes out');
  const config = withoutNodes
    ? loadOfflineConfig(flags)
    : loadConfig(systemInput({ config: file, db })).config;
  const report = await importHeketi({
    databasePath: config.database.path,
    name: basename(path),
    text: await readDumpFile(path),
    clock,
    defaults: { averageFileKib: config.bricks.averageFileSizeKib, zoneChecking: config.volumes.zoneChecking },
    leaveOutClones: flags.leaveOutClones === true,
    nodes: withoutNodes ? undefined : nodeTools(config),
    isChecked: check,
    isDryRun: dryRun,
  });
  output.write(
    output.isJson
      ? JSON.stringify(summaryOf(report))
      : `${describe(config.database.path, report).join('\n')}\n`,
  );
}

const countsOf = ({ taken }: ImportReport) => ({
  clusters: taken.clusters.length,
  nodes: taken.nodes.length,
  devices: taken.devices.length,
  volumes: taken.volumes.length,
  bricks: taken.bricks.length,
  block_volumes: taken.blockVolumes.length,
});

const summaryOf = (report: ImportReport) => ({
  done: report.isDone,
  ...countsOf(report),
  pending: report.taken.fates.map(({ operationId, words }) => ({ id: operationId, fate: words })),
  notes: report.notes,
  findings: report.findings?.map(({ kind, severity, object, evidence }) => ({
    kind,
    severity,
    object,
    evidence,
  })),
});

function describe(path: string, report: ImportReport): string[] {
  const { isDone, taken, notes, findings } = report;
  const counts = Object.entries(countsOf(report)).map(
    ([what, count]) => `${count} ${what.replace('_', ' ')}`,
  );
  return [
    isDone ? `${path} now holds ${counts.join(', ')}.` : `It would take over ${counts.join(', ')}.`,
    ...section(
      'What Heketi left unfinished:',
      taken.fates.map((fate) => `${fate.operationId}: ${fate.words}`),
    ),
    ...section('To be known:', notes),
    ...(findings === undefined ? [] : describeFindings(findings)),
    ...(isDone ? nextSteps(taken.fates.some(isWaiting)) : ['Nothing was written.']),
  ];
}

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];

/** What Heketi never wrote on the nodes is missing everywhere; it is told in one line. */
function describeFindings(findings: readonly Finding[]): string[] {
  const told = findings.filter(({ severity }) => severity !== 'info');
  const rest = findings.length - told.length;
  const sum =
    rest === 0
      ? []
      : [`  and ${rest} of the weight info: what Mortar writes on nodes is not there yet, mostly`];
  if (told.length === 0) return ['The nodes agree with the dump.', ...sum];
  const lines = told.map(({ severity, object, evidence }) => `  ${severity}: ${object}: ${evidence}`);
  return [`${told.length} differences from the nodes:`, ...lines, ...sum];
}

/** It has to go, and goes only when somebody says so. */
const isWaiting = ({ deletesVolume, removes }: Fate): boolean =>
  deletesVolume !== undefined || (removes ?? []).length > 0;

const nextSteps = (hasWaiting: boolean): string[] => [
  'Look at it beside the old server: HEKETI_DEFAULT_STATE=read-only mortar serve. See docs/migrating-from-heketi.md.',
  'After the switch let Mortar write its marks on the nodes, before which it deletes no volume of Heketi: mortar doctor --fix --all-safe',
  ...(hasWaiting
    ? [
        'What was unfinished waits until the old server has ended for good and you say so: mortar backup confirm',
      ]
    : []),
];

/** @throws AppError `request.invalid` when the file is there already or cannot be written. */
async function writeDumpFile(path: string, chunks: Iterable<string>): Promise<void> {
  const file = await open(path, 'wx', 0o600).catch((thrown: Error) => {
    throw new AppError(
      'request.invalid',
      `the dump cannot be written: ${thrown.message}. Name a file that is not there yet, in a folder that can be written`,
    );
  });
  try {
    await writeFile(file, chunks);
    await file.sync();
  } catch (thrown) {
    await rm(path, { force: true });
    throw new AppError(
      'request.invalid',
      `the dump cannot be written whole to ${path}: ${(thrown as Error).message}`,
    );
  } finally {
    await file.close();
  }
}

/**
 * `mortar export heketi [FILE]`: a dump that Heketi imports.
 *
 * @throws AppError `request.invalid`, `database.unusable`; while a manager has the database, which serves it as `/db/dump`.
 */
export async function runExport(path: string | undefined, flags: ExportFlags, output: Output): Promise<void> {
  const config = loadOfflineConfig(flags);
  if (!existsSync(config.database.path))
    throw new AppError('database.unusable', `there is no database at ${config.database.path}`);
  const passwords =
    flags.passwordsFrom === undefined ? undefined : passwordsIn(await readDumpFile(flags.passwordsFrom));
  const database = openDatabase({ path: config.database.path, clock });
  try {
    const inventory = await readInventory(database.read);
    const chunks = dumpText(inventory, passwords);
    if (path === undefined) for (const chunk of chunks) output.write(chunk);
    else await writeDumpFile(path, chunks);
    for (const { kind, id } of inventory.operations)
      output.warn(
        `the operation ${id} (${kind}) has not ended: Heketi will clean it up, as far as it knows such a thing\n`,
      );
    for (const { id, name } of inventory.leftOut)
      output.warn(
        `the volume ${id} (${name}) was made by others and is managed here: Heketi has no record for such a thing; it is left out, and stays on the nodes as it is\n`,
      );
    const silent = inventory.blockVolumes.filter(({ id, auth }) => auth && passwords?.get(id) === undefined);
    if (silent.length > 0)
      output.warn(
        `the passwords of ${silent.length} block volumes are on the nodes only; take them from the dump that was imported: --passwords-from DUMP\n`,
      );
  } finally {
    await database.close();
  }
}
