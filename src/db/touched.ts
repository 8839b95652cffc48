/** Collects what a transaction changed, so that derived indexes are refreshed by exactly that much (law 8). */
export interface Touch {
  node(id: string): void;
  device(id: string): void;
  /** What a device or a cluster says of itself on the nodes has changed: its state, its tags, its flags. */
  saying(kind: 'device' | 'cluster', id: string): void;
}

export class Touched implements Touch {
  readonly nodes = new Set<string>();
  readonly devices = new Set<string>();
  readonly sayings = { device: new Set<string>(), cluster: new Set<string>() };

  node(id: string): void {
    this.nodes.add(id);
  }

  device(id: string): void {
    this.devices.add(id);
  }

  saying(kind: 'device' | 'cluster', id: string): void {
    this.sayings[kind].add(id);
  }

  addAll(other: Touched): void {
    for (const [own, others] of this.#pairs(other)) for (const id of others) own.add(id);
  }

  get isEmpty(): boolean {
    return this.#pairs(this).every(([own]) => own.size === 0);
  }

  clear(): void {
    for (const [own] of this.#pairs(this)) own.clear();
  }

  #pairs(other: Touched): (readonly [own: Set<string>, others: Set<string>])[] {
    return [
      [this.nodes, other.nodes],
      [this.devices, other.devices],
      [this.sayings.device, other.sayings.device],
      [this.sayings.cluster, other.sayings.cluster],
    ];
  }
}
