import { groupBy } from '../lib/group-by.ts';
import { checkDump } from './check-dump.ts';
import { dumpSchema, type HeketiDump } from './document.ts';
import type { Inventory } from './inventory.ts';
import { dumpSections } from './to-dump.ts';

/** What `/db/check` says of one kind of object (wire contract section 15). */
interface SectionReport {
  readonly total: number;
  readonly pending: number;
  readonly ok: number;
  readonly notok: number;
  /** Sentences; null for none. */
  readonly inconsistencies: readonly string[] | null;
}

export type CheckReport = Readonly<Record<(typeof reportNames)[number][0], SectionReport>> & {
  readonly totalinconsistencies: number;
};

const reportNames = [
  ['clusters', 'clusterentries'],
  ['volumes', 'volumeentries'],
  ['bricks', 'brickentries'],
  ['nodes', 'nodeentries'],
  ['devices', 'deviceentries'],
  ['blockvolumes', 'blockvolumeentries'],
  ['dbattributes', 'dbattributeentries'],
  ['pendingoperations', 'pendingoperations'],
] as const satisfies readonly (readonly [string, keyof HeketiDump])[];

/** The dump of an inventory as a whole. */
const toDump = (inventory: Inventory): HeketiDump =>
  dumpSchema.parse(
    Object.fromEntries(dumpSections(inventory).map(([name, entries]) => [name, Object.fromEntries(entries)])),
  );

/** Whether what is on record agrees with itself, in Heketi's form. Attributes are never counted. */
export function checkDatabase(inventory: Inventory): CheckReport {
  const dump = toDump(inventory);
  const faults = groupBy(checkDump(dump, outsideKib(inventory)), ({ section }) => section);
  const reports = reportNames.map(([name, section]): [string, SectionReport] => {
    const entries = section === 'dbattributeentries' ? [] : Object.values<object>(dump[section]);
    const found = faults.get(section) ?? [];
    const notok = new Set(found.map(({ id }) => id)).size;
    const isPending = (entry: object): boolean =>
      'Pending' in entry && (entry.Pending as { readonly Id: string }).Id !== '';
    return [
      name,
      {
        total: entries.length,
        pending: entries.filter(isPending).length,
        ok: entries.length - notok,
        notok,
        inconsistencies: found.length === 0 ? null : found.map(({ id, text }) => `${id}: ${text}`),
      },
    ];
  });
  const total = [...faults.values()].reduce((sum, { length }) => sum + length, 0);
  return { ...Object.fromEntries(reports), totalinconsistencies: total } as unknown as CheckReport;
}

/** Room that is on record and of which the dump has no entries: of others, and of bricks that wait for their node. */
function outsideKib({ devices, bricks }: Inventory): Map<string, number> {
  const room = new Map(devices.map(({ id, foreignKib }) => [id, foreignKib]));
  for (const { volumeId, deviceId, poolKib, metadataKib } of bricks)
    if (volumeId === null) room.set(deviceId, (room.get(deviceId) ?? 0) + poolKib + metadataKib);
  return room;
}
