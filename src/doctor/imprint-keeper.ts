import type { ChangeObserver } from '../db/database.ts';
import type { Reads } from '../db/queries.ts';
import type { Touched } from '../db/touched.ts';
import { newId } from '../lib/ids.ts';
import type { OperationKind } from '../operations/kinds.ts';
import type { DoctorTools } from './doctor-tools.ts';
import { imprintSteps } from './mend/imprint-steps.ts';

const kindName = 'write-imprints';
/** Changes often come together: a topology file, a node on its way out. */
const delayMs = 10_000;

/**
 * Keeps what volume groups say in step with the record: a short time after states, tags, zones, host names or flags were
 * changed, they are written to the nodes. What cannot be written then is found by the doctor later.
 */
export class ImprintKeeper implements ChangeObserver {
  readonly #tools: DoctorTools;
  readonly #pending = { device: new Set<string>(), node: new Set<string>(), cluster: new Set<string>() };
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(tools: DoctorTools) {
    this.#tools = tools;
    tools.engine.register([writeImprintsKind], []);
    tools.database.observe(this);
  }

  async changed({ nodes, sayings }: Touched): Promise<void> {
    for (const id of nodes) this.#pending.node.add(id);
    for (const id of sayings.device) this.#pending.device.add(id);
    for (const id of sayings.cluster) this.#pending.cluster.add(id);
  }

  committed(): void {
    if (this.#isStopped || !this.#hasPending) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#flushOrTell(), delayMs);
    this.#timer.unref();
  }

  /** Writes at once what waits. Resolves when it is written, or could not be. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    if (!this.#hasPending) return;
    const { database, engine } = this.#tools;
    const steps = await imprintSteps(database.read, await this.#takePending(database.read));
    if (steps.length === 0) return;
    const { id } = await engine.submit(async () => {
      const operationId = newId();
      return {
        id: operationId,
        kind: kindName,
        clusterId: null,
        target: { kind: 'nodes', id: operationId },
        input: {},
        plan: { stages: [steps] },
      };
    });
    await engine.whenEnded(id);
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  get #hasPending(): boolean {
    const { device, node, cluster } = this.#pending;
    return device.size + node.size + cluster.size > 0;
  }

  /** Ids of the devices whose volume groups have something new to say. */
  async #takePending(reads: Reads): Promise<string[]> {
    const { device, node, cluster } = this.#pending;
    const [devices, nodes, clusters] = [[...device], [...node], [...cluster]];
    for (const set of [device, node, cluster]) set.clear();
    for (const id of clusters) nodes.push(...(await reads.nodes.visibleIds(id)));
    for (const id of nodes) devices.push(...(await reads.devices.listByNode(id)).map((found) => found.id));
    return devices;
  }

  async #flushOrTell(): Promise<void> {
    await this.flush().catch((thrown: unknown) =>
      this.#tools.log.warn({ err: thrown }, 'volume groups do not say yet what is on record'),
    );
  }
}

const writeImprintsKind: OperationKind = {
  name: kindName,
  async finish() {
    return {};
  },
  async abandon() {
    return {};
  },
};
