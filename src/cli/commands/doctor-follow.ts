import type { Finding, MendStart, Operation } from '../../client/wire-types.ts';
import { failure } from '../exit-error.ts';
import type { Run } from '../run.ts';
import { countOf } from '../screen/wording.ts';

/** Findings by the beginnings of their ids. @throws ExitError for a beginning that none or several have. */
export function chosen(findings: readonly Finding[], ids: readonly string[]): Finding[] {
  return ids.map((id) => {
    const [found, ...others] = findings.filter((finding) => finding.id.startsWith(id));
    if (found === undefined) throw failure(`there is no finding ${id} (any more)`);
    if (others.length > 0) throw failure(`several findings begin with ${id}: write more of the id`);
    return found;
  });
}

/**
 * Waits for what was started, and tells what became of each.
 *
 * @param titles what each finding is about, by its id.
 * @throws ExitError when one of them was refused or failed.
 */
export async function followAll(
  run: Run,
  started: readonly MendStart[],
  titles: ReadonlyMap<string, string>,
): Promise<void> {
  const outcomes: { finding: string; operation: string | null; error: string | null }[] = [];
  for (const { finding, operation, refused } of started) {
    const error = operation === null ? (refused ?? 'refused') : await endOf(run, operation);
    outcomes.push({ finding, operation, error });
    if (run.isJson) continue;
    const word = error === null ? run.style.good('mended') : run.style.bad('failed');
    run.print(`${word}  ${titles.get(finding) ?? finding}${error === null ? '' : `: ${error}`}\n`);
  }
  if (run.isJson) run.printJson({ outcomes });
  const failed = outcomes.filter(({ error }) => error !== null).length;
  if (failed > 0) throw failure(`${failed} of ${countOf(outcomes.length, 'finding')} could not be mended`);
}

/** @returns why the operation failed; null when it is done. */
async function endOf(run: Run, id: string): Promise<string | null> {
  const ended: Operation = await run.waitQuietly((options) => {
    options.onAccepted?.(id);
    return run.client.operations.watch(id, () => undefined, { signal: options.signal });
  });
  return ended.state === 'done' ? null : (ended.error?.message ?? `the operation ${id} is ${ended.state}`);
}
