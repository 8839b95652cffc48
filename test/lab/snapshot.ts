/** A picture of everything on a node that has to do with storage, to be compared before and after. */

interface DiskSignatures {
  /** As `wipefs --json` prints them: type, offset, uuid, label. */
  readonly wipefs: readonly Record<string, unknown>[];
  /** As `blkid -p -o export` prints them. */
  readonly blkid: Readonly<Record<string, string>>;
}

interface GlusterVolumeFacts {
  readonly name: string;
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly bricks: readonly string[];
  readonly options: readonly string[];
}

/** Plain data. Lists are sorted, so that two pictures of the same state are deeply equal. Sizes are bytes, in decimal. */
export interface NodeSnapshot {
  readonly physicalVolumes: readonly Record<string, string>[];
  readonly volumeGroups: readonly Record<string, string>[];
  readonly logicalVolumes: readonly Record<string, string>[];
  readonly deviceMapper: readonly string[];
  /** Lines of /proc/mounts: under /var/lib/heketi, /var/lib/mortar, /run/mortar, and every mounted gluster volume. */
  readonly mounts: readonly string[];
  /** Mode, owner and path of what is in those directories, without what is in a file system mounted there. */
  readonly files: readonly string[];
  /** Unit files and links that mention heketi or mortar: `path checksum length` or `path -> target`. */
  readonly units: readonly string[];
  readonly fstab: readonly string[];
  readonly glusterVolumes: readonly GlusterVolumeFacts[];
  /** `uuid name` of the other members of the pool. */
  readonly glusterPeers: readonly string[];
  /** Brick directories that a running glusterfsd serves. */
  readonly brickProcesses: readonly string[];
  /** By device name, such as `/dev/ubdb`. */
  readonly disks: Readonly<Record<string, DiskSignatures>>;
}

/** Reads what `snapshot.sh` printed. */
export function parseSnapshot(output: string): NodeSnapshot {
  const items = splitItems(output);
  const lines = (name: string) => (items.get(name) ?? '').split('\n').filter((line) => line !== '');
  return {
    physicalVolumes: lvmRows(items.get('pvs'), 'pv'),
    volumeGroups: lvmRows(items.get('vgs'), 'vg'),
    logicalVolumes: lvmRows(items.get('lvs'), 'lv'),
    deviceMapper: lines('deviceMapper'),
    mounts: lines('mounts'),
    files: lines('files'),
    units: lines('units'),
    fstab: lines('fstab'),
    glusterVolumes: glusterVolumes(lines('glusterVolumes')),
    glusterPeers: glusterPeers(lines('glusterPeers')),
    brickProcesses: lines('brickProcesses'),
    disks: diskSignatures(items),
  };
}

function splitItems(output: string): Map<string, string> {
  const items = new Map<string, string>();
  for (const part of output.split(/^@@ /m).slice(1)) {
    const end = part.indexOf('\n');
    items.set(part.slice(0, end), part.slice(end + 1));
  }
  return items;
}

function lvmRows(json: string | undefined, kind: 'pv' | 'vg' | 'lv'): Record<string, string>[] {
  const parsed = JSON.parse(json ?? '{}') as { report?: Record<string, Record<string, string>[]>[] };
  return parsed.report?.[0]?.[kind] ?? [];
}

function glusterVolumes(lines: string[]): GlusterVolumeFacts[] {
  const starts = lines.flatMap((line, at) => (line.startsWith('Volume Name:') ? [at] : []));
  const volumes = starts.map((start, number) => glusterVolume(lines.slice(start, starts[number + 1])));
  return volumes.sort((a, b) => a.name.localeCompare(b.name));
}

function glusterVolume(lines: string[]): GlusterVolumeFacts {
  const optionsAt = lines.indexOf('Options Reconfigured:');
  const facts = (optionsAt === -1 ? lines : lines.slice(0, optionsAt)).map((line) => line.split(': ', 2));
  const fact = (name: string) => facts.find(([key]) => key === name)?.[1]?.trim() ?? '';
  return {
    name: fact('Volume Name'),
    id: fact('Volume ID'),
    type: fact('Type'),
    status: fact('Status'),
    bricks: facts.flatMap(([key, value]) => (/^Brick\d+$/.test(key ?? '') ? [value?.trim() ?? ''] : [])),
    options: optionsAt === -1 ? [] : lines.slice(optionsAt + 1).sort(),
  };
}

function glusterPeers(lines: string[]): string[] {
  const rows = lines.slice(1).map((line) => line.trim().split(/\s+/));
  return rows
    .filter(([, name]) => name !== undefined && name !== 'localhost')
    .map(([uuid, name]) => `${uuid} ${name}`)
    .sort();
}

function diskSignatures(items: Map<string, string>): Record<string, DiskSignatures> {
  const disks: Record<string, DiskSignatures> = {};
  for (const name of items.keys()) {
    if (!name.startsWith('wipefs ')) continue;
    const device = name.slice('wipefs '.length);
    const wipefs = JSON.parse(items.get(name)?.trim() || '{}') as { signatures?: Record<string, unknown>[] };
    const pairs = (items.get(`blkid ${device}`) ?? '').split('\n').filter((line) => line.includes('='));
    const blkid = pairs.map((line): [string, string] => {
      const at = line.indexOf('=');
      return [line.slice(0, at), line.slice(at + 1)];
    });
    disks[device] = { wipefs: wipefs.signatures ?? [], blkid: Object.fromEntries(blkid) };
  }
  return disks;
}
