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

/** How the bricks are, as far as somebody has looked since the start: the health probe does. */
export class BrickWatch {
  readonly #ofDevice = new Map<string, BrickState[]>();
  /** Devices by the node they were seen on. */
  readonly #devicesOf = new Map<string, Set<string>>();

  /** Replaces what is known of a node's bricks by what it says now; nothing, when it says nothing. */
  see(nodeId: string, bricks: readonly BrickState[]): void {
    for (const deviceId of this.#devicesOf.get(nodeId) ?? []) this.#ofDevice.delete(deviceId);
    this.#devicesOf.set(nodeId, new Set(bricks.map(({ deviceId }) => deviceId)));
    for (const brick of bricks) {
      const others = this.#ofDevice.get(brick.deviceId);
      if (others === undefined) this.#ofDevice.set(brick.deviceId, [brick]);
      else others.push(brick);
    }
  }

  /** Nobody looks at other nodes any more: what was seen there is no longer true of anything. */
  keepOnly(nodeIds: ReadonlySet<string>): void {
    for (const nodeId of this.#devicesOf.keys()) {
      if (nodeIds.has(nodeId)) continue;
      this.see(nodeId, []);
      this.#devicesOf.delete(nodeId);
    }
  }

  bricksOf(deviceId: string): readonly BrickState[] {
    return this.#ofDevice.get(deviceId) ?? [];
  }
}
