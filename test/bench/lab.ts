/**
 * How far Mortar is above the floor on real nodes: one creation and one deletion beside a hand-written script that does the
 * same steps, in turn, and eight at once. Run inside the lab: `test/lab/run npx tsx test/bench/lab.ts`.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Lab } from '../lab/lab.ts';
import { Mortar } from '../lab/mortar.ts';
import { commandTimes } from './command-times.ts';
import { FloorScript } from './floor-script.ts';
import { show, table } from './report.ts';
import { median } from './statistics.ts';
import { WireClient } from './wire-client.ts';

const rounds = Number(process.argv[2] ?? 6);
const atOnce = 8;
const body = { size: 1, durability: { type: 'replicate', replicate: { replica: 3 } } };

const lab = new Lab({ nodes: Number(process.env.MORTAR_LAB_NODES ?? 4) });
const folder = mkdtempSync(join(tmpdir(), 'mortar-lab-bench-'));
const mortar = new Mortar(lab, folder);
const client = new WireClient(8099, 'lab-admin-key');

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

interface NodeOnWire {
  readonly hostnames: { readonly manage: readonly string[] };
  readonly devices: readonly { readonly id: string }[];
}

/** A volume group that Mortar made, on each of the first three nodes. */
async function floorScript(): Promise<FloorScript> {
  const { clusters } = await client.read<{ clusters: string[] }>('/clusters');
  const { nodes } = await client.read<{ nodes: string[] }>(`/clusters/${clusters[0]}`);
  const read = await Promise.all(nodes.map((id) => client.read<NodeOnWire>(`/nodes/${id}`)));
  const places = lab.nodes.slice(0, 3).map((node) => {
    const device = read.find(({ hostnames }) => hostnames.manage[0] === node.name)?.devices[0];
    return { node, volumeGroup: `vg_${device?.id}` };
  });
  return new FloorScript(places, join(lab.stateDir, 'ssh_config'), folder);
}

const create = async (): Promise<{ id: string; operationId: string }> => {
  const queue = await client.submit('POST', '/volumes', body);
  return { id: await client.follow(queue), operationId: queue.slice('/queue/'.length) };
};
const remove = (id: string): Promise<string> => client.submit('DELETE', `/volumes/${id}`);

interface Pair {
  readonly ours: number[];
  readonly floor: number[];
}

/** One after the other, in turn: what comes second finds more volumes, and caches that are warm. */
async function inTurn(round: number, tasks: readonly (() => Promise<void>)[]): Promise<void> {
  for (const task of round % 2 === 0 ? tasks : tasks.toReversed()) await task();
}

async function measurePairs(floor: FloorScript): Promise<{ creating: Pair; deleting: Pair; last: string[] }> {
  const creating: Pair = { ours: [], floor: [] };
  const deleting: Pair = { ours: [], floor: [] };
  let last: string[] = [];
  for (let round = 0; round < rounds; round += 1) {
    let made = { id: '', operationId: '' };
    let queue = '';
    await inTurn(round, [
      async () => void creating.ours.push(await timed(async () => (made = await create()))),
      async () => void creating.floor.push(await timed(() => floor.create(`f${round}`))),
    ]);
    await inTurn(round, [
      async () =>
        void deleting.ours.push(await timed(async () => client.follow((queue = await remove(made.id))))),
      async () => void deleting.floor.push(await timed(() => floor.delete(`f${round}`))),
    ]);
    last = [made.operationId, queue.slice('/queue/'.length)];
  }
  return { creating, deleting, last };
}

async function measureAtOnce(): Promise<{ creatingMs: number; deletingMs: number }> {
  let made: { id: string }[] = [];
  const creatingMs = await timed(async () => {
    made = await Promise.all(Array.from({ length: atOnce }, create));
  });
  const deletingMs = await timed(() =>
    Promise.all(made.map(async ({ id }) => client.follow(await remove(id)))),
  );
  return { creatingMs, deletingMs };
}

const line = (name: string, { ours, floor }: Pair, togetherMs: number): string[] => [
  name,
  show(median(ours) / 1000),
  show(median(floor) / 1000),
  median(ours.map((value, round) => value / (floor[round] ?? value))).toFixed(2),
  show(togetherMs / 1000),
  (togetherMs / (atOnce * median(ours))).toFixed(2),
];

try {
  await mortar.start();
  const file = join(folder, 'topology.json');
  writeFileSync(file, JSON.stringify(mortar.topology()));
  const loaded = await mortar.cli('topology', 'load', `--json=${file}`);
  if (loaded.exitCode !== 0) throw new Error(loaded.stdout + loaded.stderr);
  const floor = await floorScript();
  await floor.open();
  // It stays: the first volume of a cluster, and the end of the last, start and stop gluster's daemons beside the bricks.
  await create();
  const { creating, deleting, last } = await measurePairs(floor);
  const together = await measureAtOnce();
  await floor.close();
  console.log(
    table(
      ['', 'Mortar, s', 'floor, s', 'ratio (pairs, median)', `${atOnce} at once, s`, `of ${atOnce} × one`],
      [line('create', creating, together.creatingMs), line('delete', deleting, together.deletingMs)],
    ),
  );
  for (const [index, name] of ['create', 'delete'].entries()) {
    const times = await commandTimes(client, last[index] ?? '');
    console.log(
      `\n${table(
        [`the last ${name}: command`, 'ms'],
        times.map(({ what, ms }) => [what, show(ms)]),
      )}`,
    );
  }
} finally {
  client.close();
  await mortar.stop();
  rmSync(folder, { recursive: true, force: true });
}
