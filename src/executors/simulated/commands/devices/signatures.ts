import type { Content } from '../../world/state.ts';

interface Signature {
  readonly offset: number;
  /** The bytes that wipefs erases. */
  readonly magic: string;
  readonly usage: string;
  readonly version?: string;
  readonly blockSize?: number;
}

const known: Readonly<Record<string, Signature>> = {
  LVM2_member: { offset: 0x218, magic: '4c 56 4d 32 20 30 30 31', usage: 'raid', version: 'LVM2\\ 001' },
  xfs: { offset: 0, magic: '58 46 53 42', usage: 'filesystem', blockSize: 512 },
  ext4: { offset: 0x438, magic: '53 ef', usage: 'filesystem', version: '1.0', blockSize: 4096 },
  ext3: { offset: 0x438, magic: '53 ef', usage: 'filesystem', version: '1.0', blockSize: 4096 },
  vfat: { offset: 0x52, magic: '46 41 54 33 32 20 20 20', usage: 'filesystem' },
  btrfs: { offset: 0x10040, magic: '5f 42 48 52 66 53 5f 4d', usage: 'filesystem', blockSize: 4096 },
  swap: { offset: 0xff6, magic: '53 57 41 50 53 50 41 43 45 32', usage: 'other', version: '1' },
  dos: { offset: 0x1fe, magic: '55 aa', usage: '' },
  gpt: { offset: 0x200, magic: '45 46 49 20 50 41 52 54', usage: '' },
  linux_raid_member: { offset: 0x1000, magic: 'fc 4e 2b a9', usage: 'raid', version: '1.2' },
  crypto_LUKS: { offset: 0, magic: '4c 55 4b 53 ba be', usage: 'crypto', version: '2' },
  zfs_member: { offset: 0x3f000, magic: '0c b1 ba 00 00 00 00 00', usage: 'filesystem', version: '5000' },
};

const other: Signature = { offset: 0x400, magic: '00 00', usage: 'other' };

const signatureOf = (type: string): Signature => known[type] ?? other;

export const offsetOf = (type: string): number => signatureOf(type).offset;

/** What programs call the content of a device. */
export function typeOf(content: Content): string {
  return content.kind === 'pv' ? 'LVM2_member' : content.type;
}

const uuidOf = (content: Content): string | null =>
  content.kind === 'partition-table' ? null : content.uuid;

/** An entry of `wipefs -J`. */
export function wipefsEntry(device: string, content: Content): object {
  const type = typeOf(content);
  const offset = `0x${offsetOf(type).toString(16)}`;
  return { device, offset, type, uuid: uuidOf(content), label: null };
}

/** What wipefs says when it erases. */
export function erasedLine(path: string, content: Content): string {
  const type = typeOf(content);
  const { offset, magic } = signatureOf(type);
  const count = magic.split(' ').length;
  const place = `0x${offset.toString(16).padStart(8, '0')}`;
  const lines = [`${path}: ${count} bytes were erased at offset ${place} (${type}): ${magic}`];
  if (content.kind === 'partition-table')
    lines.push(`${path}: calling ioctl to re-read partition table: Success`);
  return lines.map((line) => `${line}\n`).join('');
}

/** What `blkid -p` knows of a device, as pairs. */
export function blkidPairs(content: Content): (readonly [name: string, value: string])[] {
  const type = typeOf(content);
  if (content.kind === 'partition-table') return [['PTTYPE', type]];
  const { version, blockSize, usage } = signatureOf(type);
  const uuid = uuidOf(content);
  return [
    ...(uuid === null ? [] : [['UUID', uuid] as const]),
    ...(version === undefined ? [] : [['VERSION', version] as const]),
    ...(blockSize === undefined ? [] : [['BLOCK_SIZE', String(blockSize)] as const]),
    ['TYPE', type],
    ['USAGE', usage],
  ];
}
