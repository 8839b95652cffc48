import type { PoolFill, PoolWatch } from '../../topology/pool-watch.ts';
import type { IndexedDevice } from './device-index.ts';
import { type Gauge, type Labels, type Sample, withLabels } from './exposition.ts';

/**
 * From here on a pool has lines of its own, with the volume and the brick it belongs to. Below, the fullest of each device is
 * told: a scrape that grew with every brick would be megabytes long and slow when many volumes are there.
 */
const notablePercent = 80;

interface Measure {
  readonly word: 'data' | 'metadata';
  readonly percentOf: (pool: PoolFill) => number | null;
}

const measures: readonly Measure[] = [
  { word: 'data', percentOf: ({ dataPercent }) => dataPercent },
  { word: 'metadata', percentOf: ({ metadataPercent }) => metadataPercent },
];

/** How full the thin pools are that were looked at. What LVM does not say is left out. */
export const poolGauges = (devices: readonly IndexedDevice[], pools: Pick<PoolWatch, 'poolsOf'>): Gauge[] =>
  measures.flatMap((measure) => gaugesOf(measure, devices, pools));

function gaugesOf(
  { word, percentOf }: Measure,
  devices: readonly IndexedDevice[],
  pools: Pick<PoolWatch, 'poolsOf'>,
): Gauge[] {
  const fullest: Sample[] = [];
  const notable: Sample[] = [];
  for (const device of devices) {
    let highest: number | null = null;
    for (const pool of pools.poolsOf(device.id)) {
      const percent = percentOf(pool);
      if (percent === null) continue;
      if (highest === null || percent > highest) highest = percent;
      if (percent >= notablePercent)
        notable.push({ labels: withLabels(device.labels, ownLabels(pool)), value: percent });
    }
    if (highest !== null) fullest.push({ labels: device.labels, value: highest });
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
