/** What all nodes say of themselves, in the form of Heketi's examiner (wire contract section 15). */
import type { BrickRecord } from '../../db/bricks.ts';
import type { NodeRecord } from '../../db/nodes.ts';
import type { Examination } from '../../doctor/examination.ts';
import { findingKinds } from '../../doctor/finding.ts';
import type { Inventory } from '../../heketi/inventory.ts';
import { dumpText } from '../../heketi/to-dump.ts';
import { groupBy } from '../../lib/group-by.ts';
import type * as wire from '../schema/examination.ts';

type ClusterLook = Examination['look']['clusters'][number];
type NodeLook = Examination['look']['nodes'][number];

/** Of each cluster: names of the block volumes that its nodes know. */
export type BlockNames = ReadonlyMap<string, readonly string[]>;

/** Puts together what is on record and what was seen. */
export function presentExamination(
  inventory: Inventory,
  { look, findings }: Examination,
  blockNames: BlockNames,
): wire.Examination {
  const looks = new Map(look.nodes.map((node) => [node.nodeId, node]));
  const volumes = new Map(look.clusters.map((cluster) => [cluster.clusterId, cluster.volumes]));
  const bricks = groupBy(inventory.bricks, ({ nodeId }) => nodeId);
  const nodes = groupBy(inventory.nodes, ({ clusterId }) => clusterId);
  const presentNode = (node: NodeRecord): wire.NodeData => ({
    ...nodeData(node, looks.get(node.id), bricks.get(node.id) ?? []),
    VolumeInfo: plain(volumes.get(node.clusterId)),
    BlockVolumeNames: blockNames.get(node.clusterId) ?? null,
  });
  return {
    heketidb: JSON.parse([...dumpText(inventory)].join('')) as wire.Examination['heketidb'],
    report: [
      `OnDemand Examiner invoked while ${inventory.operations.length} ops are in flight`,
      ...findings.map(({ kind, object, evidence }) => `${findingKinds[kind].title}: ${object}: ${evidence}`),
    ],
    clusters: inventory.clusters.map(({ id }) => ({
      ClusterHeketiID: id,
      NodesData: (nodes.get(id) ?? []).map(presentNode),
    })),
  };
}

const plain = (items: readonly object[] | undefined): Record<string, unknown>[] | null =>
  items === undefined ? null : items.map((item) => ({ ...item }));

/** Null: the node was not looked at. */
function nodeData(
  { id }: NodeRecord,
  look: NodeLook | undefined,
  bricks: readonly BrickRecord[],
): Pick<wire.NodeData, 'NodeHeketiID' | 'LVMPVInfo' | 'LVMVGInfo' | 'LVMLVInfo' | 'BricksMountStatus'> {
  if (look === undefined || 'failure' in look)
    return { NodeHeketiID: id, LVMPVInfo: null, LVMVGInfo: null, LVMLVInfo: null, BricksMountStatus: null };
  const { physicalVolumes, volumeGroups, logicalVolumes, mounts } = look.facts;
  const sources = new Map(mounts.map(({ mountPoint, source }) => [mountPoint, source]));
  return {
    NodeHeketiID: id,
    LVMPVInfo: plain(physicalVolumes),
    LVMVGInfo: plain(volumeGroups),
    LVMLVInfo: plain(logicalVolumes),
    // Bricks of clones are mounted by gluster, where the look does not go: nothing can be said of them.
    BricksMountStatus: bricks
      .filter(({ poolKib }) => poolKib > 0)
      .map(({ id: brickId, path }) => {
        const mountPoint = path.replace(/\/brick$/, '');
        return { BrickID: brickId, MountPoint: mountPoint, Device: sources.get(mountPoint) ?? null };
      }),
  };
}

/** Hosting volumes on record, as those who are to be asked for block volumes. */
export function hostingVolumes(
  { volumes }: Inventory,
  clusters: readonly ClusterLook[],
): { readonly clusterId: string; readonly name: string }[] {
  const answering = new Set(clusters.map(({ clusterId }) => clusterId));
  return volumes.filter(({ block, clusterId }) => block && answering.has(clusterId));
}
