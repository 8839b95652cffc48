import type { Reads } from '../../db/queries.ts';
import { isVisible } from '../../db/schema.ts';
import { groupBy } from '../../lib/group-by.ts';
import { presentDevice } from '../devices/present.ts';
import { presentNode } from '../nodes/present.ts';
import type { Topology } from '../schema/topology.ts';
import type { MountHosts } from '../volumes/mount-hosts.ts';
import { presentBareVolume } from '../volumes/present.ts';

/**
 * Everything in one answer, with one query a table. What volumes are mounted from is told once a cluster: all its nodes,
 * at each of its volumes, would be hundreds of megabytes in a large installation.
 */
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
  const blocks = await reads.blockVolumes.listAll();
  const hosted = groupBy(blocks, ({ hostingVolumeId }) => hostingVolumeId);
  const foreign = groupBy(await reads.foreignBricks.listAll(), ({ volumeId }) => volumeId);
  const clusters: Topology['clusters'] = [];
  for (const { id, file, block } of await reads.clusters.list()) {
    const mount = await mountHosts.of(id);
    clusters.push({
      mount: { hosts: [...mount.hosts], options: mount.options },
      volumes: (volumes.get(id) ?? []).map((volume) =>
        presentBareVolume({
          volume,
          bricks: byVolume.get(volume.id) ?? [],
          hosted: hosted.get(volume.id) ?? [],
          foreign: foreign.get(volume.id) ?? [],
        }),
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
      blockvolumes: blocks
        .filter((block) => block.clusterId === id && isVisible(block))
        .map((block) => block.id),
    });
  }
  return { clusters };
}
