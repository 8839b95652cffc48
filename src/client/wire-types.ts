/** What goes over the wire, for those who talk to a server through this room. */
export type { Cluster } from '../api/schema/clusters.ts';
export type { Device } from '../api/schema/devices.ts';
export type { Node } from '../api/schema/nodes.ts';
export type { Operation, OperationDetails } from '../api/schema/operations.ts';
export type { TopologyChange, TopologyDocument } from '../api/schema/topology.ts';
export type {
  Brick,
  Volume,
  VolumeCreate,
  VolumePlan,
  VolumePlanRequest,
} from '../api/schema/volumes.ts';
