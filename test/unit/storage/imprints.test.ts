import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type DeviceImprint,
  fromGroupTags,
  fromPoolTags,
  fromVolumeOptions,
  quarantinedSince,
  quarantineTag,
  toGroupTags,
  toPoolTags,
  toVolumeOptions,
} from '../../../src/storage/imprints.ts';

const state = fc.constantFrom('online' as const, 'offline' as const, 'failed' as const);
const tags = fc
  .dictionary(fc.stringMatching(/^[\w.-]{1,32}$/), fc.string({ unit: 'grapheme', maxLength: 64 }))
  .map((map) => Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1))));
const names = fc.array(fc.constantFrom('gl1', '192.0.2.1', 'fd77::11', 'a-b.example'), {
  minLength: 1,
  maxLength: 3,
});

const device: fc.Arbitrary<DeviceImprint> = fc.record({
  device: fc.record({ id: fc.constant('d1'), name: fc.constantFrom('/dev/sdb', '/dev/x,y z'), state, tags }),
  node: fc.record({
    id: fc.constant('n1'),
    zone: fc.integer({ min: 1, max: 99 }),
    state,
    tags,
    manageNames: names,
    storageNames: names,
  }),
  cluster: fc.record({ id: fc.constant('c1'), file: fc.boolean(), block: fc.boolean() }),
});

describe('imprints on the nodes', () => {
  it('of volume groups are read back as they were written, in whatever order LVM lists them', () => {
    fc.assert(
      fc.property(device, fc.boolean(), (imprint, isReversed) => {
        const written = toGroupTags(imprint);
        expect(fromGroupTags(isReversed ? [...written].reverse() : written)).toEqual(imprint);
      }),
    );
  });

  it('use only characters that LVM takes in tags, and no comma, which divides them', () => {
    fc.assert(
      fc.property(device, (imprint) => {
        for (const tag of toGroupTags(imprint)) expect(tag).toMatch(/^[\w+.\-/=!:&#]{1,1024}$/);
      }),
    );
  });

  it('that are not whole are none', () => {
    expect(fromGroupTags(['mortar', 'mortar.device=d1'])).toBeUndefined();
    expect(fromGroupTags([])).toBeUndefined();
  });

  it('of pools tell brick, volume and size; foreign tags are passed over', () => {
    expect(fromPoolTags(['x', ...toPoolTags('b1', 'v1', 1234)])).toEqual({
      brickId: 'b1',
      volumeId: 'v1',
      sizeKib: 1234,
    });
    expect(fromPoolTags(['mortar', 'mortar.brick=b1'])).toEqual({
      brickId: 'b1',
      volumeId: '',
      sizeKib: null,
    });
    expect(fromPoolTags(['backup'])).toBeUndefined();
  });

  it('of gluster volumes survive in options, whatever their own options hold', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.integer({ min: 1, max: 1e6 }), (options, sizeGib) => {
        const imprint = {
          sizeGib,
          durability: { type: 'disperse', data: 4, redundancy: 2 } as const,
          durabilityEcho: { type: 'disperse', disperse: { data: 4 } },
          gid: 2000,
          snapshot: { enable: true, factor: 1.5 },
          block: false,
          options,
          zoneChecking: 'soft' as const,
          tagRule: 'rack=r1',
          averageFileKib: 64,
        };
        const written = toVolumeOptions(imprint);
        for (const [, value] of written) expect(value).toMatch(/^[^\s="'<>&]+$/);
        expect(fromVolumeOptions(Object.fromEntries(written))).toEqual(imprint);
      }),
    );
  });

  it('that somebody has broken are none', () => {
    const broken = { 'user.mortar.size': '10', 'user.mortar.request': '%7B' };
    expect(fromVolumeOptions(broken)).toBeUndefined();
    expect(fromVolumeOptions({ ...broken, 'user.mortar.request': '%E0%A4%A' })).toBeUndefined();
    expect(fromVolumeOptions({})).toBeUndefined();
  });

  it('say since when something is in quarantine', () => {
    expect(quarantinedSince(['mortar', quarantineTag(1_700_000_000_000)])).toBe(1_700_000_000_000);
    expect(quarantinedSince(['mortar'])).toBeUndefined();
  });
});
