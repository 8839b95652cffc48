/** Collects what a transaction changed, so that derived indexes are refreshed by exactly that much (law 8). */
export interface Touch {
  node(id: string): void;
  device(id: string): void;
}

export class Touched implements Touch {
  readonly nodes = new Set<string>();
  readonly devices = new Set<string>();

  node(id: string): void {
    this.nodes.add(id);
  }

  device(id: string): void {
    this.devices.add(id);
  }

  addAll(other: Touched): void {
    for (const id of other.nodes) this.nodes.add(id);
    for (const id of other.devices) this.devices.add(id);
  }

  get isEmpty(): boolean {
    return this.nodes.size === 0 && this.devices.size === 0;
  }

  clear(): void {
    this.nodes.clear();
    this.devices.clear();
  }
}
