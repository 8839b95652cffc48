import type { VolumeCreate } from '../../client/wire-types.ts';
import { gibHolding } from '../quantity.ts';
import type { ClassParameters, VolumeType } from './class-parameters.ts';

/** What Mortar is asked for (Kubernetes contract 1.4): for a claim always the same, so that it can be asked again. */
export function volumeRequest(
  { clusters, volumeType, volumeOptions, snapshotFactor }: ClassParameters,
  { name, bytes, gid }: { readonly name: string; readonly bytes: number; readonly gid: number },
): VolumeCreate {
  return {
    size: gibHolding(bytes),
    name,
    ...(clusters.length === 0 ? {} : { clusters: [...clusters] }),
    durability: durabilityOf(volumeType),
    gid,
    ...(volumeOptions.length === 0 ? {} : { glustervolumeoptions: [...volumeOptions] }),
    snapshot: { enable: true, factor: snapshotFactor },
  };
}

function durabilityOf(volumeType: VolumeType): NonNullable<VolumeCreate['durability']> {
  switch (volumeType.type) {
    case 'none':
      return { type: 'none' };
    case 'replicate':
      return { type: 'replicate', replicate: { replica: volumeType.replica } };
    case 'disperse':
      return {
        type: 'disperse',
        disperse: { data: volumeType.data, redundancy: volumeType.redundancy },
      };
  }
}
