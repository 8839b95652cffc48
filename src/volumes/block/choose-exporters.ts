import { AppError, toAppError } from '../../errors.ts';
import { seededOrder } from '../../lib/seeded-order.ts';
import type { StepContext } from '../../operations/kinds.ts';
import type { BlockExporter } from '../../storage/block/exporter.ts';
import type { BlockNode } from './block-nodes.ts';

export interface ExporterDemand {
  readonly blockId: string;
  readonly nodes: readonly BlockNode[];
  /** How many of the nodes export it; 0, or more than there are: all. */
  readonly haCount: number;
}

/**
 * The nodes that are to export a block volume (engine reference 3.7): all, or so many as are asked for, in an order that
 * differs from block volume to block volume, those left out that cannot.
 *
 * @throws AppError `block.hosts_down`, or why one of them cannot when all are wanted.
 */
export async function chooseExporters(
  context: StepContext,
  { blockId, nodes, haCount }: ExporterDemand,
  exporter: BlockExporter,
): Promise<BlockNode[]> {
  if (haCount === 0 || haCount > nodes.length) {
    await Promise.all(nodes.map((node) => check(context, node, exporter)));
    return [...nodes];
  }
  const chosen: BlockNode[] = [];
  const reasons: string[] = [];
  for (const node of seededOrder(nodes, blockId, ({ nodeId }) => nodeId)) {
    if (chosen.length === haCount) break;
    try {
      await check(context, node, exporter);
      chosen.push(node);
    } catch (thrown) {
      reasons.push(toAppError(thrown).message);
    }
  }
  if (chosen.length === haCount) return chosen;
  throw new AppError('block.hosts_down', ['insufficient block hosts online', ...reasons].join('\n'), {
    details: { wanted: haCount, usable: chosen.length },
  });
}

async function check(
  context: StepContext,
  { nodeId, host }: BlockNode,
  exporter: BlockExporter,
): Promise<void> {
  const { commands, read } = exporter.check();
  const results = await context.execOn(nodeId, commands);
  try {
    read(results);
  } catch (thrown) {
    const { code, message, details } = toAppError(thrown);
    throw new AppError(code, `${host}: ${message}`, { details: { ...details, host, nodeId } });
  }
}
