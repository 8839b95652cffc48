import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const source = resolve(import.meta.dirname, '../../src');

/** The table of docs/architecture.md: which room may import which. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  cli: ['client', 'lib', 'errors'],
  kubernetes: ['client', 'lib', 'errors'],
  client: ['api/schema', 'lib', 'errors'],
  api: [
    'api/schema',
    'heketi',
    'topology',
    'volumes',
    'operations',
    'backup',
    'doctor',
    'db',
    'lib',
    'errors',
  ],
  'api/schema': [],
  heketi: ['volumes', 'operations', 'storage', 'db', 'lib', 'errors'],
  doctor: ['topology', 'volumes', 'operations', 'storage', 'db', 'lib', 'errors'],
  topology: ['operations', 'storage', 'db', 'lib', 'errors'],
  volumes: ['operations', 'allocator', 'storage', 'db', 'lib', 'errors'],
  operations: ['executors', 'db', 'lib', 'errors'],
  backup: ['db', 'lib', 'errors'],
  allocator: ['lib', 'errors'],
  storage: ['lib', 'errors'],
  executors: ['lib', 'errors'],
  'executors/simulated': ['executors', 'storage', 'lib', 'errors'],
  db: ['lib', 'errors'],
  config: ['lib', 'errors'],
  lib: ['errors'],
  errors: [],
};

/** Rooms inside rooms. */
const innerRooms = [
  'api/schema',
  'executors/simulated',
  'executors/ssh',
  'executors/local',
  'executors/script',
  'executors/kubernetes',
];

/** Third parties keep to their rooms. */
const homeOf: Readonly<Record<string, readonly string[]>> = {
  aws4fetch: ['backup'],
  'better-sqlite3': ['db'],
  kysely: ['db'],
  ssh2: ['executors/ssh'],
  ws: ['executors/kubernetes'],
  '@kubernetes/client-node': ['executors/kubernetes', 'kubernetes'],
  koa: ['api'],
  '@koa/router': ['api'],
  'koa-helmet': ['api'],
  'prom-client': ['api', 'kubernetes'],
  commander: ['cli', 'top'],
  pino: ['top'],
};

const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
);

function roomOf(file: string): string {
  const inner = innerRooms.find((room) => file.startsWith(`${room}/`));
  if (inner !== undefined) return mayImport[inner] === undefined ? (inner.split('/')[0] ?? '') : inner;
  if (file === 'errors.ts') return 'errors';
  return file.includes('/') ? (file.split('/')[0] ?? '') : 'top';
}

const importsOf = (file: string): string[] =>
  [...readFileSync(join(source, file), 'utf8').matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(
    ([, name]) => name ?? '',
  );

describe('the house', () => {
  it('has only rooms that the table knows', () => {
    const rooms = new Set(files.map(roomOf));
    rooms.delete('top');
    expect([...rooms].filter((room) => mayImport[room] === undefined)).toEqual([]);
  });

  it('lets data flow down only: no room imports one that the table does not allow', () => {
    const wrong = files.flatMap((file) => {
      const room = roomOf(file);
      if (room === 'top') return [];
      return importsOf(file)
        .filter((name) => name.startsWith('.'))
        .map((name) => relative(source, resolve(source, dirname(file), name)))
        .filter((target) => roomOf(target) !== room && mayImport[room]?.includes(roomOf(target)) !== true)
        .map((target) => `${file} imports ${target}`);
    });
    expect(wrong).toEqual([]);
  });

  it('is entered at the top only: nothing imports main, app or serve', () => {
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .filter(
          (name) =>
            name.startsWith('.') && roomOf(relative(source, resolve(source, dirname(file), name))) === 'top',
        )
        .filter(() => roomOf(file) !== 'top')
        .map((name) => `${file} imports ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  it('keeps third parties in their rooms', () => {
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .filter((name) => homeOf[name] !== undefined)
        .filter((name) => !homeOf[name]?.some((home) => file.startsWith(`${home}/`) || roomOf(file) === home))
        .map((name) => `${file} imports ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  it('composes no text for a shell outside the one place that quotes', () => {
    const shells = files.filter(
      (file) =>
        /\b(exec|execSync|spawnSync)\(\s*`/.test(readFileSync(join(source, file), 'utf8')) &&
        !file.startsWith('executors/script/'),
    );
    expect(shells).toEqual([]);
  });
});
