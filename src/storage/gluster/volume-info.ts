import { z } from 'zod';
import { AppError } from '../../errors.ts';
import { isTakenOff } from '../imprints.ts';
import { strangeAnswer } from '../strange-answer.ts';
import { noSuchVolume, parseGlusterXml } from './xml.ts';

export interface GlusterVolume {
  readonly name: string;
  readonly uuid: string;
  readonly status: 'created' | 'started' | 'stopped';
  /** `host:path` in gluster's order, which is the order of the brick sets. */
  readonly bricks: readonly string[];
  /** Without marks of Mortar's that were taken off. */
  readonly options: Readonly<Record<string, string>>;
  readonly shape: VolumeShape;
}

/** How gluster puts a volume together. */
export interface VolumeShape {
  /** `Replicate`, `Distributed-Disperse`, …; empty when gluster does not say. */
  readonly type: string;
  /** Bricks of a set that hold the same data, arbiters included. */
  readonly replica: number;
  readonly arbiters: number;
  /** Bricks of a disperse set; 0 for a volume that is none. */
  readonly disperse: number;
  readonly redundancy: number;
}

const statusNames = { '0': 'created', '1': 'started', '2': 'stopped' } as const;

const emptyToUndefined = (value: unknown): unknown => (value === '' ? undefined : value);

const count = z.coerce.number().int().nonnegative().default(0);

const volumeSchema = z.object({
  name: z.string().min(1),
  id: z.string().min(1),
  status: z.enum(['0', '1', '2']),
  typeStr: z.string().default(''),
  replicaCount: count,
  arbiterCount: count,
  thinArbiterCount: count,
  disperseCount: count,
  redundancyCount: count,
  bricks: z.preprocess(
    emptyToUndefined,
    z.object({ brick: z.array(z.object({ name: z.string().min(1) })) }).optional(),
  ),
  options: z.preprocess(
    emptyToUndefined,
    z.object({ option: z.array(z.object({ name: z.string(), value: z.string() })) }).optional(),
  ),
});

const infoSchema = z.object({
  volInfo: z.object({
    volumes: z.preprocess(
      emptyToUndefined,
      z.object({ volume: z.array(volumeSchema).optional() }).optional(),
    ),
  }),
});

function volumesIn(output: string, body: unknown): GlusterVolume[] {
  const info = infoSchema.safeParse(body);
  if (!info.success) throw strangeAnswer('gluster volume info', output, info.error);
  return (info.data.volInfo.volumes?.volume ?? []).map((volume) => ({
    name: volume.name,
    uuid: volume.id,
    status: statusNames[volume.status],
    bricks: (volume.bricks?.brick ?? []).map(({ name }) => name),
    options: Object.fromEntries(
      (volume.options?.option ?? [])
        .filter(({ name, value }) => !isTakenOff(name, value))
        .map(({ name, value }) => [name, value]),
    ),
    shape: {
      type: volume.typeStr,
      replica: volume.replicaCount,
      arbiters: volume.arbiterCount + volume.thinArbiterCount,
      disperse: volume.disperseCount,
      redundancy: volume.redundancyCount,
    },
  }));
}

/**
 * Reads `gluster volume info NAME --xml`.
 *
 * @returns the volume, or undefined when gluster says by number that there is none.
 * @throws AppError `gluster.failed`, `node.strange_answer`.
 */
export function parseVolumeInfo(output: string): GlusterVolume | undefined {
  const answer = parseGlusterXml('gluster volume info', output);
  if (!answer.ok && answer.errno === noSuchVolume) return undefined;
  if (!answer.ok) throw new AppError('gluster.failed', `gluster volume info: ${answer.words}`);
  return volumesIn(output, answer.body)[0];
}

/** Reads `gluster volume info --xml` of all volumes. @throws AppError `gluster.failed`, `node.strange_answer`. */
export function parseAllVolumes(output: string): GlusterVolume[] {
  const answer = parseGlusterXml('gluster volume info', output);
  if (!answer.ok) throw new AppError('gluster.failed', `gluster volume info: ${answer.words}`);
  return volumesIn(output, answer.body);
}

const createdSchema = z.object({
  volCreate: z.object({ volume: z.tuple([z.object({ id: z.string().min(1) })]) }),
});

/** Reads the answer to `gluster volume create --xml`: the UUID gluster gave the volume. @throws AppError `node.strange_answer`. */
export function parseCreatedUuid(output: string): string {
  const parsed = createdSchema.safeParse(parseGlusterXml('gluster volume create', output).body);
  if (!parsed.success) throw strangeAnswer('gluster volume create', output, parsed.error);
  return parsed.data.volCreate.volume[0].id;
}
