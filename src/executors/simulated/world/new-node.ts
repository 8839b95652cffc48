import { freshRoot } from './file-tree.ts';
import type { NodeState, WorldDefaults } from './state.ts';

/** The parts of a node that are decided when it appears. Absent ones follow the world's defaults. */
export interface NodeDescription {
  /** Manage address. */
  readonly host: string;
  readonly storageHosts?: readonly string[] | undefined;
  readonly unlistedDisks?: boolean | undefined;
  readonly diskKib?: number | undefined;
  readonly missingTools?: readonly string[] | undefined;
  readonly missingModules?: readonly string[] | undefined;
  /** User id that commands run as; 0 when absent. */
  readonly userId?: number | undefined;
}

/** A node that has just been installed: no disks but the one of the system, glusterd running. */
export function newNode(
  description: NodeDescription,
  defaults: WorldDefaults,
  glusterUuid: string,
): NodeState {
  return {
    name: description.host,
    isUp: true,
    isReachable: true,
    unlistedDisks: description.unlistedDisks ?? defaults.unlistedDisks,
    diskKib: description.diskKib ?? defaults.diskKib,
    missingTools: new Set(description.missingTools),
    missingModules: new Set(description.missingModules),
    userId: description.userId ?? 0,
    disks: new Map(),
    pulled: new Map(),
    links: new Map(),
    groups: new Map(),
    nextMinor: 0,
    freeMinors: [],
    root: freshRoot(),
    mounts: new Map(),
    swaps: new Set(),
    gluster: {
      uuid: glusterUuid,
      isRunning: true,
      pool: '',
      remembered: new Set(),
      bricks: new Map(),
      running: new Map(),
    },
  };
}
