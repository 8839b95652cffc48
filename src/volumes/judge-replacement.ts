import type { BrickKind } from '../db/schema.ts';
import type { Durability } from '../lib/durability.ts';
import type { BrickHeal } from '../storage/gluster/heal-info.ts';

/** One brick of a set as gluster sees it at the moment. */
export interface SetMember extends Omit<BrickHeal, 'name'> {
  readonly brickId: string;
  /** For messages: `host:path`. */
  readonly name: string;
  readonly kind: BrickKind;
}

export interface SetState {
  readonly durability: Durability;
  readonly old: SetMember;
  readonly others: readonly SetMember[];
  /** The old brick's node or disk was declared lost: what only it had is gone already. */
  readonly isOldLost: boolean;
  /** The user's word that what only the old brick has may be given up, as far as nobody can read it now. */
  readonly acceptDataLoss: boolean;
}

export type Judgement =
  | { readonly type: 'go' }
  /** It will be possible once gluster has healed what is pending. */
  | { readonly type: 'wait'; readonly reason: string }
  | { readonly type: 'refuse'; readonly reason: string };

/**
 * Whether the rest of a set can do without a brick: enough bricks answer, one of them holds all the data, and nothing is
 * pending of which the old brick may be the only source. Stricter than Heketi (engine 5.6): also an entry pending between
 * two other bricks is waited for while the old brick can still help, and no word of the user lets go of a copy that can
 * be read and is the last good one (law 4).
 */
export function judgeReplacement(state: SetState): Judgement {
  return tooFew(state) ?? noWholeCopy(state) ?? undecided(state) ?? unhealed(state) ?? { type: 'go' };
}

/** How many of the other bricks must answer (engine 1.5). */
export function requiredPeers(durability: Durability): number {
  switch (durability.type) {
    case 'none':
      return 0;
    case 'replicate':
      return durability.replica < 3 ? 1 : Math.floor(durability.replica / 2) + 1;
    case 'disperse':
      return durability.data;
  }
}

function tooFew({ durability, old, others, acceptDataLoss }: SetState): Judgement | undefined {
  const online = others.filter(({ isConnected }) => isConnected).length;
  // One copy is enough to make another from, when its owner says that he knows; a disperse set needs its data bricks.
  const required = acceptDataLoss && durability.type === 'replicate' ? 1 : requiredPeers(durability);
  if (online >= required) return undefined;
  const away = others.filter(({ isConnected }) => !isConnected).map(({ name }) => name);
  return {
    type: 'refuse',
    reason: `Cannot replace brick ${old.brickId} as only ${online} of ${required} required peer bricks are online: bring back ${away.join(', ')}`,
  };
}

function noWholeCopy({ durability, old, others }: SetState): Judgement | undefined {
  if (durability.type !== 'replicate' || old.kind === 'arbiter') return undefined;
  if (others.some(({ isConnected, kind }) => isConnected && kind === 'data')) return undefined;
  return {
    type: 'refuse',
    reason: `Cannot replace brick ${old.brickId}: no other brick with data answers, it may hold the last copy`,
  };
}

/** With two copies nobody can tell whether the one that answers has all that was written. */
function undecided({ durability, old, isOldLost, acceptDataLoss }: SetState): Judgement | undefined {
  if (old.isConnected || isOldLost || acceptDataLoss) return undefined;
  if (durability.type !== 'replicate' || durability.replica > 2) return undefined;
  return {
    type: 'refuse',
    reason: `Cannot replace brick ${old.brickId}: it does not answer, and of two copies it may be the newer one. Bring its node back, or declare the node or the device lost`,
  };
}

function unhealed({ old, others, acceptDataLoss }: SetState): Judgement | undefined {
  // Nothing can be healed from a brick that does not answer; what is pending is what it lacks itself.
  if (!old.isConnected) return undefined;
  if (old.pendingEntries !== 0) {
    const count =
      old.pendingEntries === null ? 'an unknown number of entries is' : `${old.pendingEntries} entries are`;
    return {
      type: 'wait',
      reason: `Cannot replace brick ${old.brickId} as it is source brick for data to be healed: ${count} pending`,
    };
  }
  const pending = Math.max(0, ...others.map(({ pendingEntries }) => pendingEntries ?? 0));
  if (pending === 0 || acceptDataLoss) return undefined;
  return { type: 'wait', reason: `${pending} entries of its brick set are to be healed first` };
}
