import type { ForeignBrickRecord } from '../db/foreign-bricks.ts';
import { groupBy } from '../lib/group-by.ts';
import type { Action, StepPlan } from '../operations/kinds.ts';
import { emptyFolder } from '../storage/filesystem/files.ts';
import { pathOf } from './ownership.ts';

interface EmptyFoldersParams {
  /** On the step's node. */
  readonly paths: readonly string[];
}

/** Removes what is in brick folders that others made; the folders stay. The gluster volume is gone by then. */
export const emptyFoldersAction: Action<EmptyFoldersParams, null> = {
  name: 'empty-folders',
  title: 'remove what is in the brick folders',
  canBeLeft: true,
  async run(context, { paths }) {
    await context.exec(paths.map(emptyFolder));
    return null;
  },
};

/** One step for each node, of the folders that were to be removed with the volume. */
export const emptyFoldersSteps = (bricks: readonly ForeignBrickRecord[]): StepPlan[] =>
  [...groupBy(doomed(bricks), ({ nodeId }) => nodeId)].map(([nodeId, onNode]) => ({
    action: emptyFoldersAction.name,
    nodeId,
    params: { paths: onNode.map(({ name }) => pathOf(name)) } satisfies EmptyFoldersParams,
  }));

const doomed = (bricks: readonly ForeignBrickRecord[]): ForeignBrickRecord[] =>
  bricks.filter(({ onDelete }) => onDelete === 'remove');

/** What stays on the nodes after a deletion, in words. @param leftNodeIds nodes that were out of reach. */
export function folderWarnings(
  bricks: readonly ForeignBrickRecord[],
  leftNodeIds: ReadonlySet<string>,
): string[] {
  const kept = bricks.filter(({ onDelete }) => onDelete === 'keep');
  const left = doomed(bricks).filter(({ nodeId }) => leftNodeIds.has(nodeId));
  const names = (all: readonly ForeignBrickRecord[]): string => all.map(({ name }) => name).join(', ');
  return [
    ...(kept.length === 0 ? [] : [`the brick folders stay with all that is in them: ${names(kept)}`]),
    ...(left.length === 0
      ? []
      : [`the nodes of these brick folders were out of reach; what is in them stays: ${names(left)}`]),
  ];
}
