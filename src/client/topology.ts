import type { TopologyDocument, TopologyPlan } from '../api/schema/topology.ts';
import { ClientError } from './client-error.ts';
import type { ClusterCalls } from './clusters.ts';
import type { NodeCalls } from './nodes.ts';
import type { QueueOptions } from './queue.ts';
import { once, queuedDone } from './queued-calls.ts';
import type { CallOptions, Session } from './session.ts';
import {
  type SentTopology,
  type Topology,
  type TopologyCluster,
  topologyPlanShape,
  topologyShape,
} from './shapes.ts';
import type { VolumeCalls } from './volumes.ts';

export interface TopologyCalls {
  /** Everything: clusters with their nodes, devices, bricks and volumes. */
  get(options?: CallOptions): Promise<Topology>;
  /** What would be added, changed and removed. Mortar's own, like `apply`. */
  plan(document: TopologyDocument, options?: CallOptions): Promise<TopologyPlan>;
  /**
   * Makes what is there equal to the document. It ends well even when changes failed: the steps of the operation
   * (`onAccepted` gives its id) have what became of each.
   */
  apply(document: TopologyDocument, options?: QueueOptions): Promise<void>;
}

interface OtherCalls {
  readonly clusters: ClusterCalls;
  readonly nodes: NodeCalls;
  readonly volumes: VolumeCalls;
}

export const createTopologyCalls = (session: Session, calls: OtherCalls): TopologyCalls => ({
  async get(options) {
    try {
      const sent = await session.value({ ...options, method: 'GET', target: '/topology' }, topologyShape);
      return { clusters: sent.clusters.map(withMounts) };
    } catch (thrown) {
      if (!(thrown instanceof ClientError) || thrown.status !== 404) throw thrown;
      return gatherTopology(calls, options);
    }
  },
  plan: (document, options) =>
    session.value(
      { ...options, method: 'POST', target: '/topology/plan', body: document },
      topologyPlanShape,
    ),
  apply: (document, options = {}) =>
    queuedDone(
      session,
      once(session, { method: 'POST', target: '/topology/apply', body: document }, options),
      options,
    ),
});

/** Each volume with what it is mounted from, which was sent once for all of them. */
function withMounts({
  mount: { hosts, options },
  ...cluster
}: SentTopology['clusters'][number]): TopologyCluster {
  if (hosts.length === 0) return cluster;
  const volumes = cluster.volumes.map((volume) => ({
    ...volume,
    mount: { glusterfs: { hosts, device: `${hosts[0]}:${volume.name}`, options } },
  }));
  return { ...cluster, volumes };
}

/** The topology piece by piece, from a server that has no route for it (wire contract section 19.2). */
async function gatherTopology(
  { clusters, nodes, volumes }: OtherCalls,
  options: CallOptions | undefined,
): Promise<Topology> {
  const gathered: TopologyCluster[] = [];
  for (const id of (await clusters.list(options)).clusters) {
    const cluster = await clusters.get(id, options);
    const itsVolumes = await Promise.all(cluster.volumes.map((volumeId) => volumes.get(volumeId, options)));
    gathered.push({
      volumes: itsVolumes.filter((volume) => volume.cluster === id),
      nodes: await Promise.all(cluster.nodes.map((nodeId) => nodes.get(nodeId, options))),
      id,
      block: cluster.block,
      file: cluster.file,
    });
  }
  return { clusters: gathered };
}
