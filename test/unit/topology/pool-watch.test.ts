import { describe, expect, it } from 'vitest';
import type { IndexedDevice } from '../../../src/api/metrics/device-index.ts';
import { poolGauges } from '../../../src/api/metrics/pool-gauges.ts';
import type { LogicalVolume } from '../../../src/storage/lvm/reports.ts';
import { PoolWatch } from '../../../src/topology/pool-watch.ts';

const deviceId = 'd'.repeat(32);
const device = { id: deviceId, labels: '{device="/dev/sdb"}' } as IndexedDevice;

const pool = (name: string, dataPercent: number | null, metadataPercent: number | null): LogicalVolume => ({
  volumeGroup: `vg_${deviceId}`,
  name,
  isHidden: false,
  sizeKib: 1024,
  pool: '',
  thinCount: 1,
  tags: [],
  dataPercent,
  metadataPercent,
});
const thin: LogicalVolume = { ...pool('brick', 99, null), pool: 'tp', thinCount: null };

const samples = (watch: PoolWatch): Record<string, number[]> =>
  Object.fromEntries(
    poolGauges([device], watch).map(({ name, samples: all }) => [name, all.map(({ value }) => value)]),
  );

describe('what is remembered of thin pools', () => {
  it('is the fullest of each device, and those from 80 % on by their name', async () => {
    const watch = new PoolWatch(95);
    expect(watch.fullestOn(deviceId)).toBeUndefined();
    await watch.see('node', [pool('a', 10, 30), pool('b', 85, 20), pool('c', 40, null), thin]);
    expect(watch.fullestOn(deviceId)).toEqual({ dataPercent: 85, metadataPercent: 30 });
    expect(watch.notableOn(deviceId).map(({ name }) => name)).toEqual(['b']);
    expect(watch.fullWords(deviceId)).toBeUndefined();
    expect(samples(watch)).toEqual({
      mortar_device_thin_pool_data_percent: [85],
      mortar_thin_pool_data_percent: [85],
      mortar_device_thin_pool_metadata_percent: [30],
      mortar_thin_pool_metadata_percent: [],
    });
  });

  it('says nothing of what LVM does not say', async () => {
    const watch = new PoolWatch(95);
    await watch.see('node', [pool('a', null, null)]);
    expect(Object.values(samples(watch)).flat()).toEqual([]);
    await watch.see('node', []);
    expect(watch.fullestOn(deviceId)).toBeUndefined();
  });

  it('keeps a device with a pool at the limit from new bricks, also where the limit is below 80 %', async () => {
    const watch = new PoolWatch(50);
    await watch.see('node', [pool('a', 10, 10), pool('b', 50, 10), pool('c', 20, 60)]);
    expect(watch.fullWords(deviceId)).toBe(
      'its thin pool c (and 1 more) is nearly full, 20 % of its data and 60 % of its metadata used: no new bricks from 50 % on',
    );
    expect(samples(watch)['mortar_thin_pool_data_percent']).toEqual([]);
  });
});
