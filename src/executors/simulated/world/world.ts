import { type NodeDescription, newNode } from './new-node.ts';
import { nextLvmUuid, nextUuid, seedRandom } from './randomness.ts';
import type { NodeState, PoolState, WorldDefaults, WorldState } from './state.ts';

export function newWorldState(seed: number, defaults: WorldDefaults): WorldState {
  return {
    random: seedRandom(seed),
    nodes: new Map(),
    storageNames: new Map(),
    pools: new Map(),
    defaults,
  };
}

/** All nodes and gluster pools of a simulation. Whoever changes the state calls `touch`. */
export class World {
  readonly state: WorldState;
  #revision = 0;

  constructor(state: WorldState) {
    this.state = state;
  }

  /** Grows with every change: the same number before and after means that nothing was changed. */
  get revision(): number {
    return this.#revision;
  }

  touch(): void {
    this.#revision += 1;
  }

  /** Also a number that is drawn and not used is a change: the next one is another. */
  uuid(): string {
    this.touch();
    return nextUuid(this.state.random);
  }

  lvmUuid(): string {
    this.touch();
    return nextLvmUuid(this.state.random);
  }

  /** The node of a manage address. One that was not declared appears, unless the world is closed: then undefined. */
  node(address: string): NodeState | undefined {
    const known = this.state.nodes.get(address);
    if (known !== undefined || !this.state.defaults.unlistedNodes) return known;
    return this.addNode({ host: address });
  }

  addNode(description: NodeDescription): NodeState {
    this.touch();
    const node = newNode(description, this.state.defaults, this.uuid());
    this.state.nodes.set(node.name, node);
    this.joinOwnPool(node);
    for (const name of description.storageHosts ?? []) this.nameNode(name, node.name);
    return node;
  }

  /** Gives the node a pool of its own, as a fresh glusterd has. */
  joinOwnPool(node: NodeState): void {
    this.touch();
    const pool: PoolState = { id: this.uuid(), members: new Map(), volumes: new Map(), snapshotLimit: 256 };
    pool.members.set(node.name, { uuid: node.gluster.uuid, names: new Set() });
    this.state.pools.set(pool.id, pool);
    node.gluster.pool = pool.id;
  }

  /** From now on the storage host name means the node. */
  nameNode(storageHost: string, address: string, isCertain = true): void {
    this.touch();
    this.state.storageNames.set(storageHost, { node: address, isCertain });
    const node = this.state.nodes.get(address);
    if (node !== undefined) this.poolOf(node).members.get(address)?.names.add(storageHost);
  }

  poolOf(node: NodeState): PoolState {
    const pool = this.state.pools.get(node.gluster.pool);
    if (pool === undefined) throw new Error(`the simulated node ${node.name} has no gluster pool`);
    return pool;
  }

  memberNode(name: string): NodeState {
    const node = this.state.nodes.get(name);
    if (node === undefined) throw new Error(`there is no simulated node ${name}`);
    return node;
  }
}
