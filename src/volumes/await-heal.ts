import { AppError } from '../errors.ts';
import { notYet } from '../operations/failures.ts';
import type { Action, StepContext } from '../operations/kinds.ts';
import type { Gluster } from '../storage/gluster/gluster.ts';
import { lookAtSet, type PlannedMember, type ReplacementParams } from './brick-set.ts';
import { GlusterCluster } from './gluster-cluster.ts';
import { requiredPeers } from './judge-replacement.ts';
import { lookAtRoots } from './look-at-roots.ts';

interface HealTools {
  readonly gluster: Gluster;
  nowMs(): number;
}

/** So many looks after the first must find that nothing is pending. */
interface Calm {
  readonly looks: number;
  readonly pauseMs: number;
}

/** Between two files of a directory gluster may have nothing noted. */
const short: Calm = { looks: 1, pauseMs: 1000 };

/** The first look may be older than the comparison of the top folders, so it does not count. */
const afterComparison: Calm = { looks: 2, pauseMs: 1000 };

/** When nothing but time can tell: seen were 2.7 seconds in which an empty brick was not noted. */
const long: Calm = { looks: 7, pauseMs: 2000 };

/** The more is left, the longer until the next look: a look lists every entry. */
const waits = [
  { upToEntries: 100, waitMs: 2000 },
  { upToEntries: 10_000, waitMs: 5000 },
  { upToEntries: Number.POSITIVE_INFINITY, waitMs: 30_000 },
];

/**
 * Waits until gluster has filled the new brick from the others; looks only, so it can begin again at any time.
 *
 * Of a replicated set gluster notes, while it takes the new brick in, that its top folder is to be healed. Of a dispersed set
 * it notes nothing before a self-heal daemon has reached the new brick: until then it says that nothing is pending while the
 * brick is empty, for as long as the daemons are slow or stand still. So its word counts only when the top folder of the new
 * brick has caught up with those of the others (`judgeRoots`). Where that cannot be told, a longer calm has to do: a volume
 * that nobody has written to, nodes that cannot be asked, clients that change the top folder all the time, journals of
 * earlier versions.
 */
export const awaitHealAction = (tools: HealTools): Action<ReplacementParams, null> => ({
  name: 'await-heal',
  title: 'wait until the new brick has all the data',
  async run(context, params) {
    const { gluster } = tools;
    const cluster = new GlusterCluster(context, params.nodeIds, gluster);
    const look = async (): Promise<Left> => {
      const left = await entriesLeft(cluster, params, gluster);
      return left.entries > 0 || left.obstacle !== undefined ? giveUp(left) : left;
    };
    const giveUp = async (left: Left): Promise<never> => {
      // A daemon that met an obstacle would look again only after ten minutes.
      await cluster.run([gluster.healPending(params.name)]);
      throw unhealed(left, params, tools.nowMs());
    };
    const first = await look();
    const calm = await calmFor(context, params, first.sources);
    if (calm === undefined) return giveUp({ ...first, obstacle: 'gluster has not begun to fill it' });
    for (let looks = 0; looks < calm.looks; looks += 1) {
      await context.sleep(calm.pauseMs);
      await look();
    }
    return null;
  },
});

/** @returns undefined when "nothing pending" is certainly not true. */
async function calmFor(
  context: StepContext,
  params: ReplacementParams,
  sources: readonly PlannedMember[],
): Promise<Calm | undefined> {
  if (params.durability.type !== 'disperse') return short;
  const judgement = await lookAtRoots(context, params, sources);
  if (judgement === 'behind') return undefined;
  return judgement === 'healed' ? afterComparison : long;
}

interface Left {
  readonly entries: number;
  /** Why the count says nothing. */
  readonly obstacle?: string;
  /** The other bricks of the set that answer. */
  readonly sources: readonly PlannedMember[];
}

async function entriesLeft(
  cluster: GlusterCluster,
  params: ReplacementParams,
  gluster: Gluster,
): Promise<Left> {
  const look = await lookAtSet(cluster, params, gluster);
  const planned: PlannedMember = { ...params.old, name: params.replacement };
  const incoming = look.member(planned);
  const sources = params.others.filter((other) => look.member(other).isConnected);
  const blocked = (obstacle: string): Left => ({ entries: 0, obstacle, sources });
  if (!incoming.isConnected) return blocked(`the new brick ${incoming.name} does not answer`);
  const required = params.acceptDataLoss ? 1 : requiredPeers(params.durability);
  if (sources.length < required) return blocked(`only ${sources.length} of ${required} other bricks answer`);
  const counts = sources.map((source) => look.member(source).pendingEntries);
  if (counts.includes(null)) return blocked('gluster does not tell what is left');
  return { entries: Math.max(0, ...counts.map((count) => count ?? 0)), sources };
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
