import type { Devices } from './topology/devices.ts';
import { Evacuation } from './topology/evacuation.ts';
import { Losses } from './topology/losses.ts';
import type { Nodes } from './topology/nodes.ts';
import type { TopologyTools } from './topology/topology-tools.ts';
import type { Volumes } from './volumes/volumes.ts';

/** What empties devices and nodes: the topology says what has to go, the volumes know how bricks move. */
export function createRemoval(
  tools: TopologyTools,
  rooms: { readonly devices: Devices; readonly nodes: Nodes; readonly volumes: Volumes },
) {
  const { devices, nodes, volumes } = rooms;
  const evacuation = new Evacuation(tools, {
    devices,
    nodes,
    moveBrick: (brickId, options, once) => volumes.replaceBrick(brickId, options, once),
  });
  return { evacuation, losses: new Losses(tools) };
}
