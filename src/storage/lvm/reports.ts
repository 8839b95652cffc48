import { z } from 'zod';
import { strangeAnswer } from '../strange-answer.ts';

export interface PhysicalVolume {
  readonly device: string;
  readonly uuid: string;
  /** Empty when it belongs to no volume group. */
  readonly volumeGroup: string;
  readonly volumeGroupTags: readonly string[];
}

export interface VolumeGroup {
  readonly name: string;
  readonly tags: readonly string[];
  readonly extentKib: number;
  readonly totalKib: number;
  readonly freeKib: number;
  readonly pvDevice: string;
  readonly pvUuid: string;
}

export interface LogicalVolume {
  readonly volumeGroup: string;
  /** Hidden volumes lose LVM's square brackets. */
  readonly name: string;
  readonly isHidden: boolean;
  readonly sizeKib: number;
  /** The thin pool it lives in; empty for none. */
  readonly pool: string;
  /** For a pool: how many thin volumes live in it. */
  readonly thinCount: number | null;
  readonly tags: readonly string[];
  readonly dataPercent: number | null;
  readonly metadataPercent: number | null;
  /** When it was made; only where that was asked for. */
  readonly createdAtMs?: number;
}

const report = <Row extends z.ZodType>(name: 'pv' | 'vg' | 'lv', row: Row) =>
  z.object({ report: z.tuple([z.object({ [name]: z.array(row) })]) });

const numberText = z
  .string()
  .regex(/^\d+(\.\d+)?$/)
  .refine((text) => Math.round(Number(text)) <= Number.MAX_SAFE_INTEGER);
const optionalNumberText = z.union([numberText, z.literal('')]);

const pvReport = report(
  'pv',
  z.object({ pv_name: z.string().min(1), pv_uuid: z.string(), vg_name: z.string(), vg_tags: z.string() }),
);
const vgReport = report(
  'vg',
  z.object({
    vg_name: z.string().min(1),
    vg_tags: z.string(),
    vg_extent_size: numberText,
    vg_extent_count: numberText,
    vg_free_count: numberText,
    pv_name: z.string(),
    pv_uuid: z.string(),
  }),
);
const lvReport = report(
  'lv',
  z.object({
    vg_name: z.string().min(1),
    lv_name: z.string().min(1),
    lv_size: numberText,
    pool_lv: z.string(),
    thin_count: optionalNumberText,
    lv_tags: z.string(),
    data_percent: optionalNumberText,
    metadata_percent: optionalNumberText,
    lv_time: z.string().optional(),
  }),
);

const tagsOf = (text: string): string[] => (text === '' ? [] : text.split(','));
const kibOf = (text: string): number => Math.round(Number(text));
/** LVM writes `2026-11-21 08:21:30 +0000`. */
function timeOf(text = ''): { createdAtMs?: number } {
  const [, day, time, hours, minutes] =
    /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) ([+-]\d\d)(\d\d)$/.exec(text) ?? [];
  const createdAtMs = Date.parse(`${day}T${time}${hours}:${minutes}`);
  return Number.isNaN(createdAtMs) ? {} : { createdAtMs };
}

const numberOrNull = (text: string): number | null => (text === '' ? null : Number(text));

function rowsOf<Row>(
  schema: z.ZodType<{ report: [Record<string, Row[]>] }>,
  what: string,
  output: string,
): Row[] {
  let document: unknown;
  try {
    document = JSON.parse(output);
  } catch (thrown) {
    throw strangeAnswer(what, output, thrown);
  }
  const parsed = schema.safeParse(document);
  if (!parsed.success) throw strangeAnswer(what, output, parsed.error);
  return Object.values(parsed.data.report[0]).flat();
}

/** Reads `pvs --reportformat json`. @throws AppError `node.strange_answer`. */
export function parsePhysicalVolumes(output: string): PhysicalVolume[] {
  return rowsOf(pvReport, 'pvs', output).map((row) => ({
    device: row.pv_name,
    uuid: row.pv_uuid,
    volumeGroup: row.vg_name,
    volumeGroupTags: tagsOf(row.vg_tags),
  }));
}

/** Reads `vgs --reportformat json --units k`. @throws AppError `node.strange_answer`. */
export function parseVolumeGroups(output: string): VolumeGroup[] {
  return rowsOf(vgReport, 'vgs', output).map((row) => {
    const extentKib = kibOf(row.vg_extent_size);
    return {
      name: row.vg_name,
      tags: tagsOf(row.vg_tags),
      extentKib,
      totalKib: Number(row.vg_extent_count) * extentKib,
      freeKib: Number(row.vg_free_count) * extentKib,
      pvDevice: row.pv_name,
      pvUuid: row.pv_uuid,
    };
  });
}

/**
 * Reads `lvs -a --reportformat json --units k`. A volume that has grown may lie in several places, and lvs gives a row for
 * each, alike in all that is asked: it is told once.
 *
 * @throws AppError `node.strange_answer`.
 */
export function parseLogicalVolumes(output: string): LogicalVolume[] {
  const rows = rowsOf(lvReport, 'lvs', output);
  const single = new Map(rows.map((row) => [`${row.vg_name}/${row.lv_name}`, row])).values();
  return [...single].map((row) => ({
    volumeGroup: row.vg_name,
    name: row.lv_name.replace(/^\[(.*)\]$/, '$1'),
    isHidden: row.lv_name.startsWith('['),
    sizeKib: kibOf(row.lv_size),
    pool: row.pool_lv.replace(/^\[(.*)\]$/, '$1'),
    thinCount: numberOrNull(row.thin_count),
    tags: tagsOf(row.lv_tags),
    dataPercent: numberOrNull(row.data_percent),
    metadataPercent: numberOrNull(row.metadata_percent),
    ...timeOf(row.lv_time),
  }));
}
