import type { Writes } from '../../db/queries.ts';
import { visibleNode } from '../../topology/nodes.ts';
import type { Mend } from '../finding.ts';
import { clusterNodes } from './cluster-nodes.ts';
import type { MendWork } from './mend-kind.ts';
import type { WorkContext } from './plan-mend.ts';
import type { QuarantineBrickParams } from './quarantine-actions.ts';
import type { QuarantineVolumeParams } from './quarantine-volume-actions.ts';

type QuarantineMend = Extract<Mend, { action: 'quarantine-brick' } | { action: 'quarantine-volume' }>;

/** Plans how an orphan is put into quarantine. */
export async function planQuarantine(
  tx: Writes,
  mend: QuarantineMend,
  { tools }: WorkContext,
): Promise<MendWork> {
  const sinceMs = tools.clock.now();
  if (mend.action === 'quarantine-volume') {
    const { action, clusterId, name } = mend;
    const nodeIds = await clusterNodes(tx, clusterId);
    const params: QuarantineVolumeParams = { clusterId, nodeIds, name, sinceMs };
    return { clusterId, stages: [[{ action, nodeId: null, params }]] };
  }
  const { action, ...place } = mend;
  const node = await visibleNode(tx, mend.nodeId);
  const params: QuarantineBrickParams = { ...place, sinceMs };
  return { clusterId: node.clusterId, stages: [[{ action, nodeId: node.id, params }]] };
}
