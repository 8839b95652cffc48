import { describe, expect, it } from 'vitest';
import { askXfsState, makeXfs } from '../../../src/storage/filesystem/xfs.ts';
import { createGluster } from '../../../src/storage/gluster/gluster.ts';
import { createLvm } from '../../../src/storage/lvm/lvm.ts';

const lvm = createLvm({
  wrapper: [],
  chunkSizeKib: 256,
  extentSizeKib: 4096,
  dataAlignmentKib: 256,
  metadataSizeMib: 128,
  backupMetadata: false,
});
const brick = {
  brickId: 'B',
  volumeId: 'V',
  volumeGroup: 'vg_D',
  poolName: 'tp_P',
  lvName: 'brick_B',
  sizeKib: 104857600,
  poolKib: 104857600,
  metadataKib: 524288,
};

describe('command lines', () => {
  it('make a thin pool and volume of exactly the promised size, tagged with whose it is', () => {
    expect(lvm.createBrickVolume(brick, false).argv.join(' ')).toBe(
      '/usr/sbin/lvm lvcreate -qq --autobackup=n --poolmetadataspare n --poolmetadatasize 524288K --chunksize 256K --size 104857600K --thin vg_D/tp_P --virtualsize 104857600K --name brick_B --addtag mortar --addtag mortar.brick=B --addtag mortar.size=104857600 --addtag mortar.volume=V',
    );
  });

  it('copy a thin volume without a size, which lets it live in the same pool, and have it come up at boot', () => {
    const copy = { source: 'abc_0', copy: 'brick_B_new', tags: ['t'] };
    expect(lvm.copyThinVolume('vg_D', copy).argv.join(' ')).toBe(
      '/usr/sbin/lvm lvcreate -qq --autobackup=n --snapshot --setactivationskip n --name brick_B_new --addtag t vg_D/abc_0',
    );
  });

  it('look before making what may be there already', () => {
    expect(lvm.createBrickVolume(brick, true).unless).toEqual(['test', '-b', '/dev/mapper/vg_D-brick_B']);
    expect(askXfsState('/dev/x').argv).toEqual([
      'xfs_db',
      '-r',
      '-c',
      'sb 0',
      '-c',
      'print inprogress',
      '/dev/x',
    ]);
    expect(makeXfs({ device: '/dev/x', kind: 'data' }, {}, true).argv).toContain('-f');
    expect(makeXfs({ device: '/dev/x', kind: 'data' }, {}, false).argv).not.toContain('-f');
  });

  it("make gluster's file system, and a smaller one for arbiters", () => {
    expect(makeXfs({ device: '/dev/x', kind: 'data' }, {}, false).argv.join(' ')).toBe(
      'mkfs.xfs -q -i size=512 -n size=8192 /dev/x',
    );
    expect(makeXfs({ device: '/dev/x', kind: 'arbiter' }, {}, false).argv.join(' ')).toBe(
      'mkfs.xfs -q -i maxpct=100 -n size=8192 /dev/x',
    );
    expect(
      makeXfs({ device: '/dev/x', kind: 'data' }, { stripe: { unit: '128k', width: '10' } }, false).argv.join(
        ' ',
      ),
    ).toBe('mkfs.xfs -q -i size=512 -d su=128k,sw=10 -n size=8192 /dev/x');
  });

  it('put a wrapper before LVM only', () => {
    const wrapped = createLvm({
      wrapper: ['nsenter', '-t', '1', '-m'],
      chunkSizeKib: 256,
      extentSizeKib: 4096,
      dataAlignmentKib: 256,
      metadataSizeMib: 128,
      backupMetadata: true,
    });
    expect(wrapped.removeVolumeGroup('vg_D').argv).toEqual([
      'nsenter',
      '-t',
      '1',
      '-m',
      '/usr/sbin/lvm',
      'vgremove',
      '-qq',
      'vg_D',
    ]);
  });

  const gluster = createGluster({ cliTimeoutSeconds: 600 });

  it.each([
    [{ type: 'none' } as const, ''],
    [{ type: 'replicate', replica: 3, arbiter: false } as const, 'replica 3 '],
    [{ type: 'replicate', replica: 3, arbiter: true } as const, 'replica 3 arbiter 1 '],
    [{ type: 'disperse', data: 4, redundancy: 2 } as const, 'disperse-data 4 redundancy 2 '],
  ])('create a gluster volume of %j', (durability, words) => {
    const { argv } = gluster.createVolume({ name: 'v', durability, bricks: ['h:/a', 'h:/b'] });
    expect(argv.join(' ')).toBe(
      `gluster --mode=script --timeout=600 volume create v ${words}h:/a h:/b --xml`,
    );
  });

  it('set several options in one transaction', () => {
    expect(
      gluster
        .setOptions('v', [
          ['a.b', '1'],
          ['user.x', 'two words'],
        ])
        .argv.slice(3),
    ).toEqual(['volume', 'set', 'v', 'a.b', '1', 'user.x', 'two words', '--xml']);
  });

  it('never end a gluster transaction half-way', () => {
    const command = gluster.startVolume('v');
    expect(command.unstoppable).toBe(true);
    expect(command.expectStdout).toBe('<opRet>0</opRet>');
  });
});
