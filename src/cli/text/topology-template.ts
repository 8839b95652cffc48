/** The topology as templates see it: with the names and types of Heketi's structs in Go (wire contract section 19.3). */
import type { Topology, TopologyCluster } from '../../client/shapes.ts';
import type { Brick, Device, Node, Volume } from '../../client/wire-types.ts';
import { kibToGib } from '../../lib/sizes.ts';
import { CallFault } from '../go-template/fault.ts';
import type { GoFunctions } from '../go-template/parameters.ts';
import { readTemplate, type Template } from '../go-template/template.ts';
import {
  type GoStruct,
  type GoValue,
  goBool,
  goFloat,
  goInt,
  goSlice,
  goString,
  goStringMap,
  goUint,
} from '../go-template/values.ts';
import { volumeText } from './volume-text.ts';

/** Besides Go's own: those that heketi-cli's own text of the topology uses. */
const functions: GoFunctions = new Map([
  [
    'join',
    {
      fixed: ['[]string', 'string'],
      call([list, between], budget) {
        if (list?.kind !== 'slice' || between?.kind !== 'string')
          throw new CallFault('want a list and a string');
        const texts = list.items.map((item) => (item.kind === 'string' ? item.data : ''));
        budget.spend(texts.reduce((sum, text) => sum + text.length + between.data.length, 0));
        return goString(texts.join(between.data));
      },
    },
  ],
  [
    'kibToGib',
    {
      fixed: ['uint64'],
      call([size]) {
        if (size?.kind !== 'uint') throw new CallFault('want a size in KiB');
        return goString(String(kibToGib(Number(size.data))));
      },
    },
  ],
]);

/** @throws TemplateFault that names the line and what was expected. */
export const readTopologyTemplate = (source: string): Template =>
  readTemplate(source, { name: 'topology', functions });

/** `TopologyInfoResponse` of Heketi's API. What Mortar's answers have beyond Heketi's is not in it. */
export const topologyValue = ({ clusters }: Topology): GoStruct =>
  struct('api.TopologyInfoResponse', { ClusterList: goSlice('[]api.Cluster', clusters, clusterValue) });

type Fields = Readonly<Record<string, GoValue>>;

/** @param embedded whose fields are reached without their name; they come first. */
function struct(type: string, fields: Fields, embedded: Fields = {}): GoStruct {
  const listed = (some: Fields, isEmbedded: boolean): GoStruct['fields'] =>
    Object.entries(some).map(([name, value]) => ({ name, value, isEmbedded }));
  return { kind: 'struct', type, fields: [...listed(embedded, true), ...listed(fields, false)] };
}

const texts = (list: readonly string[] | undefined, type = '[]string'): GoValue =>
  goSlice(type, list, (text) => goString(text));
const sortedTexts = (list: readonly string[] | undefined): GoValue => texts(list, 'sort.StringSlice');

function clusterValue({ id, block, file, volumes, nodes }: TopologyCluster): GoStruct {
  const own = struct('api.Cluster', {
    Volumes: goSlice('[]api.VolumeInfoResponse', volumes, volumeValue),
    BlockVolumes: goSlice('[]api.BlockVolumeInfoResponse', undefined, goString),
    Nodes: goSlice('[]api.NodeInfoResponse', nodes, nodeValue),
    Id: goString(id),
  });
  const flags = struct('api.ClusterFlags', { Block: goBool(block), File: goBool(file) });
  return { ...own, fields: [...own.fields, { name: 'ClusterFlags', value: flags, isEmbedded: true }] };
}

function nodeValue({ id, zone, hostnames, cluster, tags, state, devices }: Node): GoStruct {
  const request = struct('api.NodeAddRequest', {
    Zone: goInt(zone),
    Hostnames: struct('api.HostAddresses', {
      Manage: sortedTexts(hostnames.manage),
      Storage: sortedTexts(hostnames.storage),
    }),
    ClusterId: goString(cluster),
    Tags: goStringMap(tags),
  });
  const info = struct('api.NodeInfo', { Id: goString(id) }, { NodeAddRequest: request });
  return struct(
    'api.NodeInfoResponse',
    {
      State: goString(state, 'api.EntryState'),
      DevicesInfo: goSlice('[]api.DeviceInfoResponse', devices, deviceValue),
    },
    { NodeInfo: info },
  );
}

function deviceValue({ id, name, tags, storage, paths, pv_uuid, state, bricks }: Device): GoStruct {
  const info = struct(
    'api.DeviceInfo',
    {
      Storage: struct('api.StorageSize', {
        Total: goUint(storage.total),
        Free: goUint(storage.free),
        Used: goUint(storage.used),
      }),
      Id: goString(id),
      Paths: texts(paths),
      PvUUID: goString(pv_uuid ?? ''),
    },
    { Device: struct('api.Device', { Name: goString(name), Tags: goStringMap(tags) }) },
  );
  return struct(
    'api.DeviceInfoResponse',
    { State: goString(state, 'api.EntryState'), Bricks: bricksValue(bricks) },
    { DeviceInfo: info },
  );
}

const bricksValue = (bricks: readonly Brick[]): GoValue =>
  goSlice('[]api.BrickInfo', bricks, ({ id, path, device, node, volume, size }) =>
    struct('api.BrickInfo', {
      Id: goString(id),
      Path: goString(path),
      DeviceId: goString(device),
      NodeId: goString(node),
      VolumeId: goString(volume),
      Size: goUint(size),
    }),
  );

function volumeValue(volume: Volume): GoStruct {
  const info = struct(
    'api.VolumeInfo',
    {
      Id: goString(volume.id),
      Cluster: goString(volume.cluster),
      Mount: mountValue(volume),
      BlockInfo: blockInfoValue(volume),
    },
    { VolumeCreateRequest: volumeRequestValue(volume) },
  );
  const value = struct(
    'api.VolumeInfoResponse',
    { Bricks: bricksValue(volume.bricks) },
    { VolumeInfo: info },
  );
  return { ...value, say: () => volumeText(volume) };
}

function volumeRequestValue(volume: Volume): GoStruct {
  const { size, name, gid, glustervolumeoptions, block, snapshot } = volume;
  return struct('api.VolumeCreateRequest', {
    Size: goInt(size),
    // Of a request; no answer has them.
    Clusters: texts(undefined),
    Name: goString(name),
    Durability: durabilityValue(volume),
    Gid: goInt(gid ?? 0, 'int64'),
    GlusterVolumeOptions: texts(glustervolumeoptions),
    Block: goBool(block ?? false),
    Snapshot: struct('struct { Enable bool "json:\\"enable\\""; Factor float32 "json:\\"factor\\"" }', {
      Enable: goBool(snapshot.enable),
      Factor: goFloat(snapshot.factor, 'float32'),
    }),
  });
}

const durabilityValue = ({ durability: { type, replicate, disperse } }: Volume): GoStruct =>
  struct('api.VolumeDurabilityInfo', {
    Type: goString(type, 'api.DurabilityType'),
    Replicate: struct('api.ReplicaDurability', { Replica: goInt(replicate.replica ?? 0) }),
    Disperse: struct('api.DisperseDurability', {
      Data: goInt(disperse.data ?? 0),
      Redundancy: goInt(disperse.redundancy ?? 0),
    }),
  });

function mountValue({ mount: { glusterfs } }: Volume): GoStruct {
  const type =
    'struct { Hosts []string "json:\\"hosts\\""; MountPoint string "json:\\"device\\""; Options map[string]string "json:\\"options\\"" }';
  const inner = struct(type, {
    Hosts: texts(glusterfs.hosts),
    MountPoint: goString(glusterfs.device),
    Options: goStringMap(glusterfs.options),
  });
  return struct(`struct { GlusterFS ${type} "json:\\"glusterfs\\"" }`, { GlusterFS: inner });
}

const blockInfoType = [
  'struct { FreeSize int "json:\\"freesize,omitempty\\""',
  'ReservedSize int "json:\\"reservedsize,omitempty\\""',
  'BlockVolumes sort.StringSlice "json:\\"blockvolume,omitempty\\""',
  'Restriction api.BlockRestriction "json:\\"restriction,omitempty\\"" }',
].join('; ');

const blockInfoValue = ({
  blockinfo: { freesize, reservedsize, blockvolume, restriction },
}: Volume): GoStruct =>
  struct(blockInfoType, {
    FreeSize: goInt(freesize ?? 0),
    ReservedSize: goInt(reservedsize ?? 0),
    BlockVolumes: sortedTexts(blockvolume),
    // An empty one says so (wire contract section 18.3).
    Restriction: {
      ...goString(restriction ?? '', 'api.BlockRestriction'),
      said: restriction === undefined || restriction === '' ? '(none)' : restriction,
    },
  });
