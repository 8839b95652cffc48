import type { BrickRecord } from '../../db/bricks.ts';
import type { DeviceRecord } from '../../db/devices.ts';
import type { NodeRecord } from '../../db/nodes.ts';
import type { MountSettings } from '../../storage/filesystem/mounts.ts';
import { type Finding, type FindingDetails, type FindingKind, toFinding } from '../finding.ts';
import type { NodeFacts } from '../look/facts.ts';
import type { SteadyIntent } from '../look/intent.ts';

/** What the configuration decides about comparing. */
export interface CompareSettings {
  readonly mountSettings: MountSettings;
  /** From here on a thin pool counts as full; 0: the usual. */
  readonly poolLimitPercent: number;
}

/** One node as it is and as it should be. */
export interface NodeView extends CompareSettings {
  readonly node: NodeRecord;
  readonly devices: readonly DeviceRecord[];
  /** On its devices; on those with their volume group only, once that is known. */
  readonly bricks: readonly BrickRecord[];
  readonly facts: NodeFacts;
  readonly intent: SteadyIntent;
  /** Paths of bricks that gluster's volumes of the cluster have; undefined when gluster could not be asked. */
  readonly glusterPaths: ReadonlySet<string> | undefined;
}

/** Makes a finding about something on the node. */
export const onNode = (
  { node }: Pick<NodeView, 'node'>,
  kind: FindingKind,
  details: FindingDetails,
): Finding => toFinding({ clusterId: node.clusterId, nodeId: node.id }, kind, details);

export const brickName = ({ id }: BrickRecord): string => `brick ${id}`;
