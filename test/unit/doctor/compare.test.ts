import { describe, expect, it } from 'vitest';
import { idOption, quarantineTag } from '../../../src/storage/imprints.ts';
import { brickPath, mountPoint, volumeGroupName } from '../../../src/storage/naming.ts';
import { findings, glusterSays, id, intent, says, type World, world } from './world.ts';

const kinds = (it: World): string[] =>
  findings(it)
    .map(({ kind }) => kind)
    .sort();
const group = volumeGroupName(id('a'));
const at = mountPoint(id('a'), id('7'));
const orphanId = id('d');

const orphan = (tags: readonly string[]) => ({
  volumeGroup: group,
  name: `tp_${orphanId}`,
  isHidden: false,
  sizeKib: 4096,
  pool: '',
  thinCount: 0,
  tags,
  dataPercent: 0,
  metadataPercent: 1,
  createdAtMs: 5000,
});

type Case = readonly [what: string, change: (it: World) => void, kinds: readonly string[]];

const cases: readonly Case[] = [
  ['nothing', () => undefined, []],
  ['a node that does not answer', (it) => (it.facts[0] = 'no answer'), ['node-unreachable']],
  ['no gluster on a node', (it) => says(it, () => ({ gluster: undefined })), ['glusterd-down']],
  [
    'a volume group that is gone, with all that is in it',
    (it) => says(it, () => ({ volumeGroups: [], logicalVolumes: [] })),
    ['group-missing'],
  ],
  [
    'another size',
    (it) =>
      says(it, ({ volumeGroups: [found] }) => ({
        volumeGroups: found ? [{ ...found, totalKib: 2_000_000, freeKib: 2_000_000 - 106_496 }] : [],
      })),
    ['group-size-differs'],
  ],
  [
    'another physical volume',
    (it) =>
      says(it, ({ volumeGroups: [found] }) => ({
        volumeGroups: found ? [{ ...found, pvUuid: 'other' }] : [],
      })),
    ['physical-volume-differs'],
  ],
  [
    'another letter',
    (it) =>
      says(it, ({ volumeGroups: [found] }) => ({
        volumeGroups: found ? [{ ...found, pvDevice: '/dev/sdc' }] : [],
      })),
    ['device-moved'],
  ],
  [
    'no imprint',
    (it) =>
      says(it, ({ volumeGroups: [found] }) => ({
        volumeGroups: found ? [{ ...found, tags: ['mortar'] }] : [],
      })),
    ['device-imprint-outdated'],
  ],
  [
    'a tag too many in the imprint',
    (it) =>
      says(it, ({ volumeGroups: [found] }) => ({
        volumeGroups: found ? [{ ...found, tags: [...found.tags, 'mortar.device.tag=disk=ssd'] }] : [],
      })),
    ['device-imprint-outdated'],
  ],
  [
    'a full pool',
    (it) =>
      says(it, ({ logicalVolumes }) => ({
        logicalVolumes: logicalVolumes.map((volume) => ({ ...volume, dataPercent: 85, metadataPercent: 99 })),
      })),
    ['pool-data-full', 'pool-metadata-full'],
  ],
  ['nothing mounted', (it) => says(it, () => ({ mounts: [] })), ['brick-not-mounted']],
  [
    'something else mounted',
    (it) => says(it, ({ mounts }) => ({ mounts: mounts.map((mount) => ({ ...mount, source: '/dev/sdz' })) })),
    ['brick-mount-differs'],
  ],
  [
    'no brick directory',
    (it) => says(it, ({ folders }) => ({ folders: folders.filter(({ path }) => !path.endsWith('/brick')) })),
    ['brick-folder-missing'],
  ],
  ['no boot entry', (it) => says(it, () => ({ bootMounts: [] })), ['boot-mount-missing']],
  [
    'a boot entry that nobody wants',
    (it) =>
      says(it, ({ bootMounts }) => ({
        bootMounts: bootMounts.map((entry) => ({ ...entry, isWanted: false })),
      })),
    ['boot-mount-missing'],
  ],
  [
    'a boot entry with fewer options',
    (it) =>
      says(it, ({ bootMounts }) => ({
        bootMounts: bootMounts.map((entry) => ({ ...entry, options: 'rw' })),
      })),
    ['boot-mount-differs'],
  ],
  [
    'a link to a unit that is not there',
    (it) => says(it, () => ({ danglingUnits: ['var-lib-heketi-mounts-x.mount'] })),
    ['boot-mount-stray'],
  ],
  [
    'a mount of no brick',
    (it) =>
      says(it, ({ mounts }) => ({
        mounts: [...mounts, { deviceNumber: '8:1', mountPoint: `${at}x`, type: 'xfs', source: '/dev/sdz' }],
      })),
    ['mount-stray'],
  ],
  [
    'a peer too many',
    (it) =>
      says(it, ({ gluster }) => ({
        gluster: gluster && {
          ...gluster,
          peers: [...gluster.peers, { uuid: 'x', names: ['10.9.9.9'], isConnected: true, isMember: true }],
        },
      })),
    ['peer-unknown'],
  ],
  [
    'a peer without a connection',
    (it) =>
      says(it, ({ gluster }) => ({
        gluster: gluster && {
          ...gluster,
          peers: gluster.peers.map((peer) => ({ ...peer, isConnected: peer.uuid === 'peer-0' })),
        },
      })),
    ['peer-disconnected'],
  ],
  [
    'a node that lists other volumes',
    (it) => {
      const [, second] = it.facts;
      it.facts[1] = { ...second, gluster: second.gluster && { ...second.gluster, volumeNames: [] } };
    },
    ['volumes-disagree'],
  ],
  ['a stopped volume', (it) => glusterSays(it, { status: 'stopped' }), ['volume-stopped']],
  ['another volume of its name', (it) => glusterSays(it, { uuid: 'uuid-2' }), ['volume-replaced']],
  [
    'a brick less in gluster',
    (it) => glusterSays(it, { bricks: [`10.0.0.1:${brickPath(id('a'), id('7'))}`] }),
    ['volume-bricks-differ'],
  ],
  [
    'no imprint of the volume',
    (it) => glusterSays(it, { options: { [idOption]: id('e') } }),
    ['volume-imprint-outdated'],
  ],
  [
    'a volume of another name without our id',
    (it) => glusterSays(it, { name: 'theirs', options: {} }),
    ['volume-foreign', 'volume-missing', 'volumes-disagree'],
  ],
  ['a gluster that could not be asked', (it) => (it.gluster = undefined), []],
];

describe('compare', () => {
  it.each(cases)('finds of %s what it is, and nothing else', (_what, change, expected) => {
    const it = world();
    change(it);
    expect(kinds(it)).toEqual([...expected].sort());
  });

  it('gives the same difference the same id at every look, and different ones different ids', () => {
    const unmounted = () => {
      const it = world();
      says(it, () => ({ mounts: [], bootMounts: [] }));
      return findings(it).map((finding) => finding.id);
    };
    const ids = unmounted();
    expect(unmounted()).toEqual(ids);
    expect(new Set(ids).size).toBe(2);
    for (const found of ids) expect(found).toMatch(/^[0-9a-f]{32}$/);
  });

  it('tells age and size where the node says them', () => {
    const it = world();
    says(it, ({ logicalVolumes }) => ({
      logicalVolumes: [...logicalVolumes, orphan(['mortar', `mortar.brick=${orphanId}`])],
    }));
    expect(findings(it)).toMatchObject([{ kind: 'orphan-brick', madeAtMs: 5000, sizeKib: 4096 }]);
  });
});

describe('an orphan brick', () => {
  const withOrphan = (tags: readonly string[] = ['mortar', `mortar.brick=${orphanId}`]): World => {
    const it = world();
    says(it, ({ logicalVolumes }) => ({ logicalVolumes: [...logicalVolumes, orphan(tags)] }));
    return it;
  };

  it('may be put into quarantine when nobody has it', () => {
    expect(findings(withOrphan())[0]).toMatchObject({
      mend: { action: 'quarantine-brick', brickId: orphanId },
      isSafe: false,
    });
  });

  it('is known by one of our ids in its name, too', () => {
    expect(findings(withOrphan([]))[0]).toMatchObject({ kind: 'orphan-brick', mend: { brickId: orphanId } });
  });

  it('is left alone when a gluster volume has it, ours or not', () => {
    const it = withOrphan();
    if (it.gluster === undefined) throw new Error('no gluster');
    const theirs = {
      name: 'theirs',
      uuid: 'u',
      status: 'started' as const,
      bricks: [`10.9.9.9:${brickPath(id('a'), orphanId)}`],
      options: {},
      shape: { type: 'Distribute', replica: 1, arbiters: 0, disperse: 0, redundancy: 0 },
    };
    it.gluster = { ...it.gluster, volumes: [...it.gluster.volumes, theirs] };
    const found = findings(it).find(({ kind }) => kind === 'orphan-brick');
    expect(found).toMatchObject({ mend: { action: 'none' } });
    expect(found?.advice).toContain('last good copy');
  });

  it('is left alone when gluster could not be asked', () => {
    const it = withOrphan();
    it.gluster = undefined;
    expect(findings(it)[0]).toMatchObject({ kind: 'orphan-brick', mend: { action: 'none' } });
  });

  it('is only told of once it is in quarantine', () => {
    const it = withOrphan(['mortar', `mortar.brick=${orphanId}`, quarantineTag(1_700_000_000_000)]);
    expect(findings(it)[0]).toMatchObject({ severity: 'info', mend: { action: 'none' } });
    expect(findings(it)[0]?.evidence).toContain('in quarantine since 2023-11-14');
  });

  it('with a name of somebody else is no orphan, but foreign', () => {
    const it = world();
    says(it, ({ logicalVolumes }) => ({
      logicalVolumes: [...logicalVolumes, { ...orphan([]), name: 'backup' }],
    }));
    expect(findings(it)).toMatchObject([{ kind: 'foreign-volume', mend: { action: 'none' } }]);
  });
});

describe('what operations are at work on', () => {
  const [brick] = intent.bricks;
  const [volume] = intent.volumes;
  if (brick === undefined || volume === undefined) throw new Error('an empty world');

  it.each([
    ['held before', { ...intent, volumes: [{ ...volume, operationId: 'op' }] }, intent],
    ['held after', intent, { ...intent, volumes: [{ ...volume, phase: 'deleting' as const }] }],
    ['made meanwhile', { ...intent, volumes: [], bricks: [] }, intent],
    ['gone meanwhile', intent, { ...intent, volumes: [], bricks: [] }],
    ['grown meanwhile', { ...intent, bricks: [brick] }, intent],
  ])('is not compared: a volume %s', (_what, before, after) => {
    const it = { ...world(), before, after };
    says(it, () => ({ mounts: [], bootMounts: [], logicalVolumes: [] }));
    glusterSays(it, { status: 'stopped' });
    expect(kinds(it)).toEqual([]);
  });

  it('is no stranger: its volumes are on record', () => {
    const gone = { ...intent, volumes: [], bricks: [] };
    expect(kinds({ ...world(), before: intent, after: gone })).toEqual([]);
  });
});
