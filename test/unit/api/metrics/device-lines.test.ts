import { describe, expect, it } from 'vitest';
import type { IndexedDevice } from '../../../../src/api/metrics/device-index.ts';
import { DeviceLines } from '../../../../src/api/metrics/device-lines.ts';

const device = (number: number, usedKib = 10): IndexedDevice => ({
  id: `d${number}`,
  clusterId: 'c',
  hostname: 'n',
  storageHostname: 's',
  name: '/dev/sdb',
  pvUuid: '',
  totalKib: 100,
  usedKib,
  bricks: 3,
  labels: `{id="d${number}"}`,
});
const fleet = (count: number): IndexedDevice[] => Array.from({ length: count }, (_, index) => device(index));
const textOf = (pieces: readonly Buffer[]): string => Buffer.concat(pieces).toString();

describe('the lines about devices', () => {
  it('are seven each, below the head of their measure', () => {
    const lines = textOf(new DeviceLines().of([device(1, 120)])).split('\n');
    expect(lines.filter((line) => !line.startsWith('#'))).toEqual([
      'heketi_device_size{id="d1"} 100',
      'heketi_device_free{id="d1"} 0',
      'heketi_device_used{id="d1"} 100',
      'heketi_device_size_bytes{id="d1"} 102400',
      'heketi_device_free_bytes{id="d1"} 0',
      'heketi_device_used_bytes{id="d1"} 102400',
      'heketi_device_brick_count{id="d1"} 3',
      '',
    ]);
    expect(lines.filter((line) => line.startsWith('# TYPE'))).toHaveLength(7);
  });

  it('are none at all without devices', () => {
    expect(new DeviceLines().of([])).toEqual([]);
  });

  it('say the same, whatever was kept from before', () => {
    const kept = new DeviceLines();
    const first = fleet(600);
    const changed = first.with(300, device(300, 50));
    for (const devices of [first, changed, changed.slice(5), first.slice(0, 270), [], first])
      expect(textOf(kept.of(devices))).toBe(textOf(new DeviceLines().of(devices)));
  });

  it('are kept where no device has changed', () => {
    const lines = new DeviceLines();
    const devices = fleet(1100);
    const before = new Set(lines.of(devices));
    const blocks = lines.of(devices.with(1099, device(1099, 50))).filter((piece) => piece.length > 500);
    // Five pages of devices, seven measures; the last page is new.
    expect(blocks).toHaveLength(35);
    expect(blocks.filter((piece) => !before.has(piece))).toHaveLength(7);
  });
});
