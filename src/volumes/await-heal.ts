import { AppError } from '../errors.ts';
import { notYet } from '../operations/failures.ts';
import type { Action } from '../operations/kinds.ts';
import type { Gluster } from '../storage/gluster/gluster.ts';
import { lookAtSet, type PlannedMember, type ReplacementParams } from './brick-set.ts';
import { GlusterCluster } from './gluster-cluster.ts';
import { requiredPeers } from './judge-replacement.ts';

interface HealTools {
  readonly gluster: Gluster;
  nowMs(): number;
}

/**
 * Nothing pending must be seen so often in a row: between two files of a directory gluster may have nothing noted. Of a
 * dispersed set nothing at all is noted before the self-heal daemon has reached the new brick; seen were 2.7 seconds in which
 * the new brick was empty and gluster 10 said that there was nothing to heal.
 */
const calm = {
  none: { looks: 2, pauseMs: 1000 },
  replicate: { looks: 2, pauseMs: 1000 },
  disperse: { looks: 8, pauseMs: 2000 },
} as const;

/** The more is left, the longer until the next look: a look lists every entry. */
const waits = [
  { upToEntries: 100, waitMs: 2000 },
  { upToEntries: 10_000, waitMs: 5000 },
  { upToEntries: Number.POSITIVE_INFINITY, waitMs: 30_000 },
];

/** Waits until gluster has filled the new brick from the others; looks only, so it can begin again at any time. */
export const awaitHealAction = (tools: HealTools): Action<ReplacementParams, null> => ({
  name: 'await-heal',
  title: 'wait until the new brick has all the data',
  async run(context, params) {
    const { gluster } = tools;
    const cluster = new GlusterCluster(context, params.nodeIds, gluster);
    const wanted = calm[params.durability.type];
    for (let looks = 1; ; looks += 1) {
      const left = await entriesLeft(cluster, params, gluster);
      if (left.entries > 0 || left.obstacle !== undefined) {
        // A daemon that met an obstacle would look again only after ten minutes.
        await cluster.run([gluster.healPending(params.name)]);
        throw unhealed(left, params, tools.nowMs());
      }
      if (looks === wanted.looks) return null;
      await context.sleep(wanted.pauseMs);
    }
  },
});

interface Left {
  readonly entries: number;
  /** Why the count says nothing. */
  readonly obstacle?: string;
}

async function entriesLeft(
  cluster: GlusterCluster,
  params: ReplacementParams,
  gluster: Gluster,
): Promise<Left> {
  const look = await lookAtSet(cluster, params, gluster);
  const planned: PlannedMember = { ...params.old, name: params.replacement };
  const incoming = look.member(planned);
  const others = params.others.map((other) => look.member(other)).filter(({ isConnected }) => isConnected);
  if (!incoming.isConnected)
    return { entries: 0, obstacle: `the new brick ${incoming.name} does not answer` };
  const required = params.acceptDataLoss ? 1 : requiredPeers(params.durability);
  if (others.length < required) {
    return { entries: 0, obstacle: `only ${others.length} of ${required} other bricks answer` };
  }
  const counts = others.map(({ pendingEntries }) => pendingEntries);
  if (counts.includes(null)) return { entries: 0, obstacle: 'gluster does not tell what is left' };
  return { entries: Math.max(0, ...counts.map((count) => count ?? 0)) };
}

function unhealed({ entries, obstacle }: Left, params: ReplacementParams, nowMs: number): AppError {
  const reason = obstacle ?? `${entries} ${entries === 1 ? 'entry' : 'entries'} left to heal`;
  if (params.healUntilMs !== null && nowMs >= params.healUntilMs) {
    return new AppError(
      'gluster.heal_slow',
      `the new brick ${params.replacement} is still not healed: ${reason}. The old brick is kept; look at gluster volume heal ${params.name} info`,
      { details: { entries } },
    );
  }
  const { waitMs } = waits.find(({ upToEntries }) => entries <= upToEntries) ?? { waitMs: 1000 };
  return notYet(reason, waitMs);
}
