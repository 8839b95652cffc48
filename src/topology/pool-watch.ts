import type { ChangeObserver } from '../db/database.ts';
import type { Reads } from '../db/queries.ts';
import type { Touched } from '../db/touched.ts';
import { fromPoolTags } from '../storage/imprints.ts';
import type { LogicalVolume } from '../storage/lvm/reports.ts';
import { deviceOfGroup } from '../storage/naming.ts';

/** A thin pool as LVM last said it was. */
export interface PoolFill {
  readonly deviceId: string;
  readonly name: string;
  /** Empty when the pool does not say whose it is. */
  readonly brickId: string;
  readonly volumeId: string;
  /** 0 to 100; null while LVM does not say, for instance because the pool is not active. */
  readonly dataPercent: number | null;
  readonly metadataPercent: number | null;
}

/**
 * How full the thin pools are, as far as somebody has looked since the start: the health probe and the doctor do. A device
 * with a pool at the limit takes no new bricks, so that there is room left to grow the pool in.
 */
export class PoolWatch implements ChangeObserver {
  readonly #limitPercent: number;
  readonly #pools = new Map<string, Map<string, PoolFill>>();
  /** Those of a device that are at the limit: every creation asks, and most devices have none. */
  readonly #full = new Map<string, PoolFill[]>();
  /** Devices by the node they were seen on. */
  readonly #devicesOf = new Map<string, Set<string>>();
  /** Told of a node with a device that now may take bricks, or no longer may. */
  onChange: (nodeId: string) => Promise<void> = async () => undefined;

  /** @param limitPercent from which on a pool counts as full; 0: none ever does. */
  constructor(limitPercent: number) {
    this.#limitPercent = limitPercent;
  }

  /** Replaces what is known of a node's pools by what it says now. */
  async see(nodeId: string, volumes: readonly LogicalVolume[]): Promise<void> {
    const before = this.#fullOn(nodeId);
    for (const deviceId of this.#devicesOf.get(nodeId) ?? []) {
      this.#pools.delete(deviceId);
      this.#full.delete(deviceId);
    }
    const pools = volumes.flatMap(toPool);
    this.#devicesOf.set(nodeId, new Set(pools.map(({ deviceId }) => deviceId)));
    for (const pool of pools) {
      const ofDevice = this.#pools.get(pool.deviceId) ?? new Map<string, PoolFill>();
      this.#pools.set(pool.deviceId, ofDevice.set(pool.name, pool));
    }
    for (const { deviceId } of pools) this.#countFull(deviceId);
    if (this.#fullOn(nodeId) !== before) await this.onChange(nodeId);
  }

  /** Why the device takes no new bricks, in words; undefined when no pool on it is at the limit. */
  fullWords(deviceId: string): string | undefined {
    const full = this.#full.get(deviceId) ?? [];
    const [worst] = full;
    if (worst === undefined) return undefined;
    const more = full.length > 1 ? ` (and ${full.length - 1} more)` : '';
    return `its thin pool ${worst.name}${more} is nearly full, ${fillWords(worst)}: no new bricks from ${this.#limitPercent} % on`;
  }

  poolsOf(deviceId: string): Iterable<PoolFill> {
    return this.#pools.get(deviceId)?.values() ?? [];
  }

  /** Pools of bricks that are gone are forgotten at once: nothing of them keeps new bricks away. */
  async changed(touched: Touched, reads: Reads): Promise<void> {
    for (const deviceId of touched.devices) {
      const pools = this.#pools.get(deviceId);
      if (pools === undefined || !this.#full.has(deviceId)) continue;
      const bricks = await reads.bricks.listByDevice(deviceId);
      const names = new Set(bricks.map(({ poolName }) => poolName));
      for (const [name, { brickId }] of pools) if (brickId !== '' && !names.has(name)) pools.delete(name);
      this.#countFull(deviceId);
    }
  }

  /** The fullest first. */
  #countFull(deviceId: string): void {
    const full = [...this.poolsOf(deviceId)].filter((pool) => this.#isFull(pool));
    if (full.length === 0) this.#full.delete(deviceId);
    else
      this.#full.set(
        deviceId,
        full.sort((a, b) => highest(b) - highest(a)),
      );
  }

  #isFull(pool: PoolFill): boolean {
    return this.#limitPercent > 0 && highest(pool) >= this.#limitPercent;
  }

  /** The words of all full devices of a node: they change when anything about them does. */
  #fullOn(nodeId: string): string {
    const devices = [...(this.#devicesOf.get(nodeId) ?? [])].sort();
    return devices.map((deviceId) => `${deviceId} ${this.fullWords(deviceId) ?? ''}`).join('\n');
  }
}

const highest = ({ dataPercent, metadataPercent }: PoolFill): number =>
  Math.max(dataPercent ?? 0, metadataPercent ?? 0);

const fillWords = ({ dataPercent, metadataPercent }: PoolFill): string =>
  `${dataPercent ?? '?'} % of its data and ${metadataPercent ?? '?'} % of its metadata used`;

function toPool({
  volumeGroup,
  name,
  thinCount,
  tags,
  dataPercent,
  metadataPercent,
}: LogicalVolume): PoolFill[] {
  const deviceId = deviceOfGroup(volumeGroup);
  if (deviceId === undefined || thinCount === null) return [];
  const { brickId = '', volumeId = '' } = fromPoolTags(tags) ?? {};
  return [{ deviceId, name, brickId, volumeId, dataPercent, metadataPercent }];
}
