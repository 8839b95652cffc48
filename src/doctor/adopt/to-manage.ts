import type { NodeRecord } from '../../db/nodes.ts';
import type { FolderFate } from '../../db/schema.ts';
import { AppError } from '../../errors.ts';
import { brickPlace, type Durability, dataBricks } from '../../lib/durability.ts';
import { groupBy } from '../../lib/group-by.ts';
import { kibToGib } from '../../lib/sizes.ts';
import type { NodeAccess } from '../../operations/node-access.ts';
import { fileSystemSizes, parseFileSystemSizes } from '../../storage/filesystem/files.ts';
import type { VolumeToManage } from '../../volumes/manage-volume.ts';
import { pathOf } from '../../volumes/ownership.ts';
import type { FoundVolume } from './discover.ts';

type ManagedBrick = VolumeToManage['bricks'][number];

/** A found volume as it is to be recorded. @throws AppError `request.conflict` naming what stands in the way, and the remedy. */
export function assertManageable(volume: FoundVolume): {
  readonly durability: Durability;
  readonly bricks: readonly ManagedBrick[];
} {
  const obstacles = volume.obstacles.filter(({ to }) => to === 'manage');
  const { durability, bricks } = volume;
  if (obstacles.length === 0 && durability !== null)
    return {
      durability,
      bricks: bricks.map(({ name, nodeId }, index) => ({
        nodeId: nodeId ?? '',
        name,
        ...brickPlace(durability, index),
      })),
    };
  const words = obstacles.map((obstacle) => `${obstacle.words}: ${obstacle.remedy}`);
  throw new AppError('request.conflict', words.join('; ') || `${volume.name} is not there at the moment`);
}

/**
 * The room of a volume in whole GiB, at least 1: each set has that of its smallest brick's file system, as gluster counts it.
 *
 * @throws AppError what the nodes fail with; `node.strange_answer`.
 */
export async function sizeOnNodes(
  { durability, bricks }: { readonly durability: Durability; readonly bricks: readonly ManagedBrick[] },
  nodes: readonly NodeRecord[],
  look: { readonly access: NodeAccess; readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<number> {
  const sizes = new Map<ManagedBrick, number>();
  for (const [nodeId, own] of groupBy(bricks, (brick) => brick.nodeId)) {
    const address = nodes.find(({ id }) => id === nodeId)?.manageNames[0] ?? '';
    const paths = own.map(({ name }) => pathOf(name));
    const [answer] = await look.access.look({ nodeId, address }, [fileSystemSizes(paths)], look);
    const answers = parseFileSystemSizes(answer?.stdout ?? '');
    for (const [index, brick] of own.entries()) sizes.set(brick, answers[index] ?? 0);
  }
  const sets = [...groupBy(bricks, ({ setIndex }) => setIndex).values()];
  const roomKib = sets.reduce((sum, set) => {
    const smallest = Math.min(
      ...set.filter(({ kind }) => kind === 'data').map((brick) => sizes.get(brick) ?? 0),
    );
    return sum + smallest * dataBricks(durability);
  }, 0);
  return Math.max(1, kibToGib(roomKib));
}

/** What the system needs: nobody's brick folder is emptied there. */
const systemFolders = [
  '/bin',
  '/boot',
  '/dev',
  '/etc',
  '/lib',
  '/proc',
  '/root',
  '/run',
  '/sbin',
  '/sys',
  '/usr',
  '/var/lib/glusterd',
];

/**
 * Makes sure that brick folders can be emptied with the volume without touching anything else.
 *
 * @param others bricks of gluster's other volumes.
 * @throws AppError `request.invalid` that names the folder.
 */
export function assertFolders(
  folders: FolderFate,
  bricks: readonly ManagedBrick[],
  others: readonly { readonly nodeId: string | null; readonly name: string }[],
): void {
  if (folders === 'keep') return;
  const all = [...bricks, ...others];
  for (const brick of bricks) {
    const path = pathOf(brick.name);
    const neighbour = all.find(
      (other) => other !== brick && other.nodeId === brick.nodeId && isAround(path, pathOf(other.name)),
    );
    if (neighbour !== undefined)
      throw tooWide(brick.name, `${neighbour.name}, a brick of gluster too, is in it or around it`);
    const isDeep =
      /^(?:\/[^/]+){2,}$/.test(path) && !path.split('/').some((word) => word === '..' || word === '.');
    if (!isDeep || systemFolders.some((folder) => isAround(folder, path)))
      throw tooWide(brick.name, 'it is right below / or a folder of the system');
  }
}

const isWithin = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);
const isAround = (a: string, b: string): boolean => isWithin(a, b) || isWithin(b, a);

const tooWide = (brick: string, why: string): AppError =>
  new AppError(
    'request.invalid',
    `folders: "remove": ${brick} cannot be emptied when the volume is deleted: ${why}; use "keep"`,
    { details: { field: 'folders', value: 'remove' } },
  );
