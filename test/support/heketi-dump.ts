/** Builds dumps as Heketi writes them (wire contract section 21). */
import { createHash } from 'node:crypto';

/** The same id for the same name. */
export const idOf = (name: string): string => createHash('md5').update(name).digest('hex');

const extentKib = 4096;
const metadataKib = 53_248;

interface VolumeWish {
  readonly cluster: string;
  readonly type: 'none' | 'replicate' | 'disperse';
  readonly durability?: object;
  readonly bricksOn: readonly string[];
  readonly sizeGib: number;
  readonly brickKib: number;
  /** Places of arbiter bricks. */
  readonly arbiters?: readonly number[];
  readonly info?: object;
  readonly options?: readonly string[] | null;
  readonly pending?: string;
}

// oxlint-disable-next-line typescript/no-explicit-any -- tests bend dumps into any shape
type Loose = any;

/** A dump that grows; what it holds agrees with itself. */
export class DumpBuilder {
  readonly dump: Loose = {
    clusterentries: {},
    volumeentries: {},
    brickentries: {},
    nodeentries: {},
    deviceentries: {},
    blockvolumeentries: {},
    dbattributeentries: Object.fromEntries(
      [
        'DB_BRICK_HAS_SUBTYPE_FIELD',
        'DB_CLUSTER_HAS_FILE_BLOCK_FLAG',
        'DB_DEVICE_HAS_ID_META',
        'DB_HAS_PENDING_OPS_BUCKET',
      ].map((Key) => [Key, { Key, Value: 'yes' }]),
    ),
    pendingoperations: {},
  };

  cluster(name: string, change: object = {}): this {
    const id = idOf(name);
    const Info = { id, nodes: [], volumes: [], block: true, file: true, blockvolumes: [], ...change };
    this.dump.clusterentries[id] = { Info };
    return this;
  }

  /** A node with one device called after it. */
  node(name: string, cluster: string, { zone = 1, state = 'online', tags = {} } = {}): this {
    const [id, deviceId] = [idOf(name), idOf(`${name}/sdb`)];
    const tagged = Object.keys(tags).length === 0 ? {} : { tags };
    this.dump.nodeentries[id] = {
      State: state,
      Info: {
        zone,
        hostnames: { manage: [`${name}.example`], storage: [`${name}-storage.example`] },
        cluster: idOf(cluster),
        ...tagged,
        id,
      },
      Devices: [deviceId],
    };
    this.#list(this.dump.clusterentries[idOf(cluster)].Info.nodes, id);
    const total = 500 * 1024 * 1024;
    this.dump.deviceentries[deviceId] = {
      State: state,
      Info: {
        name: '/dev/sdb',
        ...tagged,
        storage: { total, free: total, used: 0 },
        id: deviceId,
        paths: ['/dev/sdb'],
        pv_uuid: `pv-${name}`,
      },
      Bricks: [],
      NodeId: id,
      ExtentSize: extentKib,
    };
    return this;
  }

  volume(name: string, wish: VolumeWish): this {
    const id = idOf(name);
    const Pending = { Id: wish.pending ?? '' };
    const cluster = this.dump.clusterentries[idOf(wish.cluster)].Info;
    this.#list(cluster.volumes, id);
    const Bricks = wish.bricksOn.map((node, index) =>
      this.brick(`${name}/${index}`, {
        node,
        volume: id,
        sizeKib: wish.brickKib,
        pending: Pending.Id,
        subType: wish.arbiters?.includes(index) ? 2 : 1,
      }),
    );
    const hosts = (cluster.nodes as string[]).map(
      (node) => this.dump.nodeentries[node].Info.hostnames.storage[0] as string,
    );
    this.dump.volumeentries[id] = {
      Info: {
        size: wish.sizeGib,
        name,
        durability: { type: wish.type, replicate: {}, disperse: {}, ...wish.durability },
        snapshot: { enable: false, factor: 1 },
        id,
        cluster: cluster.id,
        mount: {
          glusterfs: {
            hosts,
            device: `${hosts[0]}:${name}`,
            options: { 'backup-volfile-servers': hosts.slice(1).join(',') },
          },
        },
        blockinfo: {},
        ...wish.info,
      },
      Bricks: Bricks.sort((a, b) => (a < b ? -1 : 1)),
      GlusterVolumeOptions: wish.options === undefined ? ['', ''] : wish.options,
      Pending,
    };
    return this;
  }

  /** @returns its id. The pool of the first brick of a volume has another id in its name, as Heketi's have. */
  brick(
    name: string,
    brick: { node: string; volume: string; sizeKib: number; pending?: string; subType?: number },
  ): string {
    const [id, device] = [idOf(name), idOf(`${brick.node}/sdb`)];
    const poolId = name.endsWith('/0') ? idOf(`${name} at first`) : id;
    this.dump.brickentries[id] = {
      Info: {
        id,
        path: `/var/lib/heketi/mounts/vg_${device}/brick_${id}/brick`,
        device,
        node: idOf(brick.node),
        volume: brick.volume,
        size: brick.sizeKib,
      },
      TpSize: brick.sizeKib,
      PoolMetadataSize: metadataKib,
      Pending: { Id: brick.pending ?? '' },
      LvmThinPool: `tp_${poolId}`,
      LvmLv: '',
      SubType: brick.subType ?? 1,
    };
    const entry = this.dump.deviceentries[device];
    this.#list(entry.Bricks, id);
    entry.Info.storage.used += brick.sizeKib + metadataKib;
    entry.Info.storage.free -= brick.sizeKib + metadataKib;
    return id;
  }

  blockVolume(name: string, host: string, sizeGib: number): this {
    const id = idOf(name);
    const { Info: hosting } = this.dump.volumeentries[idOf(host)];
    hosting.blockinfo.freesize -= sizeGib;
    hosting.blockinfo.blockvolume = [...(hosting.blockinfo.blockvolume ?? []), id].sort((a, b) =>
      a < b ? -1 : 1,
    );
    this.#list(this.dump.clusterentries[hosting.cluster].Info.blockvolumes, id);
    this.dump.blockvolumeentries[id] = {
      Info: {
        size: sizeGib,
        name,
        hacount: 3,
        auth: true,
        id,
        blockvolume: {
          hosts: hosting.mount.glusterfs.hosts,
          iqn: `iqn.2016-12.org.gluster-block:${id}`,
          lun: 0,
          username: 'someone',
          password: 'the-password',
        },
        cluster: hosting.cluster,
        blockhostingvolume: hosting.id,
        usablesize: sizeGib,
      },
      Pending: { Id: '' },
    };
    return this;
  }

  operation(name: string, Type: number, Actions: readonly object[] = []): this {
    const Id = idOf(name);
    this.dump.pendingoperations[Id] = { Id, Timestamp: 1_700_000_000, Type, Actions, Status: 'stale' };
    return this;
  }

  text(): string {
    return JSON.stringify(this.dump, null, 4);
  }

  #list(ids: string[], id: string): void {
    ids.push(id);
    ids.sort((a, b) => (a < b ? -1 : 1));
  }
}

const gibKib = 1024 * 1024;

/** Two clusters with every durability, tags, zones, states, a hosting volume with block volumes; nothing unfinished. */
export function wholeDump(): DumpBuilder {
  const builder = new DumpBuilder().cluster('a').cluster('b', { block: false });
  for (const [index, zone] of [1, 2, 3, 1, 2, 3].entries())
    builder.node(`a${index}`, 'a', { zone, tags: index === 0 ? { rack: 'r7', arbiter: 'supported' } : {} });
  builder.node('b0', 'b', { state: 'offline' });
  const three = ['a0', 'a1', 'a2'];
  const replica3 = { type: 'replicate', replicate: { replica: 3 } } as const;
  return builder
    .volume('plain', { cluster: 'b', type: 'none', bricksOn: ['b0'], sizeGib: 10, brickKib: 10 * gibKib })
    .volume('copies', {
      cluster: 'a',
      type: 'replicate',
      durability: replica3,
      bricksOn: [...three, 'a3', 'a4', 'a5'],
      sizeGib: 20,
      brickKib: 10 * gibKib,
      info: { gid: 2001, snapshot: { enable: true, factor: 1.5 } },
      options: ['', 'performance.cache-size 1MB', ''],
    })
    .volume('arbiter', {
      cluster: 'a',
      type: 'replicate',
      durability: replica3,
      bricksOn: three,
      sizeGib: 10,
      brickKib: 10 * gibKib,
      arbiters: [2],
      options: ['', 'user.heketi.arbiter true', ''],
    })
    .volume('spread', {
      cluster: 'a',
      type: 'disperse',
      durability: { disperse: { data: 4, redundancy: 2 } },
      bricksOn: [...three, 'a3', 'a4', 'a5'],
      sizeGib: 40,
      brickKib: 10 * gibKib,
      options: null,
    })
    .volume('hosting', {
      cluster: 'a',
      type: 'replicate',
      durability: replica3,
      bricksOn: three,
      sizeGib: 100,
      brickKib: 100 * gibKib,
      info: { block: true, blockinfo: { freesize: 98, reservedsize: 2, restriction: 'locked' } },
      options: ['group gluster-block'],
    })
    .blockVolume('disk1', 'hosting', 10)
    .blockVolume('disk2', 'hosting', 5);
}
