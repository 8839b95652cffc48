import { type Answer, runOffThread } from '../off-thread/run.ts';
import { type CheckQuery, contentChecks, countsQuery, fileChecks, versionQuery } from './queries.ts';

/** One thing that is wrong with a database file. */
export interface DatabaseProblem {
  readonly check: CheckQuery['name'];
  readonly text: string;
}

export interface ObjectCounts {
  readonly clusters: number;
  readonly nodes: number;
  readonly devices: number;
  readonly volumes: number;
  readonly bricks: number;
}

/** So many problems are told of one query; the rest is counted. */
const maxTold = 20;

export const queriesOf = (checks: readonly CheckQuery[]): string[] => checks.map(({ sql }) => sql);

/** The faults that checks found; `answers` belong to `checks` one for one. */
export function problemsOf(checks: readonly CheckQuery[], answers: readonly Answer[]): DatabaseProblem[] {
  return checks.flatMap(({ name }, index): DatabaseProblem[] => {
    const answer = answers[index];
    if (answer === undefined) return [];
    if ('failure' in answer) return [{ check: name, text: answer.failure.message }];
    const texts = (answer.rows as readonly { problem: string }[]).map(({ problem }) => problem);
    const more = texts.length - maxTold;
    return [...texts.slice(0, maxTold), ...(more > 0 ? [`… and ${more} more of this kind`] : [])].map(
      (text) => ({ check: name, text }),
    );
  });
}

/** The version that `versionQuery` found; 0 when it could not be asked. */
export function versionOf(answer: Answer | undefined): number {
  if (answer === undefined || 'failure' in answer) return 0;
  return (answer.rows[0] as { version: number | null } | undefined)?.version ?? 0;
}

const noObjects: ObjectCounts = { clusters: 0, nodes: 0, devices: 0, volumes: 0, bricks: 0 };

export function countsOf(answer: Answer | undefined): ObjectCounts {
  if (answer === undefined || 'failure' in answer) return noObjects;
  return (answer.rows[0] as ObjectCounts | undefined) ?? noObjects;
}

/** The state of a database file that nobody writes. */
export interface FileInspection {
  /** 0 when there is none. */
  readonly schemaVersion: number;
  readonly objects: ObjectCounts;
  readonly problems: readonly DatabaseProblem[];
}

/**
 * Looks for faults in a database file: pages, indexes and foreign keys; with `content` also what is written in it, which
 * takes the newest schema. Works in another thread; changes nothing. @throws when it cannot be read at all.
 */
export async function inspectFile(path: string, { content }: { content: boolean }): Promise<FileInspection> {
  const checks = content ? [...fileChecks, ...contentChecks] : fileChecks;
  const queries = [versionQuery, countsQuery, ...queriesOf(checks)];
  const { answers } = await runOffThread({ path, queries });
  const [version, counts, ...rest] = answers;
  return {
    schemaVersion: versionOf(version),
    objects: countsOf(counts),
    problems: problemsOf(checks, rest),
  };
}
