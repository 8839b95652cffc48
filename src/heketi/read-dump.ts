import type { z } from 'zod';
import { checkDump, isClone, nouns } from './check-dump.ts';
import { dumpSchema, generationAttribute, type HeketiDump, knownAttributes } from './document.ts';

/** A dump, or all that is wrong with it; `foreignRoom` are sentences about room that others take. */
export type ReadDump =
  | { readonly dump: HeketiDump; readonly foreignRoom: readonly string[] }
  | { readonly faults: readonly string[] };

/** Reads the text of a dump and holds it to its own links and sums. */
export function readDump(text: string): ReadDump {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (thrown) {
    return { faults: [`it is no JSON: ${(thrown as Error).message}`] };
  }
  const read = dumpSchema.safeParse(document);
  if (!read.success) return { faults: read.error.issues.map(issueText) };
  const dump = read.data;
  const found = checkDump(dump);
  const words = ({ section, id, text }: (typeof found)[number]): string => `${nouns[section]} ${id}: ${text}`;
  const faults = [
    ...found.filter(({ isForeignRoom }) => isForeignRoom !== true).map(words),
    ...attributeFaults(dump),
    ...idFaults(dump),
    ...nameFaults(dump),
    ...valueFaults(dump),
  ];
  if (faults.length > 0) return { faults };
  return { dump, foreignRoom: found.map(words) };
}

const issueText = ({ path, message }: z.core.$ZodIssue): string =>
  `${path.length === 0 ? 'the document' : path.join('.')}: ${message}`;

function attributeFaults({ dbattributeentries }: HeketiDump): string[] {
  const known: readonly string[] = [...knownAttributes, generationAttribute];
  return Object.keys(dbattributeentries)
    .filter((name) => !known.includes(name))
    .map((name) => `attribute ${name}: it is of a newer Heketi than is known here`);
}

const idPattern = /^[0-9a-f]{32}$/;

function idFaults(dump: HeketiDump): string[] {
  const sections = Object.entries(dump).filter(([section]) => section !== 'dbattributeentries');
  return sections.flatMap(([section, entries]) =>
    Object.keys(entries)
      .filter((id) => !idPattern.test(id))
      .map((id) => `${nouns[section as keyof HeketiDump]} ${id}: the id must be 32 lower-case hex digits`),
  );
}

/** Names that must be there once; `owner` in words. */
function twice(names: readonly { readonly key: string; readonly words: string }[]): string[] {
  const seen = new Set<string>();
  return names.flatMap(({ key, words }) => {
    if (seen.has(key)) return [words];
    seen.add(key);
    return [];
  });
}

function nameFaults({ nodeentries, volumeentries, blockvolumeentries }: HeketiDump): string[] {
  const hosts = Object.entries(nodeentries).flatMap(([id, { Info }]) =>
    (['manage', 'storage'] as const).flatMap((kind) =>
      Info.hostnames[kind].map((name) => ({
        key: `${kind} ${name}`,
        words: `node ${id}: another node has the ${kind} host name ${name}, too`,
      })),
    ),
  );
  const volumes = Object.entries(volumeentries).map(([id, { Info }]) => ({
    key: `${Info.cluster}/${Info.name}`,
    words: `volume ${id}: another volume of its cluster is called ${Info.name}, too`,
  }));
  const blocks = Object.entries(blockvolumeentries).map(([id, { Info }]) => ({
    key: `${Info.blockhostingvolume}/${Info.name}`,
    words: `block volume ${id}: another one on its hosting volume is called ${Info.name}, too`,
  }));
  return [...twice(hosts), ...twice(volumes), ...twice(blocks)];
}

function valueFaults(dump: HeketiDump): string[] {
  return [...nodeFaults(dump), ...volumeFaults(dump), ...brickFaults(dump)];
}

const nodeFaults = ({ nodeentries }: HeketiDump): string[] =>
  Object.entries(nodeentries).flatMap(([id, { Info }]) => [
    ...(Info.zone < 1 ? [`node ${id}: zone: ${Info.zone} must be at least 1`] : []),
    ...(['manage', 'storage'] as const)
      .filter((kind) => Info.hostnames[kind].length === 0)
      .map((kind) => `node ${id}: it has no ${kind} host name`),
  ]);

function volumeFaults({ volumeentries, blockvolumeentries }: HeketiDump): string[] {
  const sizes = [
    ...Object.entries(volumeentries).map(([id, { Info }]) => ({ what: `volume ${id}`, size: Info.size })),
    ...Object.entries(blockvolumeentries).map(([id, { Info }]) => ({
      what: `block volume ${id}`,
      size: Info.size,
    })),
  ];
  const brickless = Object.entries(volumeentries).filter(
    ([, { Bricks, Pending }]) => Bricks.length === 0 && Pending.Id === '',
  );
  return [
    ...sizes
      .filter(({ size }) => size < 1)
      .map(({ what, size }) => `${what}: size: ${size} must be at least 1 GiB`),
    ...brickless.map(([id]) => `volume ${id}: it has no bricks`),
  ];
}

const brickFaults = ({ brickentries }: HeketiDump): string[] =>
  Object.entries(brickentries)
    .filter(([, brick]) => !isClone(brick))
    .flatMap(([id, { Info, TpSize, PoolMetadataSize }]) =>
      Object.entries({ size: Info.size, TpSize, PoolMetadataSize })
        .filter(([, value]) => value < 1)
        .map(([name, value]) => `brick ${id}: ${name}: ${value} must be at least 1 KiB`),
    );
