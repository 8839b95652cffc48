import { runProgram } from '../commands/run-program.ts';
import { buildDisk } from '../description/build-world.ts';
import type { DiskEntry } from '../description/schema.ts';
import type { Answer } from '../world/answer.ts';
import { type ContentKind, mountFromOutside, plugDisk, pullDisk, putContent } from '../world/contents.ts';
import { setLack } from '../world/healing.ts';
import { bricksByFolder } from '../world/indexes.ts';
import { powerOff, powerOn } from '../world/power.ts';
import { reinstall } from '../world/reinstall.ts';
import type { NodeState } from '../world/state.ts';
import type { World } from '../world/world.ts';

/** Something that happens to a node and is no command. */
export type Happening =
  /** It was addressed for the first time. */
  | { readonly kind: 'appear' }
  | { readonly kind: 'powerOff' | 'powerOn' | 'reinstall' }
  | { readonly kind: 'reach'; readonly isReachable: boolean }
  | { readonly kind: 'name'; readonly storageHost: string }
  | { readonly kind: 'addDisk'; readonly disk: DiskEntry }
  | { readonly kind: 'putContent'; readonly device: string; readonly content: ContentKind }
  | { readonly kind: 'mount'; readonly device: string; readonly mountPoint: string }
  | { readonly kind: 'pullDisk'; readonly device: string }
  | { readonly kind: 'plugDisk'; readonly device: string; readonly newDevice?: string }
  | {
      readonly kind: 'usage';
      readonly group: string;
      readonly volume: string;
      readonly percent: number;
      readonly metadataPercent?: number;
    }
  | { readonly kind: 'endBrick'; readonly path: string }
  | { readonly kind: 'snapshots'; readonly volume: string; readonly count: number }
  | { readonly kind: 'rebalancing'; readonly volume: string; readonly isRebalancing: boolean }
  | { readonly kind: 'unhealed'; readonly volume: string; readonly brick: string; readonly entries: number };

/** All that ever changes a simulated world: commands, and what happens to nodes. The kept file is a list of these. */
export type Change =
  | { readonly at: string; readonly argv: readonly string[]; readonly stdin?: string | undefined }
  | { readonly at: string; readonly happening: Happening };

/** Applies a change, the first time as well as when a kept world is read back. @returns what a command answers. */
export function applyChange(world: World, change: Change): Answer | undefined {
  const node = world.node(change.at);
  if (node === undefined) throw new Error(`there is no simulated node ${change.at}`);
  if ('argv' in change) return runProgram(world, node, change.argv, change.stdin);
  happen(world, node, change.happening);
  return undefined;
}

type Adjustment = Extract<
  Happening,
  { kind: 'endBrick' | 'reach' | 'usage' | 'snapshots' | 'rebalancing' | 'unhealed' }
>;

const adjustments: ReadonlySet<string> = new Set([
  'endBrick',
  'reach',
  'usage',
  'snapshots',
  'rebalancing',
  'unhealed',
]);
const isAdjustment = (happening: Happening): happening is Adjustment => adjustments.has(happening.kind);

function happen(world: World, node: NodeState, happening: Happening): void {
  if (isAdjustment(happening)) return adjust(world, node, happening);
  switch (happening.kind) {
    case 'appear':
      return;
    case 'powerOff':
      return powerOff(world, node);
    case 'powerOn':
      return powerOn(world, node);
    case 'reinstall':
      return reinstall(world, node);
    case 'name':
      return world.nameNode(happening.storageHost, node.name);
    case 'addDisk':
      return buildDisk(world, node, happening.disk);
    case 'putContent':
      return putContent(world, node, happening.device, happening.content);
    case 'mount':
      return mountFromOutside(world, node, happening.device, happening.mountPoint);
    case 'pullDisk':
      return pullDisk(world, node, happening.device);
    case 'plugDisk':
      return plugDisk(world, node, happening.device, happening.newDevice);
  }
}

function adjust(world: World, node: NodeState, happening: Adjustment): void {
  world.touch();
  if (happening.kind === 'endBrick') {
    bricksByFolder.drop(node.gluster.running, happening.path);
  } else if (happening.kind === 'reach') {
    node.isReachable = happening.isReachable;
  } else if (happening.kind === 'usage') {
    const volume = node.groups.get(happening.group)?.volumes.get(happening.volume);
    if (volume === undefined) return;
    volume.dataPercent = happening.percent;
    if (happening.metadataPercent !== undefined) volume.metadataPercent = happening.metadataPercent;
  } else {
    const volume = world.poolOf(node).volumes.get(happening.volume);
    if (volume === undefined) return;
    if (happening.kind === 'snapshots') volume.snapshots = happening.count;
    else if (happening.kind === 'unhealed') setLack(volume, happening.brick, happening.entries);
    else volume.isRebalancing = happening.isRebalancing;
  }
}
