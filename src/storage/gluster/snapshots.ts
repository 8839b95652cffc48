import { z } from 'zod';
import { AppError } from '../../errors.ts';
import { strangeAnswer } from '../strange-answer.ts';
import { noSuchVolume, parseGlusterXml } from './xml.ts';

const number = z.string().regex(/^\d+$/);
const listSchema = z.object({ snapList: z.object({ count: number }) });

/** Reads `gluster snapshot list NAME --xml`: how many there are. @throws AppError `node.strange_answer`. */
export function parseSnapshotCount(output: string): number {
  const parsed = listSchema.safeParse(parseGlusterXml('gluster snapshot list', output).body);
  if (!parsed.success) throw strangeAnswer('gluster snapshot list', output, parsed.error);
  return Number(parsed.data.snapList.count);
}

export interface GlusterSnapshot {
  readonly name: string;
  readonly uuid: string;
  /** Empty for none. */
  readonly description: string;
  /** Null when gluster's word for the time cannot be read. */
  readonly createdAtMs: number | null;
  /** gluster's UUID, without dashes, of the volume that it holds: its thin volumes are called by it, with `_0` and so on. */
  readonly volumeName: string;
  /** Its brick processes run. */
  readonly isActivated: boolean;
}

const snapshotSchema = z.object({
  name: z.string().min(1),
  uuid: z.string().regex(/^[0-9a-f-]{36}$/),
  description: z.string().optional(),
  createTime: z.string(),
  snapVolume: z.object({ name: z.string().regex(/^[0-9a-f]{32}$/), status: z.string() }),
});

const infoSchema = z.object({
  snapInfo: z.object({
    count: number,
    snapshots: z.preprocess(
      (value) => (value === '' ? {} : value),
      z.object({ snapshot: z.array(snapshotSchema).optional() }),
    ),
  }),
});

const absent = /^Volume \(.*\) does not exist$/;

/**
 * Reads `gluster snapshot info volume NAME --xml`.
 *
 * @returns its snapshots, or undefined when gluster says that there is no such volume: in words, its number here means any failure.
 * @throws AppError `gluster.failed`, `node.strange_answer`.
 */
export function parseSnapshots(output: string): GlusterSnapshot[] | undefined {
  const what = 'gluster snapshot info';
  const answer = parseGlusterXml(what, output);
  if (!answer.ok && (answer.errno === noSuchVolume || absent.test(answer.words))) return undefined;
  if (!answer.ok) throw new AppError('gluster.failed', `${what}: ${answer.words}`);
  const parsed = infoSchema.safeParse(answer.body);
  if (!parsed.success) throw strangeAnswer(what, output, parsed.error);
  const { count, snapshots } = parsed.data.snapInfo;
  const told = snapshots.snapshot ?? [];
  if (told.length !== Number(count)) throw strangeAnswer(what, output);
  return told.map(({ name, uuid, description = '', createTime, snapVolume }) => ({
    name,
    uuid,
    description,
    createdAtMs: timeOf(createTime),
    volumeName: snapVolume.name,
    isActivated: snapVolume.status === 'Started',
  }));
}

/** gluster writes `2026-11-21 08:21:30 +0000`; its earlier versions leave out the zone and mean UTC. */
function timeOf(text: string): number | null {
  const [, day, time, hours = '+00', minutes = '00'] =
    /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?: ([+-]\d\d)(\d\d)| UTC| GMT)?$/.exec(text.trim()) ?? [];
  const atMs = Date.parse(`${day}T${time}${hours}:${minutes}`);
  return Number.isNaN(atMs) ? null : atMs;
}
