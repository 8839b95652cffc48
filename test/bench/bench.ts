/** `npm run bench`: how fast Mortar is, beside Heketi. See docs/performance.md. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { measureAlone } from './alone.ts';
import { measureCell } from './cell.ts';
import { measureClaims, reportClaims } from './claims.ts';
import { measureBurst, measureLongQueue } from './extremes.ts';
import { fillUp, loadTopology, volumeBody } from './fleet.ts';
import { type BenchOptions, readOptions, usage } from './options.ts';
import { copyProgram } from './program-copy.ts';
import { report } from './report.ts';
import type { BenchResults, CellResults, SizeResults } from './results.ts';
import { ServerProcess } from './server-process.ts';
import { crowding, median } from './statistics.ts';
import { writeDocs } from './write-docs.ts';

const starts = 5;
const repository = join(import.meta.dirname, '../..');

const say = (text: string): void => void process.stderr.write(`${text}\n`);

function machine(): Omit<BenchResults['machine'], 'crowding'> {
  return {
    processors: cpus().length,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGib: Math.round(totalmem() / 1024 ** 3),
    node: process.version,
  };
}

/** Starts the server some times. @returns the last one, and the median of what the starts took. */
async function startSome(
  program: string,
  folder: string,
): Promise<{ server: ServerProcess; startMs: number }> {
  const samplesMs: number[] = [];
  let server = await ServerProcess.start({ program, folder });
  samplesMs.push(server.startMs);
  while (samplesMs.length < starts) {
    await server.stop();
    server = await ServerProcess.start({ program, folder });
    samplesMs.push(server.startMs);
  }
  return { server, startMs: median(samplesMs) };
}

async function measureEmpty(program: string, parent: string): Promise<BenchResults['empty']> {
  const { server, startMs } = await startSome(program, mkdtempSync(join(parent, 'empty-')));
  const memoryMib = server.memoryMib().now;
  await server.stop();
  return { startMs, memoryMib };
}

async function measureSize(options: BenchOptions, nodes: number, place: Place): Promise<SizeResults> {
  const folder = mkdtempSync(join(place.parent, 'size-'));
  const first = await ServerProcess.start({ program: place.program, folder });
  say(`${nodes} nodes: loading the topology`);
  const load = await loadTopology(first.client, nodes);
  await first.stop();
  const cells: CellResults[] = [];
  for (const volumes of options.volumes) {
    const filling = await ServerProcess.start({ program: place.program, folder });
    say(`${nodes} nodes: ${volumes} volumes`);
    await fillUp(filling.client, volumes);
    await filling.stop();
    await settle(place.program, folder);
    const { server, startMs } = await startSome(place.program, folder);
    const figures = await measureCell(server, options.only);
    const { now, peak } = server.memoryMib();
    const databaseMib = await server.databaseMib();
    await server.stop();
    const memoryAloneMib = await measureAlone(place.program, folder);
    const memory = { memoryMib: now, memoryPeakMib: peak, memoryAloneMib };
    cells.push({ volumes, figures, ...memory, databaseMib, startMs });
  }
  return { nodes, load, cells };
}

/** Simulated nodes that are read after so many changes write their file anew; that is no part of what is measured next. */
async function settle(program: string, folder: string): Promise<void> {
  const server = await ServerProcess.start({ program, folder });
  const id = await server.client.finish('POST', '/volumes', volumeBody);
  await server.client.finish('DELETE', `/volumes/${id}`);
  await server.stop();
}

interface Place {
  readonly program: string;
  /** Folder for all that servers write. */
  readonly parent: string;
}

async function measureExtremes(
  { queued }: BenchOptions,
  { program, parent }: Place,
): Promise<Pick<BenchResults, 'burst' | 'longQueue'>> {
  say('200 creations at once');
  const server = await ServerProcess.start({ program, folder: mkdtempSync(join(parent, 'burst-')) });
  await loadTopology(server.client, 10);
  const burst = await measureBurst(server.client);
  await server.stop();
  say(`${queued} creations in the queue`);
  return { burst, longQueue: await measureLongQueue(program, parent, queued) };
}

async function measureOnlyClaims(options: BenchOptions): Promise<string> {
  const { folder, program } = copyProgram(options.program ?? join(repository, 'dist'));
  const parent = join(folder, 'data');
  mkdirSync(parent);
  try {
    const before = crowding();
    const results = await measureClaims(program, parent, say);
    if (options.jsonFile !== undefined)
      writeFileSync(options.jsonFile, `${JSON.stringify(results, undefined, 2)}\n`);
    const [from, to] = [before, crowding()].map((times) => times.toFixed(1));
    const date = new Date().toISOString().slice(0, 10);
    return `Measured on ${date} at ${headCommit()}; a busy loop took ${from} times its CPU time before and ${to} times after.\n\n${reportClaims(results)}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const headCommit = (): string =>
  execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: repository }).toString().trim();

async function measureAll(options: BenchOptions): Promise<BenchResults> {
  const { folder, program } = copyProgram(options.program ?? join(repository, 'dist'));
  const parent = join(folder, 'data');
  mkdirSync(parent);
  const commit = headCommit();
  try {
    const before = crowding();
    const begun = { date: new Date().toISOString(), commit };
    const empty = await measureEmpty(program, parent);
    const sizes: SizeResults[] = [];
    for (const nodes of options.nodes) sizes.push(await measureSize(options, nodes, { program, parent }));
    const extremes = options.extremes ? await measureExtremes(options, { program, parent }) : {};
    const after = crowding();
    return { ...begun, machine: { ...machine(), crowding: { before, after } }, empty, sizes, ...extremes };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const options = readOptions(process.argv.slice(2));
if (options === 'help') {
  console.log(usage);
} else if (options.claims) {
  const text = await measureOnlyClaims(options);
  console.log(text);
  if (options.writeDocs) writeDocs('claims', text);
} else {
  const results = await measureAll(options);
  console.log(report(results));
  if (options.jsonFile !== undefined)
    writeFileSync(options.jsonFile, `${JSON.stringify(results, undefined, 2)}\n`);
  if (options.writeDocs) writeDocs('figures', report(results));
}
