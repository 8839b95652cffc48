/** The topology file (wire contract section 19.1), its defaults filled in. */
import type { Tags } from './tags.ts';

export interface DocumentDevice {
  readonly name: string;
  readonly destroyData: boolean;
  readonly tags: Tags;
}

export interface DocumentNode {
  readonly manageNames: readonly string[];
  readonly storageNames: readonly string[];
  readonly zone: number;
  readonly tags: Tags;
  readonly devices: readonly DocumentDevice[];
}

export interface DocumentCluster {
  readonly file: boolean;
  readonly block: boolean;
  readonly nodes: readonly DocumentNode[];
}

export interface TopologyDocument {
  readonly clusters: readonly DocumentCluster[];
}
