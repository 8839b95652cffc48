import type { GlusterVolume } from '../storage/gluster/volume-info.ts';
import { pathOf } from '../volumes/ownership.ts';
import { changes, type HeketiDump, type OperationEntry, operationTypes } from './document.ts';

/** What becomes of an unfinished operation of Heketi, with a sentence about it. */
export interface Fate {
  readonly operationId: string;
  readonly words: string;
  /** It is in the way: nothing is taken over. */
  readonly isFault?: boolean;
  /** This volume goes. */
  readonly deletesVolume?: string;
  /** This volume has grown by so many GiB. */
  readonly grows?: { readonly volumeId: string; readonly byGib: number };
  /** These bricks are not taken over: they are not there. */
  readonly omits?: readonly string[];
  /** These bricks are there, are part of no volume, and go. */
  readonly removes?: readonly string[];
}

/** What gluster says of a volume of the dump; undefined: it could not be asked, or has none of this name. */
export type GlusterOf = (volumeId: string) => GlusterVolume | undefined;

const { createVolume, deleteVolume, expandVolume, removeDevice, cloneVolume, evictBrick } = operationTypes;

/** The fate of each unfinished operation. Pure. */
export const fatesOf = (dump: HeketiDump, glusterOf: GlusterOf): Fate[] =>
  Object.entries(dump.pendingoperations).map(([id, operation]) => ({
    operationId: id,
    ...fateOf(dump, operation, glusterOf),
  }));

type Outcome = Omit<Fate, 'operationId'>;

const cleanUpFirst = 'clean it up in Heketi first: heketi-cli server operations cleanup';

function fateOf(dump: HeketiDump, operation: OperationEntry, glusterOf: GlusterOf): Outcome {
  switch (operation.Type) {
    case createVolume:
    case deleteVolume:
      return goingVolume(dump, operation);
    case expandVolume:
    case evictBrick:
      return settled(dump, operation, glusterOf);
    case removeDevice:
      return {
        words:
          'removing a device: the device stays in its state, with the bricks that are still on it; remove it again with `mortar device remove`',
      };
    case cloneVolume:
      return {
        words:
          'cloning a volume: the clone was never on record; a snapshot or clone may be left in gluster, `mortar doctor` shows it',
        omits: heldBricks(dump, operation.Id),
      };
    default:
      return {
        isFault: true,
        words: `operation of type ${operation.Type} (${describe(operation.Type)}): ${cleanUpFirst}`,
      };
  }
}

const describe = (type: number): string =>
  Object.entries(operationTypes)
    .find(([, number]) => number === type)?.[0]
    .replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`) ?? 'unknown';

const heldBricks = ({ brickentries }: HeketiDump, operationId: string): string[] =>
  Object.keys(brickentries).filter((id) => brickentries[id]?.Pending.Id === operationId);

/** As Heketi's own clean-up: an unfinished creation is undone, a deletion is completed. */
function goingVolume(dump: HeketiDump, { Id, Type }: OperationEntry): Outcome {
  const volume = Object.values(dump.volumeentries).find(({ Pending }) => Pending.Id === Id);
  const what = Type === createVolume ? 'creating' : 'deleting';
  if (volume === undefined)
    return { words: `${what} a volume: nothing of it is on record, so it is dropped` };
  const end = Type === createVolume ? 'what there is of it is removed' : 'the deletion is completed';
  return {
    deletesVolume: volume.Info.id,
    words: `${what} the volume ${volume.Info.name}: ${end} once you confirm the import`,
  };
}

/** Growing a volume, moving a brick: a brick that gluster has in the volume is kept, another one goes. */
function settled(dump: HeketiDump, operation: OperationEntry, glusterOf: GlusterOf): Outcome {
  const held = heldBricks(dump, operation.Id);
  const what = operation.Type === expandVolume ? 'growing a volume' : 'moving a brick';
  if (held.length === 0) return { words: `${what}: no brick of it is on record, so it is dropped` };
  const volumeId = volumeOf(dump, held[0] ?? '') ?? '';
  const name = dump.volumeentries[volumeId]?.Info.name ?? volumeId;
  const present = glusterOf(volumeId);
  if (present === undefined) {
    return {
      isFault: true,
      words: `${what}, ${name}: only gluster knows how far it came, and it could not be asked; let the nodes be asked, or ${cleanUpFirst}`,
    };
  }
  const paths = new Set(present.bricks.map(pathOf));
  const removes = held.filter((id) => !paths.has(dump.brickentries[id]?.Info.path ?? ''));
  if (operation.Type === evictBrick) {
    return { removes, words: `moving a brick of ${name}: gluster's brick is kept, ${goes(removes)}` };
  }
  if (removes.length === 0) return grown(operation, volumeId, name);
  if (removes.length === held.length)
    return { removes, words: `growing ${name}: gluster does not have the new bricks, ${goes(removes)}` };
  return {
    isFault: true,
    words: `growing ${name}: gluster has only some of the new bricks; ${cleanUpFirst}`,
  };
}

const goes = (removes: readonly string[]): string =>
  removes.length === 0
    ? 'nothing is left over'
    : `what is left over (${removes.join(', ')}) is removed once you confirm the import`;

function grown({ Actions }: OperationEntry, volumeId: string, name: string): Outcome {
  const byGib = Actions.find(({ Change }) => Change === changes.expandVolume)?.Delta ?? undefined;
  if (byGib === undefined)
    return { isFault: true, words: `growing ${name}: the dump does not say by how much; ${cleanUpFirst}` };
  return {
    grows: { volumeId, byGib },
    words: `growing ${name}: gluster has the new bricks, so it counts as grown by ${byGib} GiB; rebalance it: gluster volume rebalance ${name} start`,
  };
}

/** The volume of a brick; old dumps tell it only in the volume's list. */
export function volumeOf({ brickentries, volumeentries }: HeketiDump, brickId: string): string | undefined {
  const own = brickentries[brickId]?.Info.volume ?? '';
  if (own !== '') return own;
  return Object.keys(volumeentries).find((id) => volumeentries[id]?.Bricks.includes(brickId));
}
