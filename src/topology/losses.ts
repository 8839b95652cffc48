import { visibleDevice } from './devices.ts';
import { visibleNode } from './nodes.ts';
import type { TopologyTools } from './topology-tools.ts';

/**
 * Nodes and disks that are gone for good. Nothing is ever sent to a lost node again: what waits for it is closed, and
 * what it holds counts as gone. Its bricks are made again elsewhere when it is removed.
 */
export class Losses {
  readonly #tools: TopologyTools;

  constructor(tools: TopologyTools) {
    this.#tools = tools;
  }

  /** Declares a node lost, and takes it out of service. Again is fine. @throws AppError `object.not_found`. */
  async declareNode(id: string): Promise<void> {
    const { database, access, engine, clock, log } = this.#tools;
    await database.write(async (tx) => {
      const node = await visibleNode(tx, id);
      if (node.lostAtMs !== null) return;
      await tx.nodes.update(id, {
        lostAtMs: clock.now(),
        ...(node.state === 'online' ? { state: 'offline' as const } : {}),
      });
    });
    log.warn({ nodeId: id }, 'a node was declared lost');
    access.forget(id);
    engine.lookAgain();
  }

  /** Declares the disk of a device lost, and takes it out of service. @throws AppError `object.not_found`. */
  async declareDevice(id: string): Promise<void> {
    const { database, engine, clock, log } = this.#tools;
    await database.write(async (tx) => {
      const device = await visibleDevice(tx, id);
      if (device.lostAtMs !== null) return;
      await tx.devices.update(id, {
        lostAtMs: clock.now(),
        ...(device.state === 'online' ? { state: 'offline' as const } : {}),
      });
    });
    log.warn({ deviceId: id }, 'the disk of a device was declared lost');
    engine.lookAgain();
  }
}
