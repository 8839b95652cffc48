/** Which thin volumes live in which pool: beside the world's plain data, made when it is first asked for. */
import { changeable } from './changeable.ts';
import type { LogicalVolume, VolumeGroup } from './state.ts';

const byPool = new WeakMap<VolumeGroup['volumes'], Map<string, LogicalVolume[]>>();

/** In the order in which they came. */
export const thinVolumesOf = ({ volumes }: VolumeGroup, pool: string): readonly LogicalVolume[] =>
  (byPool.get(volumes) ?? sortByPool(volumes)).get(pool) ?? [];

export function putVolume({ volumes }: VolumeGroup, volume: LogicalVolume): void {
  changeable(volumes).set(volume.name, volume);
  enter(byPool.get(volumes), volume);
}

export function dropVolume({ volumes }: VolumeGroup, volume: LogicalVolume): void {
  changeable(volumes).delete(volume.name);
  const pools = byPool.get(volumes);
  const others = pools?.get(volume.pool)?.filter((each) => each !== volume) ?? [];
  if (others.length > 0) pools?.set(volume.pool, others);
  else pools?.delete(volume.pool);
}

function sortByPool(volumes: VolumeGroup['volumes']): Map<string, LogicalVolume[]> {
  const pools = new Map<string, LogicalVolume[]>();
  for (const volume of volumes.values()) enter(pools, volume);
  byPool.set(volumes, pools);
  return pools;
}

function enter(pools: Map<string, LogicalVolume[]> | undefined, volume: LogicalVolume): void {
  if (volume.pool !== '') pools?.set(volume.pool, [...(pools.get(volume.pool) ?? []), volume]);
}
