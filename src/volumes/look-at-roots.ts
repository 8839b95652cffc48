import { AppError } from '../errors.ts';
import type { StepContext } from '../operations/kinds.ts';
import { parseRootVersion, type RootVersion, readRootVersion } from '../storage/gluster/root-version.ts';
import type { PlannedMember, ReplacementParams } from './brick-set.ts';
import { judgeRoots, type RootsJudgement } from './judge-roots.ts';
import { pathOf } from './ownership.ts';

/** While clients write, a look may tell nothing; so often it is repeated. */
const looks = 5;
const pauseMs = 500;

/**
 * Asks the nodes themselves how far the new brick of a dispersed volume is healed.
 *
 * @param connected those of the other bricks that answer to gluster: nodes of others may be gone, and are waited for in vain.
 * @returns `unknown` also when clients never leave time for a look.
 */
export async function lookAtRoots(
  context: StepContext,
  params: ReplacementParams,
  connected: readonly PlannedMember[],
): Promise<Exclude<RootsJudgement, 'moving'>> {
  const { durability, replacement, replacementNodeId } = params;
  if (durability.type !== 'disperse') return 'unknown';
  const readNew = (): Promise<RootVersion | undefined> =>
    rootVersion(context, { name: replacement, nodeId: replacementNodeId });
  for (let look = 1; look <= looks; look += 1) {
    if (look > 1) await context.sleep(pauseMs);
    const before = await readNew();
    if (before === undefined) return 'unknown';
    const others = await Promise.all(connected.map((other) => rootVersion(context, other)));
    const after = await readNew();
    if (after === undefined) return 'unknown';
    const away = Array<undefined>(params.others.length - connected.length).fill(undefined);
    const judgement = judgeRoots({ before, others: [...others, ...away], after }, durability.data);
    if (judgement !== 'moving') return judgement;
  }
  return 'unknown';
}

/** Undefined where it cannot be read: what could be learned from it is not worth a failure. */
async function rootVersion(
  context: StepContext,
  { name, nodeId }: { readonly name: string; readonly nodeId?: string | undefined },
): Promise<RootVersion | undefined> {
  if (nodeId === undefined) return undefined;
  try {
    const [answer] = await context.execOn(nodeId, [readRootVersion(pathOf(name))]);
    return parseRootVersion(answer?.stdout ?? '');
  } catch (thrown) {
    if (!(thrown instanceof AppError) || context.signal.aborted) throw thrown;
    return undefined;
  }
}
