/**
 * Heketi 10 with its mock executor, measured on the same kind of machine (two shared cores), nearly idle: replica-3 volumes
 * of 10 GiB, four devices a node in three zones, polling every 5 ms, refusals repeated after 20 ms.
 */
export interface HeketiFigures {
  readonly nodes: number;
  readonly volumes: number;
  readonly createMs: number;
  readonly createP95Ms: number;
  readonly createCpuMs: number;
  readonly createsPerSecond1: number;
  readonly createsPerSecond16: number;
  readonly refusals: number;
  readonly deleteMs: number;
  readonly deletesPerSecond1: number;
  readonly deletesPerSecond16: number;
  readonly infoMs: number;
  readonly infosPerSecond1: number;
  readonly infosPerSecond16: number;
  readonly topologyWalkMs: number;
  readonly memoryMib: number;
  readonly databaseMib: number;
  readonly startMs: number;
}

const fields = [
  'nodes',
  'volumes',
  'createMs',
  'createP95Ms',
  'createCpuMs',
  'createsPerSecond1',
  'createsPerSecond16',
  'refusals',
  'deleteMs',
  'deletesPerSecond1',
  'deletesPerSecond16',
  'infoMs',
  'infosPerSecond1',
  'infosPerSecond16',
  'topologyWalkMs',
  'memoryMib',
  'databaseMib',
  'startMs',
] as const satisfies readonly (keyof HeketiFigures)[];

const rows: readonly (readonly number[])[] = [
  [10, 0, 12.3, 16.8, 9.3, 78, 45, 2454, 7.1, 138, 362, 0.6, 1354, 2313, 5, 36, 4, 20],
  [10, 1000, 58, 68, 69, 16.7, 13.4, 8560, 7.5, 127, 241, 0.76, 1120, 1847, 910, 44, 24, 213],
  [10, 5000, 232, 282, 295, 4.2, 3.5, 22_361, 7.1, 129, 217, 0.82, 1009, 1675, 5800, 79, 57, 927],
  [100, 0, 28, 36, 30, 34.5, 26.5, 4201, 6.8, 136, 242, 3, 316, 519, 40, 38, 4, 17],
  [100, 1000, 82, 96, 101, 11.9, 10.4, 10_977, 6.7, 141, 241, 2.9, 322, 555, 3400, 46, 24, 213],
  [100, 5000, 269, 316, 349, 3.6, 2.9, 22_187, 12.9, 79, 156, 4.1, 230, 466, 20_700, 79, 57, 1119],
  [1000, 0, 223, 263, 286, 4.4, 4.2, 20_937, 32, 30, 44, 27, 37, 58, 400, 50, 15, 16],
  [1000, 1000, 286, 338, 374, 3.5, 3.1, 21_375, 32, 30, 52, 23, 42, 63, 25_000, 77, 40, 363],
  [1000, 5000, 652, 771, 889, 1.5, 1.3, 21_845, 32, 31, 47, 24, 41, 70, 125_000, 193, 161, 1539],
];

/** One operation after another. */
const topologyLoadMs: ReadonlyMap<number, number> = new Map([
  [10, 360],
  [100, 3300],
  [1000, 36_000],
]);

const figures: readonly HeketiFigures[] = rows.map(
  (row) => Object.fromEntries(fields.map((field, index) => [field, row[index]])) as unknown as HeketiFigures,
);

/** The reference for a size; undefined where it was not measured. */
export const heketiAt = (nodes: number, volumes: number): HeketiFigures | undefined =>
  figures.find((row) => row.nodes === nodes && row.volumes === volumes);

export const heketiLoadMs = (nodes: number): number | undefined => topologyLoadMs.get(nodes);
