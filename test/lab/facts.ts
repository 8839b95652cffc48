import type { NodeFacts } from '../support/checker.ts';
import type { NodeSnapshot } from './snapshot.ts';

const root = '/var/lib/heketi/';
const folderPattern = /^d\S+ \S+ (\/var\/lib\/heketi\/mounts\/vg_[^/]+(?:\/[^/]+)?)$/;
const wants = '/multi-user.target.wants/';

const kib = (bytes: string | undefined): number => Math.round(Number(bytes) / 1024);
const tagsOf = (text: string | undefined): string[] =>
  text === undefined || text === '' ? [] : text.split(',');
const nameOf = (path: string): string => path.split('/').at(-1) ?? '';

/** What is on a real node, for the checker. */
export function labFacts(snapshot: NodeSnapshot): NodeFacts {
  const units = snapshot.units.map((line) => line.split(' ')[0] ?? '');
  return {
    physicalVolumes: snapshot.physicalVolumes.map((row) => ({
      uuid: row.pv_uuid ?? '',
      volumeGroup: row.vg_name ?? '',
    })),
    volumeGroups: snapshot.volumeGroups.map((row) => ({
      name: row.vg_name ?? '',
      tags: tagsOf(row.vg_tags),
      totalKib: kib(row.vg_size),
      freeKib: kib(row.vg_free),
    })),
    logicalVolumes: snapshot.logicalVolumes
      .filter(({ lv_name }) => lv_name?.startsWith('[') === false)
      .map((row) => ({
        volumeGroup: row.vg_name ?? '',
        name: row.lv_name ?? '',
        pool: row.pool_lv ?? '',
        tags: tagsOf(row.lv_tags),
      })),
    mountPoints: snapshot.mounts
      .map((line) => line.split(' ')[1] ?? '')
      .filter((point) => point.startsWith(root)),
    mountUnits: units.filter((path) => !path.includes(wants)).map(nameOf),
    wantedUnits: units.filter((path) => path.includes(wants)).map(nameOf),
    folders: snapshot.files.flatMap((line) => folderPattern.exec(line)?.[1] ?? []),
    peerNames: snapshot.glusterPeers.map((line) => line.split(' ')[1] ?? ''),
    volumes: snapshot.glusterVolumes.map(({ name, id, status, bricks, options }) => ({
      name,
      uuid: id,
      status: status.toLowerCase(),
      // gluster marks the arbiters; the record knows them by their kind.
      bricks: bricks.map((brick) => brick.replace(/ \(arbiter\)$/, '')),
      options: Object.fromEntries(options.map((line) => line.split(': ', 2) as [string, string])),
    })),
  };
}
