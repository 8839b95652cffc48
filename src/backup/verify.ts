import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type DatabaseProblem, inspectFile, type ObjectCounts } from '../db/checks/inspect.ts';
import { type Database, openDatabase } from '../db/database.ts';
import { latestVersion } from '../db/migrations/all.ts';
import type { Reads } from '../db/queries.ts';
import type { Clock } from '../lib/clock.ts';
import { newId } from '../lib/ids.ts';

/** What a look at the nodes found, in words. */
interface NodeFinding {
  readonly text: string;
}

/** Looks at the nodes and tells how they differ from what the database says. */
export type Compare = (reads: Reads) => Promise<readonly NodeFinding[]>;

export interface VerifyOptions {
  readonly clock: Clock;
  /** Where the scratch database is made; needs as much room as the copy. */
  readonly scratchFolder: string;
  /** Compares what the backup says with what is on the nodes. */
  readonly compare?: Compare;
}

export interface VerifyReport {
  /** The schema that the copy has; 0 when it could not be read. */
  readonly schemaVersion: number;
  readonly objects: ObjectCounts;
  /** Empty: it can be restored. */
  readonly problems: readonly DatabaseProblem[];
  /** Differences from the nodes; undefined when they were not looked at. */
  readonly findings: readonly NodeFinding[] | undefined;
}

/**
 * Restores a copy into a scratch database and looks at it as at a real one: pages, foreign keys, migration to the schema
 * of this program, sums and links, and, when asked, the nodes. The copy is not changed.
 */
export async function verifyCopy(path: string, options: VerifyOptions): Promise<VerifyReport> {
  const scratch = join(options.scratchFolder, `.mortar-verify-${newId()}`);
  await mkdir(scratch, { recursive: true, mode: 0o700 });
  try {
    const file = join(scratch, 'scratch.db');
    await copyFile(path, file);
    return await verifyScratch(file, options);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const unreadable = (thrown: unknown, path: string): VerifyReport => ({
  schemaVersion: 0,
  objects: { clusters: 0, nodes: 0, devices: 0, volumes: 0, bricks: 0 },
  problems: [
    {
      check: 'integrity',
      text: (thrown as Error).message.replaceAll(path, 'the copy').replaceAll('\n', ' '),
    },
  ],
  findings: undefined,
});

async function verifyScratch(file: string, { clock, compare }: VerifyOptions): Promise<VerifyReport> {
  const raw = await inspectFile(file, { content: false }).catch((thrown: unknown) =>
    unreadable(thrown, file),
  );
  if (raw.problems.length > 0) return { ...raw, findings: undefined };
  // Opening blocks: a copy of a manager's own is of the newest schema and needs none.
  const isOpened = raw.schemaVersion !== latestVersion || compare !== undefined;
  let findings: readonly NodeFinding[] | undefined;
  if (isOpened) {
    const database = openOrExplain(file, clock);
    if (!('read' in database)) return database;
    findings = await lookAtNodes(database, compare);
  }
  const { problems } = await inspectFile(file, { content: true });
  return { ...raw, problems, findings };
}

/** The scratch database with the newest schema; a report when it cannot be had. */
function openOrExplain(file: string, clock: Clock): Database | VerifyReport {
  try {
    return openDatabase({ path: file, clock });
  } catch (thrown) {
    return unreadable(thrown, file);
  }
}

async function lookAtNodes(
  database: Database,
  compare: Compare | undefined,
): Promise<readonly NodeFinding[] | undefined> {
  try {
    return await compare?.(database.read);
  } finally {
    await database.close();
  }
}
