import type { TopologyDocument } from '../../topology/document.ts';
import type { TopologyDocument as WireDocument } from '../schema/topology.ts';

/** A topology file with its defaults filled in (wire contract section 19.1). */
export const toDocument = ({ clusters }: WireDocument): TopologyDocument => ({
  clusters: clusters.map(({ file, block, nodes }) => ({
    file: file ?? true,
    block: block ?? true,
    nodes: nodes.map(({ node, devices }) => ({
      manageNames: node.hostnames.manage,
      storageNames: node.hostnames.storage,
      zone: node.zone,
      tags: node.tags ?? {},
      devices: (devices ?? []).map((device) =>
        typeof device === 'string'
          ? { name: device, tags: {}, destroyData: false }
          : { name: device.name, tags: device.tags ?? {}, destroyData: device.destroydata ?? false },
      ),
    })),
  })),
});
