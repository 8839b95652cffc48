import type { BrickKind } from '../db/schema.ts';
import type { Durability } from '../lib/durability.ts';
import type { Gluster } from '../storage/gluster/gluster.ts';
import { type BrickHeal, parseHealInfo } from '../storage/gluster/heal-info.ts';
import { type GlusterVolume, parseVolumeInfo } from '../storage/gluster/volume-info.ts';
import type { GlusterCluster } from './gluster-cluster.ts';
import type { SetMember } from './judge-replacement.ts';
import { assertStillOurs, pathOf } from './ownership.ts';

/** A brick of the set as the plan knew it. */
export interface PlannedMember {
  readonly brickId: string;
  /** `host:path`. */
  readonly name: string;
  readonly kind: BrickKind;
  /** Absent in journals of earlier versions. */
  readonly nodeId?: string;
}

/** What the steps of a replacement work with. */
export interface ReplacementParams {
  readonly clusterId: string;
  /** Nodes that may run gluster's commands, in the order they are tried. */
  readonly nodeIds: readonly string[];
  readonly volumeId: string;
  readonly name: string;
  readonly glusterUuid: string | null;
  readonly durability: Durability;
  readonly old: PlannedMember;
  /** `host:path`. */
  readonly replacement: string;
  /** Absent in journals of earlier versions. */
  readonly replacementNodeId?: string;
  /** The other bricks of the set. */
  readonly others: readonly PlannedMember[];
  readonly isOldLost: boolean;
  readonly acceptDataLoss: boolean;
  /** What has not been healed by then is told; null: however long it takes. */
  readonly healUntilMs: number | null;
}

/** The gluster volume, made sure of. @throws AppError `gluster.failed` when it is gone, `gluster.foreign_volume`. */
export function ownVolume(output: string, params: ReplacementParams): GlusterVolume {
  const volume = parseVolumeInfo(output);
  const bricks = [params.old, ...params.others].map(({ name }) => name);
  assertStillOurs(volume, { ...params, bricks: [...bricks, params.replacement] });
  return volume;
}

/** What gluster calls a brick of the volume; undefined when it is not in it. */
export const inVolume = (volume: GlusterVolume, name: string): string | undefined =>
  volume.bricks.find((brick) => pathOf(brick) === pathOf(name));

export interface SetLook {
  readonly volume: GlusterVolume;
  member(planned: PlannedMember): SetMember;
}

/** Looks at a redundant volume and at what is to be healed in it. */
export async function lookAtSet(
  cluster: GlusterCluster,
  params: ReplacementParams,
  gluster: Gluster,
): Promise<SetLook> {
  const [info, heal] = await cluster.run([gluster.volumeInfo(params.name), gluster.healInfo(params.name)]);
  const volume = ownVolume(info?.stdout ?? '', params);
  const heals = new Map<string, BrickHeal>(
    parseHealInfo(heal?.stdout ?? '').map((entry) => [pathOf(entry.name), entry]),
  );
  const away = { isConnected: false, pendingEntries: null };
  return { volume, member: (planned) => ({ ...away, ...heals.get(pathOf(planned.name)), ...planned }) };
}
