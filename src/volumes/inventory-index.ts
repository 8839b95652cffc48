import type { DeviceView, Unusable } from '../allocator/device.ts';
import { Inventory } from '../allocator/inventory.ts';
import type { ChangeObserver, Database } from '../db/database.ts';
import type { DeviceUsage } from '../db/devices.ts';
import type { Reads } from '../db/queries.ts';
import type { Touched } from '../db/touched.ts';
import { chunked } from '../lib/chunked.ts';

/** Whether a node was found out of order by the last health probe. */
export interface NodeHealth {
  isDown(nodeId: string): boolean;
}

/** Whether a thin pool on a device is so full that the device takes no new bricks; then why, in words. */
export interface FullPools {
  fullWords(deviceId: string): string | undefined;
}

const devicesPerQuery = 100;

/**
 * What placement knows: the devices of every cluster, kept beside the database and refreshed by exactly what each
 * transaction changes, so that a request costs the same in a large installation as in a small one (law 8).
 */
export class InventoryIndex implements ChangeObserver {
  readonly #health: NodeHealth;
  readonly #pools: FullPools;
  readonly #clusters = new Map<string, Inventory>();
  readonly #clusterOf = new Map<string, string>();

  private constructor(health: NodeHealth, pools: FullPools) {
    this.#health = health;
    this.#pools = pools;
  }

  /** Reads everything once and follows from then on. */
  static async open(database: Database, health: NodeHealth, pools: FullPools): Promise<InventoryIndex> {
    const index = new InventoryIndex(health, pools);
    const views = new Map<string, DeviceView[]>();
    for (const device of await database.read.devices.usageOfAll()) {
      index.#clusterOf.set(device.id, device.clusterId);
      const ofCluster = views.get(device.clusterId) ?? [];
      if (device.isReady) ofCluster.push(index.#toView(device));
      views.set(device.clusterId, ofCluster);
    }
    for (const [clusterId, devices] of views) index.#clusters.set(clusterId, new Inventory(devices));
    database.observe(index);
    return index;
  }

  /** The devices of a cluster; an empty inventory for an unknown one. */
  of(clusterId: string): Inventory {
    const inventory = this.#clusters.get(clusterId) ?? new Inventory();
    this.#clusters.set(clusterId, inventory);
    return inventory;
  }

  async changed(touched: Touched, reads: Reads): Promise<void> {
    for (const nodeId of touched.nodes) await this.refreshNode(nodeId, reads);
    for (const group of chunked([...touched.devices], devicesPerQuery)) {
      const gone = new Set(group);
      for (const usage of await reads.devices.usageOf(group)) {
        this.#put(usage);
        gone.delete(usage.id);
      }
      for (const deviceId of gone) this.#drop(deviceId);
    }
  }

  /** Reads a node's devices again, for instance because its health changed. */
  async refreshNode(nodeId: string, reads: Reads): Promise<void> {
    for (const usage of await reads.devices.usageOfNode(nodeId)) this.#put(usage);
  }

  #put(usage: DeviceUsage): void {
    const before = this.#clusterOf.get(usage.id);
    if (before !== undefined && before !== usage.clusterId) this.#drop(usage.id);
    this.#clusterOf.set(usage.id, usage.clusterId);
    const inventory = this.of(usage.clusterId);
    // A device whose making or removal is under way is not there yet, or no more.
    if (usage.isReady) inventory.put(this.#toView(usage));
    else inventory.remove(usage.id);
  }

  #drop(deviceId: string): void {
    const clusterId = this.#clusterOf.get(deviceId);
    if (clusterId !== undefined) this.#clusters.get(clusterId)?.remove(deviceId);
    this.#clusterOf.delete(deviceId);
  }

  #toView(usage: DeviceUsage): DeviceView {
    const poolWords = this.#pools.fullWords(usage.id);
    const unusable = this.#unusable(usage) ?? (poolWords === undefined ? undefined : 'device-pool-full');
    return {
      id: usage.id,
      nodeId: usage.nodeId,
      zone: usage.zone,
      nodeName: usage.nodeName,
      deviceName: usage.name,
      totalKib: usage.totalKib,
      usedKib: usage.usedKib,
      extentKib: usage.extentKib,
      tags: usage.tags,
      ...(unusable === undefined ? {} : { unusable }),
      ...(unusable === 'device-pool-full' && poolWords !== undefined ? { unusableText: poolWords } : {}),
    };
  }

  #unusable({ state, nodeState, nodeId }: DeviceUsage): Unusable | undefined {
    if (nodeState !== 'online') return `node-${nodeState}`;
    if (state !== 'online') return `device-${state}`;
    return this.#health.isDown(nodeId) ? 'node-down' : undefined;
  }
}
