import type { Reads } from '../../db/queries.ts';
import { groupBy } from '../../lib/group-by.ts';
import { presentDevice } from '../devices/present.ts';
import { presentNode } from '../nodes/present.ts';
import type { Topology } from '../schema/topology.ts';
import type { MountHosts } from '../volumes/mount-hosts.ts';
import { presentVolume } from '../volumes/present.ts';

/** Everything in one answer, with one query a table. */
export async function readWholeTopology(reads: Reads, mountHosts: MountHosts): Promise<Topology> {
  const bricks = (await reads.bricks.listAll()).filter(({ phase }) => phase !== 'creating');
  const byDevice = groupBy(bricks, ({ deviceId }) => deviceId);
  const byVolume = groupBy(bricks, ({ volumeId }) => volumeId ?? '');
  const devices = groupBy(
    (await reads.devices.listAll()).filter(({ phase }) => phase === 'ready'),
    ({ nodeId }) => nodeId,
  );
  const nodes = groupBy(
    (await reads.nodes.listAll()).filter(({ phase }) => phase === 'ready'),
    ({ clusterId }) => clusterId,
  );
  const volumes = groupBy(await reads.volumes.listVisible(), ({ clusterId }) => clusterId);
  const clusters: Topology['clusters'] = [];
  for (const { id, file, block } of await reads.clusters.list()) {
    const mount = await mountHosts.of(id);
    clusters.push({
      volumes: (volumes.get(id) ?? []).map((volume) =>
        presentVolume(volume, byVolume.get(volume.id) ?? [], mount),
      ),
      nodes: (nodes.get(id) ?? []).map((node) =>
        presentNode(
          node,
          (devices.get(node.id) ?? []).map((device) => presentDevice(device, byDevice.get(device.id) ?? [])),
        ),
      ),
      id,
      block,
      file,
      blockvolumes: [],
    });
  }
  return { clusters };
}
