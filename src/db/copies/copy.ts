import { closeSync, openSync, rmSync } from 'node:fs';
import {
  countsOf,
  type DatabaseProblem,
  type ObjectCounts,
  problemsOf,
  queriesOf,
  versionOf,
} from '../checks/inspect.ts';
import { countsQuery, fileChecks, versionQuery } from '../checks/queries.ts';
import { isDamage, toDatabaseError } from '../errors.ts';
import { runOffThread } from '../off-thread/run.ts';

/** What a fresh copy is like. */
export interface CopyFacts {
  readonly schemaVersion: number;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly objects: ObjectCounts;
  /** Faults of the copy, and so of its source. */
  readonly problems: readonly DatabaseProblem[];
}

/**
 * Makes a consistent copy of a database in a new file, durable, checked and with its checksum, while others read and write
 * the database. It works in another thread. What fails leaves no file behind.
 *
 * @throws AppError `database.unusable` (no room, damaged source, …); the system's error when the file is there already.
 */
export async function copyDatabase(from: string, to: string): Promise<CopyFacts> {
  // Made here: SQLite would let everybody read it.
  closeSync(openSync(to, 'wx', 0o600));
  try {
    const queries = [versionQuery, countsQuery, ...queriesOf(fileChecks)];
    const { answers, seal } = await runOffThread({ path: from, copyTo: to, queries });
    if (seal === undefined) throw new Error('the copy was not sealed');
    const [version, counts, ...rest] = answers;
    return {
      ...seal,
      schemaVersion: versionOf(version),
      objects: countsOf(counts),
      problems: problemsOf(fileChecks, rest),
    };
  } catch (thrown) {
    rmSync(to, { force: true });
    throw toDatabaseError(thrown, isDamage(thrown) ? from : to);
  }
}
