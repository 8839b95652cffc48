import type { NodeRecord } from '../../db/nodes.ts';
import { AppError, toAppError } from '../../errors.ts';
import { groupBy } from '../../lib/group-by.ts';
import type { Lanes } from '../../lib/lanes.ts';
import type { NodeAccess } from '../../operations/node-access.ts';
import { type GlusterVolume, parseAllVolumes } from '../../storage/gluster/volume-info.ts';
import { type BrickProcess, parseVolumeStatus } from '../../storage/gluster/volume-status.ts';
import { type FactsTools, factsCommands, type NodeFacts, readFacts } from './facts.ts';

/** What came of looking at one node. */
export type NodeLook =
  | { readonly nodeId: string; readonly facts: NodeFacts }
  /** It was not looked at: nothing is known, least of all that something is not there. */
  | { readonly nodeId: string; readonly failure: string };

/** What gluster says of a cluster's volumes, asked on one of its nodes. */
export interface ClusterLook {
  readonly clusterId: string;
  readonly askedNodeId: string;
  readonly volumes: readonly GlusterVolume[];
  /** By volume name; volumes whose status could not be had are missing. */
  readonly processes: ReadonlyMap<string, readonly BrickProcess[]>;
}

export interface Look {
  readonly nodes: readonly NodeLook[];
  readonly clusters: readonly ClusterLook[];
}

export interface LookTools extends FactsTools {
  readonly access: NodeAccess;
  readonly lanes: Lanes;
  readonly settings: { readonly nodesAtOnce: number; readonly deadlineMs: number };
}

/** So many volumes are asked for their status while the cluster's lane is held: others wait only so long. */
const statusesAtOnce = 8;

/** Looks at nodes, some side by side, and at gluster once a cluster. Changes nothing. Rejects only when called off. */
export async function lookAt(
  nodes: readonly NodeRecord[],
  tools: LookTools,
  signal: AbortSignal,
): Promise<Look> {
  const waiting = [...nodes];
  const looks: NodeLook[] = [];
  const work = async (): Promise<void> => {
    for (let node = waiting.shift(); node !== undefined; node = waiting.shift()) {
      signal.throwIfAborted();
      looks.push(await lookAtNode(node, tools, signal));
    }
  };
  await Promise.all(Array.from({ length: tools.settings.nodesAtOnce }, work));
  const clusters: ClusterLook[] = [];
  for (const [clusterId, members] of groupBy(nodes, (node) => node.clusterId)) {
    const look = await lookAtCluster(clusterId, answering(members, looks), tools, signal);
    if (look !== undefined) clusters.push(look);
  }
  return { nodes: looks, clusters };
}

async function lookAtNode(node: NodeRecord, tools: LookTools, signal: AbortSignal): Promise<NodeLook> {
  try {
    const results = await tools.access.look(hostOf(node), factsCommands(tools), {
      timeoutMs: tools.settings.deadlineMs,
      signal,
    });
    return { nodeId: node.id, facts: readFacts(results, tools) };
  } catch (thrown) {
    signal.throwIfAborted();
    return { nodeId: node.id, failure: toAppError(thrown).message };
  }
}

const hostOf = ({ id, manageNames }: NodeRecord) => ({ nodeId: id, address: manageNames[0] ?? '' });

/** Nodes whose gluster daemon answered. */
function answering(members: readonly NodeRecord[], looks: readonly NodeLook[]): NodeRecord[] {
  const ids = new Set(
    looks.filter((look) => 'facts' in look && look.facts.gluster !== undefined).map(({ nodeId }) => nodeId),
  );
  return members.filter(({ id }) => ids.has(id));
}

async function lookAtCluster(
  clusterId: string,
  members: readonly NodeRecord[],
  tools: LookTools,
  signal: AbortSignal,
): Promise<ClusterLook | undefined> {
  for (const node of members) {
    try {
      const [listing] = await tools.access.look(hostOf(node), [tools.gluster.allVolumes()], {
        timeoutMs: tools.settings.deadlineMs,
        signal,
      });
      const volumes = parseAllVolumes(listing?.stdout ?? '');
      const started = volumes.filter(({ status }) => status === 'started').map(({ name }) => name);
      const processes = await askForProcesses({ clusterId, node, names: started }, tools, signal);
      return { clusterId, askedNodeId: node.id, volumes, processes };
    } catch (thrown) {
      signal.throwIfAborted();
      if (!(thrown instanceof AppError)) throw thrown;
    }
  }
  return undefined;
}

interface StatusQuestion {
  readonly clusterId: string;
  readonly node: NodeRecord;
  readonly names: readonly string[];
}

/** Asks in turn with Mortar's own operations, so that neither meets gluster's lock held by the other. */
async function askForProcesses(
  { clusterId, node, names }: StatusQuestion,
  { access, lanes, gluster, settings }: LookTools,
  signal: AbortSignal,
): Promise<Map<string, readonly BrickProcess[]>> {
  const processes = new Map<string, readonly BrickProcess[]>();
  for (let at = 0; at < names.length; at += statusesAtOnce) {
    const asked = names.slice(at, at + statusesAtOnce);
    const commands = asked.map((name) => ({ ...gluster.volumeStatus(name), optional: true }));
    const ask = () => access.look(hostOf(node), commands, { timeoutMs: settings.deadlineMs, signal });
    const answers = await lanes.with([`gluster:${clusterId}`], ask, signal);
    asked.forEach((name, index) => {
      const answer = answers[index];
      if (answer?.status === 'ok') processes.set(name, parseVolumeStatus(answer.stdout));
    });
  }
  return processes;
}
