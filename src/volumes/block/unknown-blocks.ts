import { AppError, toAppError } from '../../errors.ts';
import type { StepContext } from '../../operations/kinds.ts';
import type { BlockExporter } from '../../storage/block/exporter.ts';
import { askSome, type RunOn } from './block-cluster.ts';

/**
 * A hosting volume without block volumes on record may still hold some that Mortar does not know (made by hand, or before
 * the database was rebuilt): it is not deleted with them. Where no node has the programs there can be none.
 *
 * @throws AppError `block.unknown_content`.
 */
export async function assertNoBlocks(
  context: StepContext,
  { name, nodeIds }: { readonly name: string; readonly nodeIds: readonly string[] },
  exporter: BlockExporter,
): Promise<void> {
  const names = await namesIn(
    (nodeId, commands) => context.execOn(nodeId, commands),
    { name, nodeIds },
    exporter,
  );
  if (names.length === 0) return;
  throw new AppError(
    'block.unknown_content',
    `Unable to delete volume ${name}: it holds block volumes that Mortar does not know (${names.join(', ')}); delete them first (gluster-block delete ${name}/NAME)`,
    { details: { blockVolumes: names } },
  );
}

/**
 * What block volumes a hosting volume holds, as the nodes say; none where no node has the programs.
 *
 * @throws AppError why no node could tell.
 */
export async function namesIn(
  run: RunOn,
  { name, nodeIds }: { readonly name: string; readonly nodeIds: readonly string[] },
  exporter: BlockExporter,
): Promise<readonly string[]> {
  try {
    return await askSome(run, nodeIds, exporter.list(name));
  } catch (thrown) {
    if (toAppError(thrown).code === 'node.tool_missing') return [];
    throw thrown;
  }
}
