import type { ChangeObserver } from '../../db/database.ts';
import type { DeviceGauge, GaugeReads } from '../../db/gauges.ts';
import type { Touched } from '../../db/touched.ts';
import { chunked } from '../../lib/chunked.ts';
import { labelText } from './exposition.ts';

/** A device with its labels as they stand in every line about it. */
export interface IndexedDevice extends DeviceGauge {
  readonly labels: string;
}

const devicesPerQuery = 100;

/** From so many changed devices on it is cheaper to read all of them. */
const manyDevices = 2000;

/**
 * What the metrics show of devices, kept between scrapes. A transaction only leaves a note of what it changed; the next
 * scrape reads exactly that again. So neither a creation nor a scrape pays for the devices that stayed as they were.
 */
export class DeviceIndex implements ChangeObserver {
  readonly #reads: GaugeReads;
  readonly #devices = new Map<string, IndexedDevice>();
  /** What transactions changed that are not committed yet, and what is committed and to be read again. */
  readonly #coming = new Set<string>();
  readonly #changed = new Set<string>();
  /** A node was changed, and with it perhaps the labels of all its devices. */
  #isComingStale = false;
  #isStale = true;

  constructor(reads: GaugeReads) {
    this.#reads = reads;
  }

  async changed(touched: Touched): Promise<void> {
    if (touched.nodes.size > 0) this.#isComingStale = true;
    for (const id of touched.devices) this.#coming.add(id);
  }

  committed(): void {
    if (this.#isComingStale) this.#isStale = true;
    this.#isComingStale = false;
    for (const id of this.#coming) this.#changed.add(id);
    this.#coming.clear();
  }

  /** All devices as they are now, always in the same order; those that stayed as they were are the same objects. */
  async read(): Promise<readonly IndexedDevice[]> {
    const ids = [...this.#changed];
    const isAll = this.#isStale || ids.length > manyDevices;
    this.#changed.clear();
    this.#isStale = false;
    const gone = new Set(isAll ? this.#devices.keys() : ids);
    const groups = isAll
      ? [await this.#reads.allDevices()]
      : await Promise.all(chunked(ids, devicesPerQuery).map((group) => this.#reads.devices(group)));
    for (const device of groups.flat()) {
      this.#devices.set(device.id, { ...device, labels: labelsOf(device) });
      gone.delete(device.id);
    }
    for (const id of gone) this.#devices.delete(id);
    return [...this.#devices.values()];
  }
}

const labelsOf = (device: DeviceGauge): string =>
  labelText({
    cluster: device.clusterId,
    hostname: device.hostname,
    storage_hostname: device.storageHostname,
    id: device.id,
    device: device.name,
    pv_uuid: device.pvUuid,
  });
