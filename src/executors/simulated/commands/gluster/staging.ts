/**
 * What glusterd checks before bricks become part of a volume. It marks the directories while it checks, brick by brick,
 * and leaves the marks when a later brick is refused: such a directory is "already part of a volume" ever after.
 */
import { newFolder, putEntry } from '../../world/file-tree.ts';
import { lookUp, plainPath } from '../../world/files.ts';
import { hostnamesOf, isGlusterdUp, setSize } from '../../world/gluster.ts';
import { bricksByFolder } from '../../world/indexes.ts';
import { nodeOfBrick } from '../../world/names.ts';
import type { GlusterBrick, NodeState, VolumeShape } from '../../world/state.ts';
import { splitBrick } from './layout.ts';
import type { Request } from './request.ts';

export interface Staging {
  readonly volumeUuid: string;
  readonly shape: VolumeShape;
  readonly bricks: readonly string[];
  /** The words for a host that is no peer. */
  readonly stranger: (host: string) => string;
  /** The words of a peer's refusal. */
  readonly peerFailure: (peer: string, words: string) => string;
}

/** @returns the bricks with their nodes, or glusterd's words of refusal. */
export function stageBricks(request: Request, staging: Staging): GlusterBrick[] | string {
  const { world } = request.call;
  const bricks = staging.bricks.map((name) => {
    const { host, path } = splitBrick(name) ?? { host: '', path: '' };
    return {
      host,
      name,
      path: plainPath(path),
      node: nodeOfBrick(world, request.node, { host, path })?.name ?? '',
    };
  });
  const crowded = request.isForced ? undefined : crowdedSet(staging.shape, bricks);
  if (crowded !== undefined) return crowded;
  const refusal = stageLocally(request, staging, bricks) ?? stageOnPeers(request, staging, bricks);
  return refusal ?? bricks.map(({ name, path, node }) => ({ name, path, node }));
}

type Candidate = GlusterBrick & { readonly host: string };

function crowdedSet(shape: VolumeShape, bricks: readonly Candidate[]): string | undefined {
  const size = setSize(shape);
  const kind = shape.disperse > 0 ? 'disperse' : 'replicate';
  for (let at = 0; at < bricks.length; at += size) {
    const nodes = bricks.slice(at, at + size).map(({ node }) => node);
    if (new Set(nodes).size < nodes.length) {
      return `Multiple bricks of a ${kind} volume are present on the same server. This setup is not optimal. Bricks should be on different nodes to have best fault tolerant configuration. Use 'force' at the end of the command if you want to override this behavior. `;
    }
  }
  return undefined;
}

/** The node that was asked looks at every brick, and into the directories of its own. */
function stageLocally(request: Request, staging: Staging, bricks: readonly Candidate[]): string | undefined {
  const { node, pool, isForced } = request;
  for (const brick of bricks) {
    if (!pool.members.has(brick.node)) return staging.stranger(brick.host);
    const owner = request.call.world.memberNode(brick.node);
    if (!isGlusterdUp(owner)) return `Host ${brick.host} not connected`;
    if (isTaken(owner, brick.path)) {
      return `Brick: ${brick.name} not available. Brick may be containing or be contained by an existing brick.`;
    }
    const words =
      owner === node
        ? prepare(request, owner, { brick, volumeUuid: staging.volumeUuid, isForced })
        : undefined;
    if (words !== undefined) return words;
  }
  return undefined;
}

function stageOnPeers(request: Request, staging: Staging, bricks: readonly Candidate[]): string | undefined {
  const { node, pool, isForced } = request;
  for (const brick of bricks) {
    if (brick.node === node.name) continue;
    const owner = request.call.world.memberNode(brick.node);
    const words = prepare(request, owner, { brick, volumeUuid: staging.volumeUuid, isForced });
    if (words !== undefined) return staging.peerFailure(hostnamesOf(pool, brick.node)[0] ?? '', words);
  }
  return undefined;
}

function isTaken(node: NodeState, path: string): boolean {
  const { bricks } = node.gluster;
  for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1))
    if (bricks.has(path.slice(0, end))) return true;
  return bricksByFolder.has(bricks, path);
}

interface Preparation {
  readonly brick: GlusterBrick;
  readonly volumeUuid: string;
  readonly isForced: boolean;
}

/** Makes the last folder of the path, looks where it lies, and marks it. @returns words of refusal, or undefined. */
function prepare(
  { call }: Request,
  node: NodeState,
  { brick, volumeUuid, isForced }: Preparation,
): string | undefined {
  const { path, name } = brick;
  const place = lookUp(node, path);
  if (place.folder === undefined && place.entry === undefined) {
    return `Failed to create brick directory for brick ${name}. Reason : No such file or directory `;
  }
  if (place.entry !== undefined && place.entry.kind !== 'folder') {
    return `The provided path ${path} which is already present, is not a directory`;
  }
  const misplaced = isForced ? undefined : misplacedWords(node, path, name);
  if (misplaced !== undefined) return misplaced;
  const marked = isForced ? undefined : markedAbove(node, path);
  if (marked !== undefined) return marked;
  call.world.touch();
  const folder = place.entry ?? newFolder();
  if (place.entry === undefined && place.folder !== undefined) putEntry(place.folder, place.name, folder);
  folder.volumeId = volumeUuid;
  return undefined;
}

const orForce = "Or use 'force' at the end of the command if you want to override this behavior.";

function misplacedWords(node: NodeState, path: string, name: string): string | undefined {
  if (node.mounts.has(path)) {
    return `The brick ${name} is a mount point. Please create a sub-directory under the mount point and use that as the brick directory. ${orForce}`;
  }
  if (lookUp(node, path).mount !== undefined) return undefined;
  return `The brick ${name} is being created in the root partition. It is recommended that you don't use the system's root partition for storage backend. ${orForce}`;
}

/** The mark of another volume on the directory or on one above it. */
function markedAbove(node: NodeState, path: string): string | undefined {
  for (let at = path; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
    const { entry } = lookUp(node, at);
    if (entry?.kind !== 'folder' || entry.volumeId === undefined) continue;
    return at === path
      ? `${path} is already part of a volume`
      : `parent directory ${at} is already part of a volume`;
  }
  return undefined;
}
