import { groupBy } from '../../lib/group-by.ts';
import { pathOf } from '../../volumes/ownership.ts';
import type { NodeFacts } from '../look/facts.ts';
import type { SteadyIntent } from '../look/intent.ts';
import type { Look, NodeLook } from '../look/look.ts';
import type { ClusterView } from './cluster-view.ts';
import type { CompareSettings, NodeView } from './node-view.ts';

/** What is known of a cluster, nodes declared lost left out. */
export function clusterView(clusterId: string, look: Look, intent: SteadyIntent): ClusterView {
  const nodes = intent.nodes.filter((node) => node.clusterId === clusterId && node.lostAtMs === null);
  const ids = new Set(nodes.map(({ id }) => id));
  return {
    clusterId,
    nodes,
    intent,
    look: look.clusters.find((cluster) => cluster.clusterId === clusterId),
    facts: new Map(look.nodes.flatMap((node) => (ids.has(node.nodeId) ? factsOf(node) : []))),
  };
}

const factsOf = (look: NodeLook): [nodeId: string, facts: NodeFacts][] =>
  'facts' in look ? [[look.nodeId, look.facts]] : [];

/** The nodes of a cluster that were looked at. */
export function nodeViews(view: ClusterView, settings: CompareSettings): NodeView[] {
  const { intent } = view;
  const glusterPaths =
    view.look === undefined
      ? undefined
      : new Set(view.look.volumes.flatMap((volume) => volume.bricks.map(pathOf)));
  const devices = groupBy(intent.devices, ({ nodeId }) => nodeId);
  const bricks = groupBy(intent.bricks, ({ nodeId }) => nodeId);
  return view.nodes.flatMap((node) => {
    const facts = view.facts.get(node.id);
    if (facts === undefined) return [];
    return [
      {
        node,
        facts,
        intent,
        ...settings,
        glusterPaths,
        devices: devices.get(node.id) ?? [],
        bricks: bricks.get(node.id) ?? [],
      },
    ];
  });
}
