/**
 * Looks at a device without touching it (local-storage reference 4.3). What is found is judged in `gate.ts`.
 */
import { z } from 'zod';
import type { Command, CommandResult } from '../../lib/command.ts';
import { type Mount, parseMountinfo } from '../filesystem/mountinfo.ts';
import type { Lvm } from '../lvm/lvm.ts';
import { type PhysicalVolume, parsePhysicalVolumes } from '../lvm/reports.ts';
import { strangeAnswer } from '../strange-answer.ts';

export interface BlockDevice {
  readonly name: string;
  /** As LVM and people call it: `/dev/sdb`, `/dev/mapper/mpatha`. */
  readonly path: string;
  /** What its links lead to: `/dev/sdb`, `/dev/dm-3`. */
  readonly kernelPath: string;
  readonly deviceNumber: string;
  readonly type: string;
  readonly sizeBytes: number;
  readonly isReadOnly: boolean;
  readonly isRemovable: boolean;
  readonly serial: string | null;
  readonly wwn: string | null;
  readonly partitionTable: string | null;
  readonly mountPoints: readonly string[];
  readonly children: readonly BlockDevice[];
}

export interface DeviceProbe {
  /** The path that was asked for. */
  readonly path: string;
  /** The kernel's path it resolves to; undefined when there is no such device. */
  readonly resolved: string | undefined;
  readonly devices: readonly BlockDevice[];
  readonly mounts: readonly Mount[];
  readonly swaps: readonly string[];
  readonly physicalVolumes: readonly PhysicalVolume[];
  /** Signatures by `wipefs`, such as "ext4 at 0x438". */
  readonly signatures: readonly string[];
  /** What `blkid` sees: `TYPE` or `PTTYPE`; null for nothing. */
  readonly blkid: string | null;
  /** Set when blkid or wipefs could not look: then the device counts as used. */
  readonly probeFailure: string | null;
  /** Other names of the device under /dev. */
  readonly links: readonly string[];
}

const lsblkColumns = 'NAME,PATH,KNAME,MAJ:MIN,TYPE,SIZE,RO,RM,SERIAL,WWN,PTTYPE,MOUNTPOINT';

/** The commands of one look; all read only, in one round trip. */
export function probeCommands(device: string, lvm: Lvm): Command[] {
  return [
    { label: `resolve ${device}`, argv: ['readlink', '-e', device], optional: true },
    { label: 'list the block devices', argv: ['lsblk', '-J', '-b', '-o', lsblkColumns] },
    { label: 'read the mounts', argv: ['cat', '/proc/1/mountinfo'] },
    { label: 'read the swap areas', argv: ['cat', '/proc/swaps'] },
    lvm.listPhysicalVolumes(),
    { label: `look for signatures on ${device}`, argv: ['wipefs', '-n', '-J', device], optional: true },
    {
      label: `look at ${device} with blkid`,
      argv: ['blkid', '-p', '-o', 'export', device],
      expect: [0, 2],
      optional: true,
    },
    {
      label: `read the names of ${device}`,
      argv: ['udevadm', 'info', '--query=symlink', `--name=${device}`],
      optional: true,
    },
  ];
}

const flag = z.union([z.boolean(), z.enum(['0', '1'])]).transform((value) => value === true || value === '1');
const textOrNull = z
  .string()
  .nullish()
  .transform((value) => value ?? null);

interface LsblkRow {
  name: string;
  path: string;
  kname: string;
  'maj:min': string;
  type: string;
  size: number;
  ro: boolean;
  rm: boolean;
  serial: string | null;
  wwn: string | null;
  pttype: string | null;
  mountpoint: string | null;
  children?: LsblkRow[] | undefined;
}

const rowSchema: z.ZodType<LsblkRow> = z.object({
  name: z.string(),
  path: z.string(),
  kname: z.string(),
  'maj:min': z.string().transform((text) => text.trim()),
  type: z.string(),
  size: z.coerce.number(),
  ro: flag,
  rm: flag,
  serial: textOrNull,
  wwn: textOrNull,
  pttype: textOrNull,
  mountpoint: textOrNull,
  get children() {
    return z.array(rowSchema).optional();
  },
});

const toDevice = (row: LsblkRow): BlockDevice => ({
  name: row.name,
  path: row.path,
  kernelPath: `/dev/${row.kname}`,
  deviceNumber: row['maj:min'],
  type: row.type,
  sizeBytes: row.size,
  isReadOnly: row.ro,
  isRemovable: row.rm,
  serial: row.serial,
  wwn: row.wwn,
  partitionTable: row.pttype,
  mountPoints: row.mountpoint === null ? [] : [row.mountpoint],
  children: (row.children ?? []).map(toDevice),
});

/** Reads `lsblk -J -b`; old and new forms. @throws AppError `node.strange_answer`. */
export function parseLsblk(output: string): BlockDevice[] {
  try {
    const document = z.object({ blockdevices: z.array(rowSchema) }).parse(JSON.parse(output));
    return document.blockdevices.map(toDevice);
  } catch (thrown) {
    throw strangeAnswer('lsblk', output, thrown);
  }
}

const signatureSchema = z.object({ type: z.string(), offset: z.string() });

function parseSignatures(output: string): string[] {
  if (output.trim() === '') return [];
  try {
    const document = z.object({ signatures: z.array(signatureSchema) }).parse(JSON.parse(output));
    return document.signatures.map(({ type, offset }) => `${type} at ${offset}`);
  } catch (thrown) {
    throw strangeAnswer('wipefs', output, thrown);
  }
}

/** `blkid -p -o export`: exit code 2 is "nothing found"; of a blank partition it tells where that stands, no more. */
function parseBlkid(result: CommandResult): string | null {
  if (result.exitCode === 2) return null;
  const pairs = result.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('=', 2) as [string, string | undefined]);
  const fields = new Map(pairs);
  const isMerelyPlace = pairs.every(([name]) => name === 'DEVNAME' || name.startsWith('PART_ENTRY_'));
  if (pairs.length > 0 && isMerelyPlace) return null;
  return fields.get('TYPE') ?? fields.get('PTTYPE') ?? 'something blkid has no name for';
}

function linksOf(device: string, symlinks: CommandResult): string[] {
  const names = symlinks.status === 'ok' ? symlinks.stdout.split(/\s+/).filter((name) => name !== '') : [];
  const paths = names
    .map((name) => `/dev/${name}`)
    .filter((path) => !path.startsWith('/dev/disk/by-id/lvm-pv-uuid-'));
  return [...new Set([device, ...paths])];
}

/** A living node has at least its root: an empty table means that it was not read. */
function parseMounts(output: string): Mount[] {
  if (output.trim() === '') throw strangeAnswer('/proc/1/mountinfo', output);
  return parseMountinfo(output);
}

/** The kernel's table begins with its head, also when there is no swap. */
function parseSwaps(output: string): string[] {
  const [head = '', ...lines] = output.split('\n');
  if (!head.startsWith('Filename')) throw strangeAnswer('/proc/swaps', output);
  return lines.map((line) => line.split(/\s+/)[0] ?? '').filter((path) => path !== '');
}

/** Reads the answers to `probeCommands`, in their order. @throws AppError `node.strange_answer`. */
export function readProbe(device: string, results: readonly CommandResult[]): DeviceProbe {
  const [resolved, lsblk, mounts, swaps, pvs, wipefs, blkid, symlinks] = results;
  if (!resolved || !lsblk || !mounts || !swaps || !pvs || !wipefs || !blkid || !symlinks) {
    throw strangeAnswer('probe', `${results.length} answers`);
  }
  const failures = [wipefs, blkid].filter(({ status }) => status === 'failed');
  const isThere = resolved.status === 'ok' && resolved.stdout.trim() !== '';
  return {
    path: device,
    resolved: isThere ? resolved.stdout.trim() : undefined,
    devices: parseLsblk(lsblk.stdout),
    mounts: parseMounts(mounts.stdout),
    swaps: parseSwaps(swaps.stdout),
    physicalVolumes: parsePhysicalVolumes(pvs.stdout),
    signatures: wipefs.status === 'ok' ? parseSignatures(wipefs.stdout) : [],
    blkid: blkid.status === 'ok' ? parseBlkid(blkid) : null,
    probeFailure: failures.length === 0 ? null : failures.map(({ stderr }) => stderr.trim()).join('; '),
    links: linksOf(device, symlinks),
  };
}

/** The physical volume on the device, by any of its names. */
export function pvOf({ path, resolved, links, physicalVolumes }: DeviceProbe): PhysicalVolume | undefined {
  const names = new Set([path, resolved, ...links]);
  return physicalVolumes.find(({ device }) => names.has(device));
}
