/** What is asked for so often that walking over everything on a node would cost time: indexes beside the plain data. */
import type { Mount, NodeState } from './state.ts';
import { foldersAbove, WordCounts } from './word-counts.ts';

/** Bricks, and those that run, by the folders above them. */
export const bricksByFolder = new WordCounts<string>(foldersAbove);

/** Mounts by their device, and by the folders above their mount points: no path is both. */
export const mountIndex = new WordCounts<Mount>((mountPoint, { device }) => [
  device,
  ...foldersAbove(mountPoint),
]);

export const isMounted = (node: NodeState, device: string): boolean => mountIndex.has(node.mounts, device);
