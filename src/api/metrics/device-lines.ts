import type { IndexedDevice } from './device-index.ts';
import { gaugeHead } from './exposition.ts';

interface Measure {
  readonly name: string;
  readonly help: string;
  readonly valueOf: (device: IndexedDevice) => number;
}

const bytesPerKib = 1024;
const free = ({ totalKib, usedKib }: IndexedDevice): number => Math.max(0, totalKib - usedKib);
const used = ({ totalKib, usedKib }: IndexedDevice): number => Math.min(totalKib, usedKib);

/** By Heketi's names (wire contract section 15). */
const measures: readonly Measure[] = [
  { name: 'heketi_device_size', help: 'Size of a device in KiB.', valueOf: ({ totalKib }) => totalKib },
  { name: 'heketi_device_free', help: 'Free room of a device in KiB.', valueOf: free },
  { name: 'heketi_device_used', help: 'Used room of a device in KiB.', valueOf: used },
  {
    name: 'heketi_device_size_bytes',
    help: 'Size of a device in bytes.',
    valueOf: ({ totalKib }) => totalKib * bytesPerKib,
  },
  {
    name: 'heketi_device_free_bytes',
    help: 'Free room of a device in bytes.',
    valueOf: (device) => free(device) * bytesPerKib,
  },
  {
    name: 'heketi_device_used_bytes',
    help: 'Used room of a device in bytes.',
    valueOf: (device) => used(device) * bytesPerKib,
  },
  {
    name: 'heketi_device_brick_count',
    help: 'Number of bricks on a device.',
    valueOf: ({ bricks }) => bricks,
  },
];

const devicesPerPage = 256;

/** Some devices that stand one after the other, and their lines: a block for each measure. */
interface Page {
  readonly devices: readonly IndexedDevice[];
  readonly blocks: readonly Buffer[];
}

/**
 * The lines about devices, which are most of the text where there are many. They are kept from scrape to scrape, page by
 * page: a page is written anew when one of its devices is another object than the last time.
 */
export class DeviceLines {
  #pages: readonly Page[] = [];

  /** All lines with their heads, as pieces; nothing without devices. */
  of(devices: readonly IndexedDevice[]): Buffer[] {
    const pages: Page[] = [];
    for (let start = 0; start < devices.length; start += devicesPerPage) {
      const kept = this.#pages[pages.length];
      const shown = devices.slice(start, start + devicesPerPage);
      pages.push(kept !== undefined && isSame(kept.devices, shown) ? kept : newPage(shown));
    }
    this.#pages = pages;
    if (pages.length === 0) return [];
    return measures.flatMap(({ name, help }, index) => [
      Buffer.from(gaugeHead(name, help)),
      ...pages.flatMap(({ blocks }) => blocks[index] ?? []),
    ]);
  }
}

const isSame = (some: readonly IndexedDevice[], others: readonly IndexedDevice[]): boolean =>
  some.length === others.length && some.every((device, index) => device === others[index]);

const newPage = (devices: readonly IndexedDevice[]): Page => ({
  devices,
  blocks: measures.map(({ name, valueOf }) => {
    let text = '';
    for (const device of devices) text += `${name}${device.labels} ${valueOf(device)}\n`;
    return Buffer.from(text);
  }),
});
