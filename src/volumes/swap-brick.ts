import { AppError } from '../errors.ts';
import { isNotYet, notYet } from '../operations/failures.ts';
import type { Action, StepContext } from '../operations/kinds.ts';
import type { Gluster } from '../storage/gluster/gluster.ts';
import { inVolume, lookAtSet, type ReplacementParams, type SetLook } from './brick-set.ts';
import { GlusterCluster } from './gluster-cluster.ts';
import { judgeReplacement } from './judge-replacement.ts';

const lookAgainMs = 5000;

interface SwapTools {
  readonly gluster: Gluster;
  nowMs(): number;
}

/** Makes sure, before anything is made, that the set can do without the brick; waits for heals that are pending. */
export const checkReplacementAction = (tools: SwapTools): Action<ReplacementParams, null> => ({
  name: 'check-replacement',
  title: 'check that the rest of the brick set has all the data',
  async run(context, params) {
    const cluster = clusterOf(context, params, tools);
    const look = await lookAtSet(cluster, params, tools.gluster);
    assertPresent(look, params);
    try {
      assertExpendable(look, params, tools);
    } catch (thrown) {
      // Only when there is something to wait for: the command needs all peers, and a dead one is noticed late.
      if (thrown instanceof AppError && isNotYet(thrown))
        await cluster.run([tools.gluster.healPending(params.name)]);
      throw thrown;
    }
    return null;
  },
});

/**
 * Puts the new brick in the place of the old one, after a last look whether the set can do without it. What counts is
 * which of the two gluster lists; with the new one in, there is no way back (W13).
 */
export const swapBrickAction = (tools: SwapTools): Action<ReplacementParams, null> => ({
  name: 'swap-brick',
  title: 'put the new brick in the place of the old one',
  lanes: ({ clusterId }) => [`gluster:${clusterId}`],

  async run(context, params) {
    const cluster = clusterOf(context, params, tools);
    const before = await lookAtSet(cluster, params, tools.gluster);
    if (isSwapped(before, params)) return null;
    const old = assertPresent(before, params);
    assertExpendable(before, params, tools);
    try {
      await cluster.run([tools.gluster.replaceBrick(params.name, old, params.replacement)]);
    } catch (thrown) {
      if (!isSwapped(await lookAtSet(cluster, params, tools.gluster), params)) throw thrown;
    }
    return null;
  },

  async undo(context, params) {
    const cluster = clusterOf(context, params, tools);
    const volume = await cluster.look(params.name);
    if (volume === undefined || inVolume(volume, params.replacement) === undefined) return;
    return { isFinal: true, output: null };
  },
});

const clusterOf = (
  context: StepContext,
  { nodeIds }: ReplacementParams,
  { gluster }: SwapTools,
): GlusterCluster => new GlusterCluster(context, nodeIds, gluster);

const isSwapped = ({ volume }: SetLook, { replacement }: ReplacementParams): boolean =>
  inVolume(volume, replacement) !== undefined;

/** @returns what gluster calls the old brick. @throws AppError `gluster.failed`. */
function assertPresent({ volume }: SetLook, { name, old }: ReplacementParams): string {
  const present = inVolume(volume, old.name);
  if (present !== undefined) return present;
  throw new AppError(
    'gluster.failed',
    `gluster's volume ${name} has no brick ${old.name}: somebody else changed it; look at it with mortar doctor`,
  );
}

/** @throws AppError `brick.needed`; `operation.not_yet` while it may become possible by waiting. */
function assertExpendable(look: SetLook, params: ReplacementParams, tools: SwapTools): void {
  const judgement = judgeReplacement({
    durability: params.durability,
    old: look.member(params.old),
    others: params.others.map((other) => look.member(other)),
    isOldLost: params.isOldLost,
    acceptDataLoss: params.acceptDataLoss,
  });
  if (judgement.type === 'go') return;
  const isTimeLeft = params.healUntilMs === null || tools.nowMs() < params.healUntilMs;
  if (judgement.type === 'wait' && isTimeLeft) throw notYet(judgement.reason, lookAgainMs);
  throw new AppError('brick.needed', judgement.reason, { details: { brickId: params.old.brickId } });
}
