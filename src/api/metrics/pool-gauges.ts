import { notablePercent, type PoolFill, type PoolWatch } from '../../topology/pool-watch.ts';
import type { IndexedDevice } from './device-index.ts';
import { type Gauge, type Labels, type Sample, withLabels } from './exposition.ts';

interface Measure {
  readonly word: 'data' | 'metadata';
  readonly percentOf: (pool: Pick<PoolFill, 'dataPercent' | 'metadataPercent'>) => number | null;
}

const measures: readonly Measure[] = [
  { word: 'data', percentOf: ({ dataPercent }) => dataPercent },
  { word: 'metadata', percentOf: ({ metadataPercent }) => metadataPercent },
];

type Watched = Pick<PoolWatch, 'fullestOn' | 'notableOn'>;

/**
 * How full the thin pools are that were looked at, the fullest of each device and the notable ones by name: a scrape that grew
 * with every brick would be megabytes long when many volumes are there. What LVM does not say is left out.
 */
export const poolGauges = (devices: readonly IndexedDevice[], watch: Watched): Gauge[] =>
  measures.flatMap((measure) => gaugesOf(measure, devices, watch));

function gaugesOf({ word, percentOf }: Measure, devices: readonly IndexedDevice[], watch: Watched): Gauge[] {
  const fullest: Sample[] = [];
  const notable: Sample[] = [];
  for (const device of devices) {
    const pools = watch.fullestOn(device.id);
    const highest = pools === undefined ? null : percentOf(pools);
    if (highest !== null) fullest.push({ labels: device.labels, value: highest });
    for (const pool of watch.notableOn(device.id)) {
      const percent = percentOf(pool) ?? 0;
      if (percent >= notablePercent)
        notable.push({ labels: withLabels(device.labels, ownLabels(pool)), value: percent });
    }
  }
  return [
    {
      name: `mortar_device_thin_pool_${word}_percent`,
      help: `How much of the ${word} of the fullest thin pool of a device is used, 0 to 100, when it was last looked at.`,
      samples: fullest,
    },
    {
      name: `mortar_thin_pool_${word}_percent`,
      help: `The same of each thin pool from ${notablePercent} on, with its volume and brick.`,
      samples: notable,
    },
  ];
}

const ownLabels = ({ name, volumeId, brickId }: PoolFill): Labels => ({
  pool: name,
  volume: volumeId,
  brick: brickId,
});
