import type { ChangeObserver } from '../../db/database.ts';
import type { Reads } from '../../db/queries.ts';

/** What clients mount a volume from: the storage hosts of its cluster (wire contract section 11). */
export interface Mount {
  readonly hosts: readonly string[];
  readonly options: Readonly<Record<string, string>>;
}

/**
 * The mount hosts of each cluster, kept until a node changes: every volume shows all of them, and a cluster may have
 * thousands.
 */
export class MountHosts implements ChangeObserver {
  readonly #reads: Reads;
  readonly #byCluster = new Map<string, Promise<Mount>>();
  #changes = 0;

  constructor(reads: Reads) {
    this.#reads = reads;
  }

  async changed(touched: { readonly nodes: ReadonlySet<string> }): Promise<void> {
    if (touched.nodes.size > 0) this.#changes += 1;
  }

  committed(): void {
    if (this.#changes > 0) this.#byCluster.clear();
    this.#changes = 0;
  }

  of(clusterId: string): Promise<Mount> {
    const kept = this.#byCluster.get(clusterId);
    if (kept !== undefined) return kept;
    const read = this.#read(clusterId);
    this.#byCluster.set(clusterId, read);
    return read;
  }

  async #read(clusterId: string): Promise<Mount> {
    const hosts = await this.#reads.nodes.storageHosts(clusterId);
    return { hosts, options: { 'backup-volfile-servers': hosts.slice(1).join(',') } };
  }
}
