import type { DeviceView, Unusable } from '../allocator/device.ts';
import { Inventory } from '../allocator/inventory.ts';
import type { ChangeObserver, Database } from '../db/database.ts';
import type { DeviceUsage } from '../db/devices.ts';
import type { Reads } from '../db/queries.ts';
import type { Touched } from '../db/touched.ts';

/** Whether a node was found out of order by the last health probe. */
export interface NodeHealth {
  isDown(nodeId: string): boolean;
}

/**
 * What placement knows: the devices of every cluster, kept beside the database and refreshed by exactly what each
 * transaction changes, so that a request costs the same in a large installation as in a small one (law 8).
 */
export class InventoryIndex implements ChangeObserver {
  readonly #health: NodeHealth;
  readonly #clusters = new Map<string, Inventory>();
  readonly #clusterOf = new Map<string, string>();

  constructor(health: NodeHealth) {
    this.#health = health;
  }

  /** Reads everything once and follows from then on. */
  static async open(database: Database, health: NodeHealth): Promise<InventoryIndex> {
    const index = new InventoryIndex(health);
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
    for (const deviceId of touched.devices) {
      const [usage] = await reads.devices.usageOf([deviceId]);
      if (usage === undefined) this.#drop(deviceId);
      else this.#put(usage);
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
    const unusable = this.#unusable(usage);
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
    };
  }

  #unusable({ state, nodeState, nodeId }: DeviceUsage): Unusable | undefined {
    if (nodeState !== 'online') return `node-${nodeState}`;
    if (state !== 'online') return `device-${state}`;
    return this.#health.isDown(nodeId) ? 'node-down' : undefined;
  }
}
