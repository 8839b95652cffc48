import { type HeketiFigures, heketiAt, heketiLoadMs } from './heketi-figures.ts';
import type { BenchResults, CellResults, SizeResults } from './results.ts';

type Row = readonly string[];

/** A number as people read it: three digits that count. */
export function show(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString('en-US');
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** Ours and theirs, and by how much ours is better; `more` says that the larger number is. */
function beside(ours: number | undefined, theirs: number | undefined, more = false): string {
  if (ours === undefined) return '–';
  if (theirs === undefined) return show(ours);
  const factor = more ? ours / theirs : theirs / ours;
  return `${show(ours)} / ${show(theirs)} (${factor.toFixed(factor >= 10 ? 0 : 1)}×)`;
}

/** A table in Markdown. */
export function table(header: Row, rows: readonly Row[]): string {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: Row): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `|${widths.map((width) => `${'-'.repeat(width + 1)}:`).join('|')}|`;
  return [line(header), rule, ...rows.map(line)].join('\n');
}

interface Column {
  readonly title: string;
  readonly cell: (cell: CellResults, heketi: HeketiFigures | undefined) => string;
}

function cellTable(sizes: readonly SizeResults[], columns: readonly Column[]): string {
  const rows = sizes.flatMap(({ nodes, cells }) =>
    cells.map((cell) => {
      const heketi = heketiAt(nodes, cell.volumes);
      return [show0(nodes), show0(cell.volumes), ...columns.map((column) => column.cell(cell, heketi))];
    }),
  );
  return table(['nodes', 'volumes', ...columns.map(({ title }) => title)], rows);
}

const show0 = (value: number): string => value.toLocaleString('en-US');

const createColumns: readonly Column[] = [
  { title: 'median ms', cell: ({ figures: { create } }, h) => beside(create?.medianMs, h?.createMs) },
  { title: 'p95 ms', cell: ({ figures: { create } }, h) => beside(create?.p95Ms, h?.createP95Ms) },
  { title: 'CPU ms', cell: ({ figures: { create } }, h) => beside(create?.cpuMs, h?.createCpuMs) },
  {
    title: '1 client, per s',
    cell: ({ figures: { create } }, h) => beside(create?.perSecond1, h?.createsPerSecond1, true),
  },
  {
    title: '16 clients, per s',
    cell: ({ figures: { create } }, h) => beside(create?.perSecond16, h?.createsPerSecond16, true),
  },
  {
    title: 'refused',
    cell: ({ figures: { create } }, h) =>
      create === undefined ? '–' : `${create.refusals}${h === undefined ? '' : ` / ${show0(h.refusals)}`}`,
  },
];

const deleteColumns: readonly Column[] = [
  { title: 'median ms', cell: ({ figures }, h) => beside(figures.delete?.medianMs, h?.deleteMs) },
  { title: 'p95 ms', cell: ({ figures }) => beside(figures.delete?.p95Ms, undefined) },
  {
    title: '1 client, per s',
    cell: ({ figures }, h) => beside(figures.delete?.perSecond1, h?.deletesPerSecond1, true),
  },
  {
    title: '16 clients, per s',
    cell: ({ figures }, h) => beside(figures.delete?.perSecond16, h?.deletesPerSecond16, true),
  },
];

const readColumns: readonly Column[] = [
  { title: 'volume, median ms', cell: ({ figures }, h) => beside(figures.info?.medianMs, h?.infoMs) },
  {
    title: '1 client, per s',
    cell: ({ figures }, h) => beside(figures.info?.perSecond1, h?.infosPerSecond1, true),
  },
  {
    title: '16 clients, per s',
    cell: ({ figures }, h) => beside(figures.info?.perSecond16, h?.infosPerSecond16, true),
  },
  { title: 'volume list, ms', cell: ({ figures }) => beside(figures.list?.medianMs, undefined) },
  { title: 'metrics, ms', cell: ({ figures }) => beside(figures.metrics?.medianMs, undefined) },
];

const wholeColumns: readonly Column[] = [
  {
    title: '`topology info`, ms',
    cell: ({ figures }, h) => beside(figures.topology?.walkMs, h?.topologyWalkMs),
  },
  { title: 'in one request, ms', cell: ({ figures }) => beside(figures.topology?.bulkMs, undefined) },
  { title: 'by the command, ms', cell: ({ figures }) => beside(figures.topology?.cliTextMs, undefined) },
  { title: 'with --json, ms', cell: ({ figures }) => beside(figures.topology?.cliJsonMs, undefined) },
  { title: 'memory MiB', cell: ({ memoryMib }, h) => beside(memoryMib, h?.memoryMib) },
  { title: 'without nodes MiB', cell: ({ memoryAloneMib }) => beside(memoryAloneMib, undefined) },
  { title: 'database MiB', cell: ({ databaseMib }, h) => beside(databaseMib, h?.databaseMib) },
  { title: 'start ms', cell: ({ startMs }, h) => beside(startMs, h?.startMs) },
];

const loadTable = (sizes: readonly SizeResults[]): string =>
  table(
    ['nodes', 'load, ms', 'a device, ms'],
    sizes.map(({ nodes, load }) => [
      show0(nodes),
      beside(load.totalMs, heketiLoadMs(nodes)),
      show(load.devicesMs / (nodes * 4)),
    ]),
  );

/** How much slower the largest size is than the smallest: cost should follow the change, not the inventory. */
function flatness(sizes: readonly SizeResults[]): string | undefined {
  const smallest = sizes[0]?.cells[0];
  const largest = sizes.at(-1)?.cells.at(-1);
  if (smallest === undefined || largest === undefined || smallest === largest) return undefined;
  const ratio = (name: 'create' | 'delete' | 'info' | 'metrics'): string[] => {
    const small = smallest.figures[name]?.medianMs;
    const large = largest.figures[name]?.medianMs;
    return small === undefined || large === undefined ? [] : [`${name} ${(large / small).toFixed(2)}`];
  };
  const ratios = (['create', 'delete', 'info', 'metrics'] as const).flatMap(ratio);
  const from = `${show0(sizes[0]?.nodes ?? 0)} nodes and ${show0(smallest.volumes)} volumes`;
  const to = `${show0(sizes.at(-1)?.nodes ?? 0)} nodes and ${show0(largest.volumes)} volumes`;
  return `Median at ${to}, as a multiple of that at ${from}: ${ratios.join(', ')}.`;
}

function extremes({ burst, longQueue, empty }: BenchResults): string[] {
  return [
    `An empty server: ${show(empty.startMs)} ms until its first answer, ${show(empty.memoryMib)} MiB.`,
    ...(burst === undefined
      ? []
      : [
          `${burst.creates} creations at once: ${burst.succeeded} succeeded, ${burst.refusals} were refused, ${show(burst.totalMs)} ms in all.`,
        ]),
    ...(longQueue === undefined
      ? []
      : [
          `${show0(longQueue.creates)} creations sent faster than they can be done: ${show0(longQueue.succeeded)} succeeded, ${longQueue.refusals} were refused, up to ${show0(longQueue.longest)} waited, ${longQueue.outOfOrder} were started out of order, memory went from ${show(longQueue.memoryBeforeMib)} to at most ${show(longQueue.memoryPeakMib)} MiB, ${show(longQueue.totalMs / 1000)} s in all.`,
        ]),
  ];
}

function crowdWords({ crowding: { before, after } }: BenchResults['machine']): string {
  const words = `A busy loop took ${before.toFixed(1)} times its CPU time before and ${after.toFixed(1)} times after.`;
  const isIdle = before < 1.2 && after < 1.2;
  return isIdle
    ? words
    : `${words} So others were at work: only ratios within this run mean something, and CPU times.`;
}

/** The figures as Markdown, which reads well on a terminal too. In each cell: Mortar / Heketi (how many times better). */
export function report(results: BenchResults): string {
  const { machine, sizes, date, commit } = results;
  const flat = flatness(sizes);
  const blocks = [
    `Measured on ${date.slice(0, 10)} at ${commit}: ${machine.processors} × ${machine.processor}, ${machine.memoryGib} GiB, Node ${machine.node}. ${crowdWords(machine)} In each cell: Mortar / Heketi (how many times better).`,
    '**Create**',
    cellTable(sizes, createColumns),
    '**Delete**',
    cellTable(sizes, deleteColumns),
    '**Read**',
    cellTable(sizes, readColumns),
    '**The whole**',
    cellTable(sizes, wholeColumns),
    '**Topology load, one operation after another**',
    loadTable(sizes),
    ...(flat === undefined ? [] : [flat]),
    ...extremes(results),
  ];
  return blocks.join('\n\n');
}
