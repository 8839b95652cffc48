import { groupBy } from '../lib/group-by.ts';

/** A brick as its own node last said it was. */
export interface BrickState {
  readonly brickId: string;
  readonly volumeId: string;
  readonly deviceId: string;
  /** Its process runs. */
  readonly isUp: boolean;
  /** Entries that other bricks of its set lack; null for a brick that keeps no such list, or could not be looked into. */
  readonly pendingEntries: number | null;
}

const isTroubled = ({ isUp, pendingEntries }: BrickState): boolean => !isUp || (pendingEntries ?? 0) > 0;

/** How the bricks are, as far as somebody has looked since the start: the health probe does. */
export class BrickWatch {
  /** Only bricks with which something is wrong; an empty list where all is well. */
  readonly #troubled = new Map<string, readonly BrickState[]>();
  /** Devices by the node they were seen on. */
  readonly #devicesOf = new Map<string, Set<string>>();

  /** Replaces what is known of a node's bricks by what it says now; nothing, when it says nothing. */
  see(nodeId: string, bricks: readonly BrickState[]): void {
    for (const deviceId of this.#devicesOf.get(nodeId) ?? []) this.#troubled.delete(deviceId);
    const byDevice = groupBy(bricks, ({ deviceId }) => deviceId);
    this.#devicesOf.set(nodeId, new Set(byDevice.keys()));
    for (const [deviceId, ofDevice] of byDevice) this.#troubled.set(deviceId, ofDevice.filter(isTroubled));
  }

  /** Nobody looks at other nodes any more: what was seen there is no longer true of anything. */
  keepOnly(nodeIds: ReadonlySet<string>): void {
    for (const nodeId of this.#devicesOf.keys()) {
      if (nodeIds.has(nodeId)) continue;
      this.see(nodeId, []);
      this.#devicesOf.delete(nodeId);
    }
  }

  /** Bricks of a device with which something is wrong; undefined when nobody has seen a brick there. */
  troubledOn(deviceId: string): readonly BrickState[] | undefined {
    return this.#troubled.get(deviceId);
  }
}
