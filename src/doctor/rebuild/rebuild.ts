import type { Reads, Writes } from '../../db/queries.ts';
import { AppError } from '../../errors.ts';
import { newId } from '../../lib/ids.ts';
import type { DoctorTools } from '../doctor-tools.ts';
import { assemble, type RebuiltRecords } from './assemble.ts';
import { type HostLook, lookAtHost, type RebuildHost } from './host-look.ts';

export interface RebuildOptions {
  /** Only tell what would be recorded. */
  readonly isDryRun: boolean;
  /** Record what could be seen even though something is in the way. */
  readonly isPartial: boolean;
}

export interface RebuildReport extends RebuiltRecords {
  readonly isDone: boolean;
}

/** Fills an empty database from what the nodes say of themselves (law 5). Nothing on a node is changed. */
export class Rebuild {
  readonly #tools: DoctorTools;

  constructor(tools: DoctorTools) {
    this.#tools = tools;
  }

  /**
   * @throws AppError `request.conflict` when the database is not empty, or when something is in the way and `isPartial` is
   * not asked for.
   */
  async run(
    hosts: readonly RebuildHost[],
    options: RebuildOptions,
    signal: AbortSignal,
  ): Promise<RebuildReport> {
    const { database, clock } = this.#tools;
    await assertEmpty(database.read);
    const records = assemble(await this.#look(hosts, signal), newId);
    if (options.isDryRun) return { ...records, isDone: false };
    if (records.problems.length > 0 && !options.isPartial) {
      throw new AppError(
        'request.conflict',
        `the database cannot be rebuilt as it is: ${records.problems.join('; ')}. Mend that, or ask for what can be seen (--partial)`,
        { details: { problems: records.problems } },
      );
    }
    await database.write(async (tx) => {
      await assertEmpty(tx);
      await insert(tx, records, clock.now());
    });
    return { ...records, isDone: true };
  }

  async #look(hosts: readonly RebuildHost[], signal: AbortSignal): Promise<HostLook[]> {
    const waiting = [...hosts];
    const looks: HostLook[] = [];
    const work = async (): Promise<void> => {
      for (let host = waiting.shift(); host !== undefined; host = waiting.shift())
        looks.push(await lookAtHost(host, this.#tools, signal));
    };
    await Promise.all(Array.from({ length: this.#tools.settings.nodesAtOnce }, work));
    return looks.sort((a, b) => hosts.indexOf(a.host) - hosts.indexOf(b.host));
  }
}

/** @throws AppError `request.conflict`. */
export async function assertEmpty(reads: Reads): Promise<void> {
  const counts = {
    clusters: (await reads.clusters.list()).length,
    nodes: (await reads.nodes.listAll()).length,
    volumes: (await reads.volumes.listVisible()).length,
    'unfinished operations': (await reads.operations.listUnfinished()).length,
  };
  const present = Object.entries(counts).filter(([, count]) => count > 0);
  if (present.length === 0) return;
  const words = present.map(([what, count]) => `${count} ${what}`).join(', ');
  throw new AppError(
    'request.conflict',
    `the database is not empty (${words}): only an empty one is filled. To bring back what is missing in this one, use mortar doctor`,
    { details: counts },
  );
}

async function insert(tx: Writes, records: RebuiltRecords, nowMs: number): Promise<void> {
  for (const cluster of records.clusters) await tx.clusters.insert(cluster, nowMs);
  for (const node of records.nodes) await tx.nodes.insert(node, nowMs);
  for (const device of records.devices) await tx.devices.insert(device, nowMs);
  for (const volume of records.volumes) await tx.volumes.insert(volume, nowMs);
  await tx.bricks.insert(records.bricks);
  await tx.foreignBricks.insert(records.foreignBricks);
}
