import { describe, expect, it } from 'vitest';
import { readVolumeOptions } from '../../../src/volumes/volume-options.ts';
import { checkMinimum, checkRequest, type VolumeRequest } from '../../../src/volumes/volume-request.ts';

const settings = {
  brickMinKib: 1048576,
  brickMaxKib: 4096 * 1048576,
  maxBricksPerVolume: 32,
  maxVolumesPerCluster: 1000,
  averageFileKib: 64,
  zoneChecking: 'soft',
  preOptions: [],
  postOptions: [],
  extraAllowedOptions: [],
  blockHostingOptions: [],
  blockHostingAutoCreate: false,
  blockHostingGib: 1024,
  expand: 'add-bricks',
  rebalanceOnExpand: true,
  createRetries: 4,
  healTimeoutSeconds: 0,
} as const;
const request = (change: Partial<VolumeRequest> = {}): VolumeRequest => ({
  sizeGib: 10,
  name: '',
  clusterIds: [],
  durability: { type: 'replicate', replicate: { replica: 3 }, disperse: {} },
  gid: 0,
  options: [],
  block: false,
  snapshot: { enable: false, factor: 0 },
  ...change,
});
const durability = (type: string, replicate = {}, disperse = {}) => ({
  durability: { type, replicate, disperse },
});

describe("a volume request is refused with the contract's words", () => {
  it.each([
    [{ gid: -1 }, 'Bad group id less than zero'],
    [{ gid: 2 ** 31 - 1 }, 'Bad group id equal or greater than 2**32'],
    [durability('mirror'), 'Unknown durability type'],
    [{ snapshot: { enable: true, factor: 0 } }, 'Invalid snapshot factor'],
    [{ snapshot: { enable: true, factor: 101 } }, 'Invalid snapshot factor'],
    [{ snapshot: { enable: true, factor: Number.NaN } }, 'Invalid snapshot factor'],
    [durability('replicate', { replica: 4 }), 'Invalid replica value'],
    [durability('replicate', { replica: -1 }), 'Invalid replica value'],
    [durability('replicate', { replica: 1 }), 'Invalid replica value'],
    [durability('disperse', {}, { data: 3, redundancy: 1 }), 'Invalid dispersion combination: 3+1'],
    [durability('disperse'), 'Invalid dispersion combination: 0+0'],
  ])('%j: %s', (change, message) => {
    expect(() => checkRequest(request(change), settings)).toThrow(message);
  });

  it('too small for bricks of the minimum size', () => {
    const checked = checkRequest(
      request({ ...durability('disperse', {}, { data: 4, redundancy: 2 }), sizeGib: 3 }),
      settings,
    );
    expect(() => checkMinimum(checked, settings)).toThrow(
      'Requested volume size (3 GB) is smaller than the minimum supported volume size (4194304)',
    );
  });

  it('an arbiter without replica 3 (it would shrink a data brick)', () => {
    const options = ['user.heketi.arbiter true'];
    expect(() =>
      checkRequest(request({ ...durability('disperse', {}, { data: 4, redundancy: 2 }), options }), settings),
    ).toThrow(/replica 3/);
    expect(() =>
      checkRequest(request({ ...durability('replicate', { replica: 2 }), options }), settings),
    ).toThrow(/replica 3/);
    expect(checkRequest(request({ options }), settings).durability).toEqual({
      type: 'replicate',
      replica: 3,
      arbiter: true,
    });
  });
});

describe('a volume request', () => {
  it('shows the number of copies even when none was sent', () => {
    expect(checkRequest(request(durability('replicate')), settings).durabilityEcho).toEqual({
      type: 'replicate',
      replicate: { replica: 2 },
      disperse: {},
    });
  });

  it('counts no durability as none, and a factor without snapshots as 1', () => {
    const checked = checkRequest(
      request({ ...durability(''), snapshot: { enable: false, factor: 7 } }),
      settings,
    );
    expect(checked).toMatchObject({ durability: { type: 'none' }, snapshot: { enable: false, factor: 1 } });
  });

  it('stores its options between an empty one on each side when nothing is configured, as Heketi does', () => {
    expect(checkRequest(request({ options: ['performance.cache-size 1MB'] }), settings).options).toEqual([
      '',
      'performance.cache-size 1MB',
      '',
    ]);
  });

  it('stores configured options before and after its own', () => {
    const configured = { ...settings, preOptions: ['nfs.disable on'], postOptions: ['user.x 1'] };
    expect(checkRequest(request({ options: ['a'.repeat(0), 'user.y 2'] }), configured).options).toEqual([
      'nfs.disable on',
      '',
      'user.y 2',
      'user.x 1',
    ]);
  });
});

describe('volume options', () => {
  it('steer Mortar and go to gluster; the last of a key wins', () => {
    const options = readVolumeOptions(
      [
        'user.heketi.zone-checking strict',
        'user.heketi.device-tag-match disk=ssd',
        'user.heketi.average-file-size 1024',
        'user.heketi.arbiter T',
        'user.a 1',
        'user.a 2 3',
      ],
      settings,
    );
    expect(options).toMatchObject({
      zoneChecking: 'strict',
      tagRule: 'disk=ssd',
      averageFileKib: 1024,
      arbiter: true,
    });
    expect(options.forGluster).toContainEqual(['user.a', '2 3']);
  });

  it.each([
    'performance.cache-size',
    'no spaces',
    'performance.cache-size 1MB\nvolume delete x',
    '$(reboot) 1',
    '-option value',
    'unknown.space 1',
    `user.x ${'v'.repeat(5000)}`,
    'user.heketi.zone-checking sometimes',
    'user..x 1',
    '../x 1',
  ])('that gluster does not know or that carry tricks are refused by name: %j', (option) => {
    expect(() => readVolumeOptions([option], settings)).toThrow(/glustervolumeoptions/);
  });

  it('may be allowed by configuration', () => {
    expect(() =>
      readVolumeOptions(['vendor.special 1'], { ...settings, extraAllowedOptions: ['vendor.special'] }),
    ).not.toThrow();
  });

  it('with a senseless average file size fall back to the configured one', () => {
    for (const value of ['0', '-5', 'many', '1.5']) {
      expect(readVolumeOptions([`user.heketi.average-file-size ${value}`], settings).averageFileKib).toBe(64);
    }
  });
});
