import type { ChangeObserver } from '../db/database.ts';
import type { Reads } from '../db/queries.ts';
import type { Touched } from '../db/touched.ts';
import { groupBy } from '../lib/group-by.ts';
import { fromPoolTags } from '../storage/imprints.ts';
import type { LogicalVolume } from '../storage/lvm/reports.ts';
import { deviceOfGroup } from '../storage/naming.ts';

/** 0 to 100; null while LVM does not say, for instance because the pool is not active. */
interface Fill {
  readonly dataPercent: number | null;
  readonly metadataPercent: number | null;
}

/** A thin pool as LVM last said it was. */
export interface PoolFill extends Fill {
  readonly name: string;
  /** Empty when the pool does not say whose it is. */
  readonly brickId: string;
  readonly volumeId: string;
}

/** What is known of a device's pools. Only the notable ones are remembered one by one: there are as many as bricks. */
interface DevicePools {
  readonly notable: readonly PoolFill[];
  /** The fullest of all the others. */
  readonly others: Fill;
}

/** From here on a pool is remembered by its name, or from the limit on where that is lower. */
export const notablePercent = 80;

/**
 * How full the thin pools are, as far as somebody has looked since the start: the health probe and the doctor do. A device
 * with a pool at the limit takes no new bricks, so that there is room left to grow the pool in.
 */
export class PoolWatch implements ChangeObserver {
  readonly #limitPercent: number;
  readonly #notablePercent: number;
  readonly #pools = new Map<string, DevicePools>();
  /** Those of a device that are at the limit: every creation asks, and most devices have none. */
  readonly #full = new Map<string, PoolFill[]>();
  /** Devices by the node they were seen on. */
  readonly #devicesOf = new Map<string, Set<string>>();
  /** Told of a node with a device that now may take bricks, or no longer may. */
  onChange: (nodeId: string) => Promise<void> = async () => undefined;

  /** @param limitPercent from which on a pool counts as full; 0: none ever does. */
  constructor(limitPercent: number) {
    this.#limitPercent = limitPercent;
    this.#notablePercent = limitPercent > 0 ? Math.min(limitPercent, notablePercent) : notablePercent;
  }

  /** Replaces what is known of a node's pools by what it says now. */
  async see(nodeId: string, volumes: readonly LogicalVolume[]): Promise<void> {
    const before = this.#fullOn(nodeId);
    for (const deviceId of this.#devicesOf.get(nodeId) ?? []) {
      this.#pools.delete(deviceId);
      this.#full.delete(deviceId);
    }
    const pools = groupBy(volumes.filter(isPool), ({ volumeGroup }) => deviceOfGroup(volumeGroup) ?? '');
    pools.delete('');
    this.#devicesOf.set(nodeId, new Set(pools.keys()));
    for (const [deviceId, ofDevice] of pools) {
      this.#pools.set(deviceId, this.#summaryOf(ofDevice));
      this.#countFull(deviceId);
    }
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

  /** Pools that are notably full. */
  notableOn(deviceId: string): readonly PoolFill[] {
    return this.#pools.get(deviceId)?.notable ?? [];
  }

  /** How full the fullest of all its pools is; undefined when nobody has seen one. */
  fullestOn(deviceId: string): Fill | undefined {
    const pools = this.#pools.get(deviceId);
    return pools === undefined ? undefined : [...pools.notable, pools.others].reduce(fuller);
  }

  /** Pools of bricks that are gone are forgotten at once: nothing of them keeps new bricks away. */
  async changed(touched: Touched, reads: Reads): Promise<void> {
    for (const deviceId of touched.devices) {
      const pools = this.#pools.get(deviceId);
      if (pools === undefined || !this.#full.has(deviceId)) continue;
      const bricks = await reads.bricks.listByDevice(deviceId);
      const names = new Set(bricks.map(({ poolName }) => poolName));
      const notable = pools.notable.filter(({ brickId, name }) => brickId === '' || names.has(name));
      this.#pools.set(deviceId, { ...pools, notable });
      this.#countFull(deviceId);
    }
  }

  /** The fullest first. */
  #countFull(deviceId: string): void {
    const full = this.notableOn(deviceId).filter((pool) => this.#isFull(pool));
    if (full.length === 0) this.#full.delete(deviceId);
    else
      this.#full.set(
        deviceId,
        full.sort((a, b) => highest(b) - highest(a)),
      );
  }

  #summaryOf(pools: readonly LogicalVolume[]): DevicePools {
    const notable: PoolFill[] = [];
    let others: Fill = { dataPercent: null, metadataPercent: null };
    for (const pool of pools) {
      if (highest(pool) < this.#notablePercent) others = fuller(others, pool);
      else notable.push(toPoolFill(pool));
    }
    return { notable, others };
  }

  #isFull(pool: Fill): boolean {
    return this.#limitPercent > 0 && highest(pool) >= this.#limitPercent;
  }

  /** The words of all full devices of a node: they change when anything about them does. */
  #fullOn(nodeId: string): string {
    const devices = [...(this.#devicesOf.get(nodeId) ?? [])].sort();
    return devices.map((deviceId) => `${deviceId} ${this.fullWords(deviceId) ?? ''}`).join('\n');
  }
}

const isPool = ({ thinCount }: LogicalVolume): boolean => thinCount !== null;

const highest = ({ dataPercent, metadataPercent }: Fill): number =>
  Math.max(dataPercent ?? 0, metadataPercent ?? 0);

/** The higher of each percentage of two. */
const fuller = (one: Fill, other: Fill): Fill => ({
  dataPercent: higher(one.dataPercent, other.dataPercent),
  metadataPercent: higher(one.metadataPercent, other.metadataPercent),
});

function higher(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.max(one, other);
}

const fillWords = ({ dataPercent, metadataPercent }: Fill): string =>
  `${dataPercent ?? '?'} % of its data and ${metadataPercent ?? '?'} % of its metadata used`;

function toPoolFill({ name, tags, dataPercent, metadataPercent }: LogicalVolume): PoolFill {
  const { brickId = '', volumeId = '' } = fromPoolTags(tags) ?? {};
  return { name, brickId, volumeId, dataPercent, metadataPercent };
}
