/** How a volume keeps its data. An arbiter (a third brick without data) exists only with replica 3. */
export type Durability =
  | { readonly type: 'none' }
  | { readonly type: 'replicate'; readonly replica: 2 | 3; readonly arbiter: boolean }
  | { readonly type: 'disperse'; readonly data: number; readonly redundancy: number };

/** Bricks that hold the same data: the size of a brick set. */
export function bricksPerSet(durability: Durability): number {
  switch (durability.type) {
    case 'none':
      return 1;
    case 'replicate':
      return durability.replica;
    case 'disperse':
      return durability.data + durability.redundancy;
  }
}

/** Where a brick stands among the bricks of its volume. */
export interface BrickPlace {
  readonly setIndex: number;
  /** Within its set, from 0. */
  readonly position: number;
  readonly kind: 'data' | 'arbiter';
}

/** @param index in gluster's order, in which the bricks of a set follow each other and an arbiter comes last. */
export function brickPlace(durability: Durability, index: number): BrickPlace {
  const perSet = bricksPerSet(durability);
  const position = index % perSet;
  const isArbiter = durability.type === 'replicate' && durability.arbiter && position === perSet - 1;
  return { setIndex: Math.floor(index / perSet), position, kind: isArbiter ? 'arbiter' : 'data' };
}

/** By how much a set's capacity is divided among its bricks. */
export function dataBricks(durability: Durability): number {
  return durability.type === 'disperse' ? durability.data : 1;
}
