import { describe, expect, it } from 'vitest';
import { loadNodes, replica3, startManager, type TestManager } from './manager.ts';
import { quietly } from './scenarios.ts';

/** What is sent, the status, the text of the answer. `$volume` and the like stand for ids that there are. */
export type Row = readonly [sent: string, status: number, text: string | RegExp];

/** Routes as the OpenAPI document calls them (`POST /volumes/{id}/clone`), each with what is sent to it. */
export interface Room {
  /** Bodies that are refused. */
  readonly bodies?: readonly (readonly [request: string, rows: readonly Row[]])[];
  /**
   * Routes with something in their path, with a body that would do, and the answer to an id of the right form that nothing
   * has; `$sent` is the id. Below all of them come the ids that no route takes.
   */
  readonly ids?: readonly (readonly [request: string, body: string | undefined, unknown: string])[];
  /** Paths and queries, as they are sent. */
  readonly paths?: readonly (readonly [request: string, rows: readonly Row[]])[];
}

export const nobody = '0'.repeat(32);
export const notFound = 'Id not found\n';
export const noPath = 'Invalid path or request\n';
export const unparsable = 'request unable to be parsed\n';
export const invalid = (words: string): string => `validation failed: ${words}.\n`;
export const unknownKey = (key: string, where = ''): string =>
  `validation failed: ${where}unknown key "${key}"; see /docs for the keys there are\n`;
/** The answer of Mortar's own routes to what cannot be read. */
export const because = (reason: string): string => `request unable to be parsed: ${reason}\n`;
export const noWhole = (field: string, sent: string): string =>
  because(`${field}: expected a whole number of at most 9007199254740991, got ${sent}`);

const noObject = because('it is no JSON object');
const notJson = /^request unable to be parsed: .+\n$/;

/** Bodies that none of Mortar's own routes takes. */
export const nonsense: readonly Row[] = [
  ['{', 400, notJson],
  ['{} x', 400, notJson],
  ["{'size':1}", 400, notJson],
  ['\u0000', 400, notJson],
  ['size=1', 400, notJson],
  ['[]', 400, noObject],
  ['"text"', 400, noObject],
  ['7', 400, noObject],
  ['true', 400, noObject],
  ['{"nope":1}', 400, unknownKey('nope')],
  ['{"__proto__":{}}', 400, unknownKey('__proto__')],
];

/** Where a body has to be. */
export const noBody: Row = ['', 400, because('Unexpected end of JSON input')];

/** Bodies that no route of the contract takes, with its one answer to all of them. */
export const contractNonsense: readonly Row[] = ['', '{', '{} x', '[]', '"text"', '7', '\u0000'].map(
  (sent) => [sent, 422, unparsable],
);

/** Of the right form: hexadecimal digits, few or many, of whatever case. */
const strangers = [
  nobody,
  '0',
  'A'.repeat(32),
  '0'.repeat(31),
  '0'.repeat(33),
  'a'.repeat(500),
  '9007199254740992',
  '$cluster',
];

const noIds = [
  'xyz',
  `${nobody}g`,
  '-1',
  '1.5',
  '1e+308',
  'null',
  'a%20b',
  "'%20or%201=1",
  ';reboot',
  '$(id)',
  '%60id%60',
  '%7Cid',
  '&',
  '..%2f..%2fvolumes',
  '%2e%2e%2fvolumes',
  '..%5cvolumes',
  '%00',
  `${nobody}%00`,
  `${nobody}%0a`,
  '%D0%B0'.repeat(32),
  '%EF%BC%90'.repeat(32),
];

export interface Scene extends TestManager {
  readonly fill: (text: string) => string;
  /** All that is on record, the operations there ever were, and what is on the nodes. */
  readonly state: () => Promise<unknown>;
}

const hosts = ['node1', 'node2', 'node3'];

/** A volume with a snapshot, a volume that others made and that is watched, and a backup. */
export async function badInputScene(): Promise<Scene> {
  const manager = await startManager({ env: quietly.env });
  const { app, wire, simulation } = manager;
  const { clusterId, nodeIds } = await loadNodes(wire, hosts.length, 2);
  const body = replica3(4, { name: 'vol1', snapshot: { enable: true, factor: 2 } });
  const volume = (await wire.finish('/volumes', { body })).json();
  await wire.finish(`/volumes/${volume.id}/snapshots`, { body: { name: 'one' } });
  const bricks = hosts.map((_, index) => `192.0.2.${index + 1}:/srv/theirs`);
  const act = (...words: string[]) =>
    simulation.act('node1', ['gluster', 'volume', ...words, '--xml', '--mode=script']);
  act('create', 'theirs', 'replica', '3', ...bricks, 'force');
  act('start', 'theirs');
  const watched = (await wire.send('/adopt', { body: { cluster: clusterId, volumes: ['theirs'] } })).json();
  const backup = (await wire.send('/backups', { method: 'POST' })).json();
  // What the nodes are told of the new devices by itself is out of the way.
  await app.doctor.imprints.flush();
  const [operation] = await app.database.read.operations.listRecent(1);
  const ids: Readonly<Record<string, string>> = {
    cluster: clusterId,
    node: nodeIds[0] ?? '',
    device: volume.bricks[0].device,
    volume: volume.id,
    brick: volume.bricks[0].id,
    watched: watched.volumes[0].id,
    backup: backup.id,
    operation: operation?.id ?? '',
  };
  return {
    ...manager,
    fill: (text) => text.replace(/\$(\w+)/g, (found, name: string) => ids[name] ?? found),
    state: async () => ({
      dump: (await wire.send('/db/dump')).json(),
      operations: (await app.database.read.operations.listRecent(1000)).map(({ kind }) => kind),
      nodes: structuredClone(hosts.map((host) => simulation.picture(host))),
    }),
  };
}

const ownIds: Readonly<Record<string, string>> = {
  volumes: '$volume',
  nodes: '$node',
  devices: '$device',
  operations: '$operation',
  adopt: '$watched',
  backups: '$backup',
};

/** The route with ids of things that there are. */
const filled = (path: string): string =>
  path.replace('{id}', ownIds[path.split('/')[1] ?? ''] ?? nobody).replace('{nameOrId}', 'one');

const split = (request: string): [method: string, path: string] => {
  const at = request.indexOf(' ');
  return [request.slice(0, at), request.slice(at + 1)];
};

/** Texts as they must be; what only has to match is taken over where it does. */
const expected = (rows: readonly Row[], answers: readonly Row[], fill: Scene['fill']): Row[] =>
  rows.map(([sent, status, text], index) => {
    const answer = String(answers[index]?.[2]);
    if (typeof text === 'string') return [sent, status, fill(text)];
    return [sent, status, text.test(answer) ? answer : text];
  });

/** What was answered and is there afterwards, beside what was to be answered and was there before. */
interface Outcome {
  readonly answers: readonly Row[];
  readonly state: unknown;
}

interface Played {
  readonly got: Outcome;
  readonly wanted: Outcome;
}

type Ask = (sent: string) => Promise<{ readonly status: number; readonly text: string }>;

async function play({ state, fill }: Scene, rows: readonly Row[], ask: Ask): Promise<Played> {
  const before = await state();
  const answers: Row[] = [];
  for (const [sent] of rows) {
    const { status, text } = await ask(sent);
    answers.push([sent, status, text]);
  }
  return {
    got: { answers, state: await state() },
    wanted: { answers: expected(rows, answers, fill), state: before },
  };
}

async function playBodies(request: string, rows: readonly Row[]): Promise<Played> {
  const scene = await badInputScene();
  const [method, path] = split(request);
  const target = scene.fill(filled(path));
  return play(scene, rows, (sent) => scene.wire.send(target, { method, rawBody: scene.fill(sent) }));
}

async function playPaths(request: string, rows: readonly Row[]): Promise<Played> {
  const scene = await badInputScene();
  const [method] = split(request);
  return play(scene, rows, (sent) => scene.wire.send(scene.fill(sent), { method }));
}

async function playIds(ids: NonNullable<Room['ids']>): Promise<Played> {
  const scene = await badInputScene();
  const { wire, fill } = scene;
  const bodyOf = new Map(ids.map(([request, body]) => [request, body]));
  const rows = ids.flatMap(([request, , unknown]): Row[] => [
    ...strangers.map((id): Row => [`${request} ${id}`, 404, unknown.replace('$sent', fill(id))]),
    ...noIds.map((id): Row => [`${request} ${id}`, 404, noPath]),
  ]);
  return play(scene, rows, (sent) => {
    const at = sent.lastIndexOf(' ');
    const [method, path] = split(sent.slice(0, at));
    const body = bodyOf.get(sent.slice(0, at));
    const target = filled(path.replace('{id}', fill(sent.slice(at + 1))));
    return wire.send(target, { method, ...(body === undefined ? {} : { rawBody: fill(body) }) });
  });
}

/** Declares the tests of a room: everything is answered as its tables say, and nothing is changed by it. */
export function playRoom({ bodies = [], ids = [], paths = [] }: Room): void {
  describe('bad input is answered as told, and changes nothing', () => {
    it.each(bodies)('%s: bodies', async (request, rows) => {
      const { got, wanted } = await playBodies(request, rows);
      expect(got).toEqual(wanted);
    });

    it.each(ids.length > 0 ? [{ ids }] : [])('ids', async (room) => {
      const { got, wanted } = await playIds(room.ids);
      expect(got).toEqual(wanted);
    });

    it.each(paths)('%s: addresses', async (request, rows) => {
      const { got, wanted } = await playPaths(request, rows);
      expect(got).toEqual(wanted);
    });
  });
}
