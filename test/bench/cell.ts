import { volumeBody } from './fleet.ts';
import type { ServerProcess } from './server-process.ts';
import { median, perSecond, quantile, repeatFor, timeEach } from './statistics.ts';
import type { WireClient } from './wire-client.ts';

/** What is measured at each size. Absent: not asked for, or the server has no such route. */
export interface Figures {
  readonly create?: Series & { readonly cpuMs: number; readonly refusals: number };
  readonly delete?: Series;
  readonly info?: Series;
  readonly list?: { readonly medianMs: number };
  readonly metrics?: { readonly medianMs: number };
  readonly topology?: {
    /** One request for each object. */
    readonly walkMs: number;
    readonly bulkMs: number;
    readonly bulkMib: number;
    /** The command `topology info`, from its start to its end. */
    readonly cliTextMs: number;
    readonly cliJsonMs: number;
  };
}

interface Series {
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly perSecond1: number;
  readonly perSecond16: number;
}

export const measures = ['create', 'delete', 'info', 'list', 'metrics', 'topology'] as const;
export type Measure = (typeof measures)[number];

const manyClients = 16;
/** One after another, before anything counts: the just-in-time compiler has to see the code some times. */
const warmUp = 40;
const oneAfterAnother = 150;
const atOnce = 320;
const reads = 1000;
const wholeReads = 5;
/** So long the topology is read by single requests before it counts, and as long while it counts; once at least. */
const walksMs = 2000;

/** Measures a server that is filled as it shall be; afterwards it holds as many volumes as before. */
export async function measureCell(server: ServerProcess, wanted: ReadonlySet<Measure>): Promise<Figures> {
  const { client } = server;
  const changes = wanted.has('create') || wanted.has('delete') ? await measureChanges(server, wanted) : {};
  return {
    ...changes,
    ...(wanted.has('info') ? { info: await measureInfo(client) } : {}),
    ...(wanted.has('list') ? { list: { medianMs: await medianOf(client, '/volumes', 50) } } : {}),
    ...(wanted.has('metrics') ? await measureMetrics(client) : {}),
    ...(wanted.has('topology') ? { topology: await measureTopology(server) } : {}),
  };
}

async function measureChanges(
  server: ServerProcess,
  wanted: ReadonlySet<Measure>,
): Promise<Pick<Figures, 'create' | 'delete'>> {
  const { client } = server;
  const ids: string[] = [];
  const create = async (): Promise<void> => {
    ids.push(await client.finish('POST', '/volumes', volumeBody));
  };
  const remove = async (): Promise<void> => {
    await client.finish('DELETE', `/volumes/${ids.pop()}`);
  };
  await timeEach(warmUp, 1, create);
  await timeEach(warmUp, 1, remove);

  const cpuBeforeMs = server.cpuMs();
  const creating = await timeEach(oneAfterAnother, 1, create);
  const cpuMs = (server.cpuMs() - cpuBeforeMs) / oneAfterAnother;
  await timeEach(warmUp, manyClients, create);
  const refusedBefore = client.refusals;
  const createsPerSecond = await perSecond(atOnce, manyClients, create);
  const refusals = client.refusals - refusedBefore;
  const deleting = await timeEach(oneAfterAnother, 1, remove);
  await timeEach(warmUp, manyClients, remove);
  const deletesPerSecond = await perSecond(atOnce, manyClients, remove);
  return {
    ...(wanted.has('create') ? { create: { ...seriesOf(creating, createsPerSecond), cpuMs, refusals } } : {}),
    ...(wanted.has('delete') ? { delete: seriesOf(deleting, deletesPerSecond) } : {}),
  };
}

function seriesOf(samplesMs: readonly number[], perSecond16: number): Series {
  const totalMs = samplesMs.reduce((sum, sample) => sum + sample, 0);
  return {
    medianMs: median(samplesMs),
    p95Ms: quantile(samplesMs, 0.95),
    perSecond1: (samplesMs.length * 1000) / totalMs,
    perSecond16,
  };
}

/** Reads volumes; where there is none, one is made for it. */
async function measureInfo(client: WireClient): Promise<Series> {
  const { volumes: present } = await client.read<{ volumes: string[] }>('/volumes');
  const made = present.length === 0 ? [await client.finish('POST', '/volumes', volumeBody)] : [];
  const ids = [...present, ...made];
  const info = async (index: number): Promise<void> => {
    const { status } = await client.send('GET', `/volumes/${ids[(index * 97) % ids.length]}`);
    if (status !== 200) throw new Error(`GET /volumes/…: ${status}`);
  };
  await timeEach(warmUp, 1, info);
  const samples = await timeEach(reads, 1, info);
  const series = seriesOf(samples, await perSecond(2 * reads, manyClients, info));
  for (const id of made) await client.finish('DELETE', `/volumes/${id}`);
  return series;
}

async function medianOf(client: WireClient, path: string, count: number): Promise<number> {
  const read = async (): Promise<void> => {
    const answer = await client.send('GET', path);
    if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status} ${answer.body}`);
  };
  await timeEach(3, 1, read);
  return median(await timeEach(count, 1, read));
}

async function measureMetrics(client: WireClient): Promise<Pick<Figures, 'metrics'>> {
  if ((await client.send('GET', '/metrics')).status === 404) return {};
  return { metrics: { medianMs: await medianOf(client, '/metrics', 30) } };
}

interface ClusterOnWire {
  readonly nodes: readonly string[];
  readonly volumes: readonly string[];
}

/** Reads the whole topology as `topology info` of Heketi's clients does, resource by resource. */
async function walk(client: WireClient): Promise<void> {
  const { clusters } = await client.read<{ clusters: string[] }>('/clusters');
  for (const id of clusters) {
    const { nodes, volumes } = await client.read<ClusterOnWire>(`/clusters/${id}`);
    for (const volume of volumes) await client.read(`/volumes/${volume}`);
    for (const node of nodes) await client.read(`/nodes/${node}`);
  }
}

/** The whole topology by single requests and in one, by a server that has been asked for it before, as Heketi's had. */
async function measureTopology(server: ServerProcess): Promise<NonNullable<Figures['topology']>> {
  const { client } = server;
  await repeatFor(walksMs, () => walk(client));
  const walkMs = median(await repeatFor(walksMs, () => walk(client)));
  const { body } = await client.send('GET', '/topology');
  return {
    walkMs,
    bulkMs: await medianOf(client, '/topology', wholeReads),
    bulkMib: body.length / 1024 ** 2,
    cliTextMs: await medianCli(server, 'topology', 'info'),
    cliJsonMs: await medianCli(server, 'topology', 'info', '--json'),
  };
}

const medianCli = async (server: ServerProcess, ...words: string[]): Promise<number> =>
  median(await timeEach(3, 1, async () => void (await server.timeCli(...words))));
