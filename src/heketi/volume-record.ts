import type { VolumeRecord } from '../db/volumes.ts';
import type { Durability } from '../lib/durability.ts';
import { reservedGib } from '../volumes/hosting-room.ts';
import type { VolumeEntry } from './document.ts';

/** What holds for volumes that do not say it themselves. */
export interface VolumeDefaults {
  readonly averageFileKib: number;
  readonly zoneChecking: VolumeRecord['zoneChecking'];
}

const trueWords = new Set(['1', 't', 'T', 'true', 'True', 'TRUE']);

/** Options as they are: what gluster has taken long ago is not judged again. Later ones win. */
function optionsOf({ GlusterVolumeOptions }: VolumeEntry): Map<string, string> {
  return new Map(
    (GlusterVolumeOptions ?? []).flatMap((option) => {
      const [, key, value] = /^\s*(\S+)\s+(.*?)\s*$/.exec(option) ?? [];
      return key === undefined || value === undefined ? [] : [[key, value] as const];
    }),
  );
}

const dispersions = new Set(['2+1', '4+2', '8+3', '8+4']);

/** How the volume keeps its data, or what is wrong with what it says. Old dumps leave out what is usual. */
export function durabilityOf(entry: VolumeEntry): Durability | { readonly fault: string } {
  const { type, replicate, disperse } = entry.Info.durability;
  switch (type) {
    case '':
    case 'none':
      return { type: 'none' };
    case 'replicate': {
      const replica = replicate.replica || 2;
      if (replica === 1) return { type: 'none' };
      if (replica !== 2 && replica !== 3) return { fault: `replica: ${replica} must be 1, 2 or 3` };
      const arbiter = replica === 3 && trueWords.has(optionsOf(entry).get('user.heketi.arbiter') ?? '');
      return { type, replica, arbiter };
    }
    case 'disperse': {
      const { data = 4, redundancy = 2 } = disperse;
      if (dispersions.has(`${data}+${redundancy}`)) return { type, data, redundancy };
      return { fault: `disperse: ${data}+${redundancy} must be one of ${[...dispersions].join(', ')}` };
    }
    default:
      return { fault: `durability: "${type}" must be none, replicate or disperse` };
  }
}

function echoOf(
  { Info: { durability } }: VolumeEntry,
  type: Durability['type'],
): VolumeRecord['durabilityEcho'] {
  const { replicate, disperse } = durability;
  switch (durability.type === '' ? 'none' : durability.type) {
    case 'replicate':
      return { type: 'replicate', replicate: { ...replicate, replica: replicate.replica || 2 }, disperse };
    case 'disperse':
      return { type, replicate, disperse: { data: 4, redundancy: 2, ...disperse } };
    default:
      return { type: 'none', replicate, disperse };
  }
}

function zoneCheckingOf(
  options: ReadonlyMap<string, string>,
  defaults: VolumeDefaults,
): VolumeRecord['zoneChecking'] {
  const value = options.get('user.heketi.zone-checking');
  return value === 'none' || value === 'soft' || value === 'strict' ? value : defaults.zoneChecking;
}

function blockOf({
  block,
  size,
  blockinfo,
}: VolumeEntry['Info']): Pick<VolumeRecord, 'blockReservedGib' | 'blockRestriction'> {
  const { restriction = '', reservedsize } = blockinfo;
  const isKnown = restriction === 'locked' || restriction === 'locked-by-update';
  return {
    blockRestriction: isKnown ? restriction : '',
    blockReservedGib: block ? (reservedsize ?? reservedGib(size)) : 0,
  };
}

/** The record of a volume that nothing happens to. @param glusterUuid null when gluster could not be asked. */
export function toVolume(
  entry: VolumeEntry,
  durability: Durability,
  { defaults, glusterUuid }: { readonly defaults: VolumeDefaults; readonly glusterUuid: string | null },
): VolumeRecord {
  const { Info, GlusterVolumeOptions } = entry;
  const options = optionsOf(entry);
  const averageFileKib = Number(options.get('user.heketi.average-file-size') ?? 0);
  return {
    id: Info.id,
    clusterId: Info.cluster,
    name: Info.name,
    sizeGib: Info.size,
    durability,
    durabilityEcho: echoOf(entry, durability.type),
    gid: Info.gid,
    snapshot: Info.snapshot,
    block: Info.block,
    options: GlusterVolumeOptions ?? [],
    zoneChecking: zoneCheckingOf(options, defaults),
    tagRule: options.get('user.heketi.device-tag-match') ?? null,
    averageFileKib: averageFileKib > 0 ? averageFileKib : defaults.averageFileKib,
    glusterUuid,
    ...blockOf(Info),
    phase: 'ready',
    operationId: null,
  };
}
