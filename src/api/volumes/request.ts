import type { VolumeRequest } from '../../volumes/volume-request.ts';
import type { VolumeCreate } from '../schema/volumes.ts';

/** The wire's request with its defaults filled in (wire contract section 11). */
export function toVolumeRequest(body: VolumeCreate): VolumeRequest {
  return {
    sizeGib: body.size,
    name: body.name ?? '',
    clusterIds: body.clusters ?? [],
    durability: toDurability(body.durability),
    gid: body.gid ?? 0,
    options: body.glustervolumeoptions ?? [],
    block: body.block ?? false,
    snapshot: { enable: body.snapshot?.enable ?? false, factor: body.snapshot?.factor ?? 0 },
  };
}

const toDurability = (sent: VolumeCreate['durability']): VolumeRequest['durability'] => ({
  type: sent?.type ?? '',
  replicate: withoutUndefined(sent?.replicate ?? {}),
  disperse: withoutUndefined(sent?.disperse ?? {}),
});

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

const withoutUndefined = <T extends object>(value: T): Present<T> =>
  Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as Present<T>;
