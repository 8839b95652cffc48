import type { BrickState, BrickWatch } from '../../topology/brick-watch.ts';
import type { IndexedDevice } from './device-index.ts';
import { type Gauge, type Sample, withLabels } from './exposition.ts';

interface Measure {
  readonly name: string;
  readonly help: string;
  /** Undefined: nothing to tell of this brick. */
  readonly valueOf: (brick: BrickState) => number | undefined;
}

const summed: readonly Measure[] = [
  {
    name: 'mortar_device_bricks_down',
    help: 'Bricks of a device whose process does not run, when it was last looked at.',
    valueOf: ({ isUp }) => (isUp ? 0 : 1),
  },
  {
    name: 'mortar_device_heal_pending_entries',
    help: 'Entries on the bricks of a device that other bricks lack and that are to be healed.',
    valueOf: ({ pendingEntries }) => pendingEntries ?? 0,
  },
];

/** Only bricks with which something is wrong have lines of their own: a scrape must not grow with every brick. */
const single: readonly Measure[] = [
  {
    name: 'mortar_brick_up',
    help: '0 for each brick whose process does not run, with its volume; bricks that run are left out.',
    valueOf: ({ isUp }) => (isUp ? undefined : 0),
  },
  {
    name: 'mortar_brick_heal_pending_entries',
    help: 'The entries to be healed of each brick that has some, with its volume.',
    valueOf: ({ pendingEntries }) =>
      pendingEntries === null || pendingEntries === 0 ? undefined : pendingEntries,
  },
];

/** Brick processes and what is to be healed, of the devices whose nodes were looked at. */
export function brickGauges(
  devices: readonly IndexedDevice[],
  watch: Pick<BrickWatch, 'troubledOn'>,
): Gauge[] {
  const seen = devices.flatMap((device) => {
    const troubled = watch.troubledOn(device.id);
    return troubled === undefined ? [] : [{ labels: device.labels, troubled }];
  });
  return [
    ...summed.map(({ name, help, valueOf }) => ({
      name,
      help,
      samples: seen.map(({ labels, troubled }) => ({
        labels,
        value: troubled.reduce((sum, brick) => sum + (valueOf(brick) ?? 0), 0),
      })),
    })),
    ...single.map(({ name, help, valueOf }) => ({
      name,
      help,
      samples: seen.flatMap(({ labels, troubled }) =>
        troubled.flatMap((brick): Sample[] => {
          const value = valueOf(brick);
          if (value === undefined) return [];
          return [{ labels: withLabels(labels, { volume: brick.volumeId, brick: brick.brickId }), value }];
        }),
      ),
    })),
  ];
}
