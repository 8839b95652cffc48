import type { NodeRecord } from '../../db/nodes.ts';
import { type Finding, type FindingDetails, type FindingKind, toFinding } from '../finding.ts';
import type { NodeFacts } from '../look/facts.ts';
import type { SteadyIntent } from '../look/intent.ts';
import type { ClusterLook } from '../look/look.ts';

/** A gluster cluster as its nodes say it is. */
export interface ClusterView {
  readonly clusterId: string;
  /** Nodes on record that were ready all the time, those declared lost left out. */
  readonly nodes: readonly NodeRecord[];
  /** Of nodes that were looked at. */
  readonly facts: ReadonlyMap<string, NodeFacts>;
  /** Undefined when no node's gluster answered: then nothing is known of volumes. */
  readonly look: ClusterLook | undefined;
  readonly intent: SteadyIntent;
}

/** Makes a finding about the cluster, or about one of its nodes. */
export const inCluster = (
  { clusterId }: Pick<ClusterView, 'clusterId'>,
  kind: FindingKind,
  { nodeId = null, ...details }: FindingDetails & { readonly nodeId?: string | null },
): Finding => toFinding({ clusterId, nodeId }, kind, details);

export const hostOf = ({ manageNames, id }: NodeRecord): string => manageNames[0] ?? id;
