import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { badInputScene, noPath, type Room } from '../../support/bad-input.ts';
import { startManager } from '../../support/manager.ts';
import type { Wire } from '../../support/wire.ts';
import { adopt } from './tables/adopt.ts';
import { backups } from './tables/backups.ts';
import { doctor } from './tables/doctor.ts';
import { operations } from './tables/operations.ts';
import { replacements } from './tables/replacements.ts';
import { snapshots } from './tables/snapshots.ts';
import { topology } from './tables/topology.ts';
import { volumes } from './tables/volumes.ts';

const rooms: readonly Room[] = [
  adopt,
  backups,
  doctor,
  operations,
  replacements,
  snapshots,
  topology,
  volumes,
];

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: unknown;
}

interface RouteOnPaper {
  readonly request: string;
  readonly method: string;
  readonly path: string;
  readonly hasBody: boolean;
  readonly takes: (place: 'path' | 'query') => boolean;
}

async function routesOf(wire: Wire): Promise<RouteOnPaper[]> {
  const { paths } = (await wire.send('/openapi.json', { token: undefined })).json() as {
    paths: Record<string, Record<string, Operation>>;
  };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([name, { parameters = [], requestBody }]) => {
      const method = name.toUpperCase();
      return {
        request: `${method} ${path}`,
        method,
        path,
        hasBody: requestBody !== undefined,
        takes: (place: 'path' | 'query') => parameters.some((parameter) => parameter.in === place),
      };
    }),
  );
}

/** The contract's own routes have their tables in its suite, where `$cluster` and the like and `ID` stand for ids. */
const contract = readFileSync('test/contract/wire/bad-input.test.ts', 'utf8');
const service = readFileSync('test/contract/wire/service.test.ts', 'utf8');

const hasContractBodies = ({ method, path }: RouteOnPaper): boolean =>
  new RegExp(`'${method} ${path.replace(/\{\w+\}/, String.raw`\$\w+`)}'`).test(contract) ||
  (method === 'POST' && ['/admin', '/internal/logging'].includes(path) && service.includes(`'${path}', {`));
const hasContractIds = ({ method, path }: RouteOnPaper): boolean =>
  contract.includes(`['${method}', '${path.replace(/\{\w+\}/, 'ID')}'`);

const inTables = (kinds: readonly (keyof Room)[]): Set<string> =>
  new Set(rooms.flatMap((room) => kinds.flatMap((kind) => (room[kind] ?? []).map(([request]) => request))));

describe('every route', () => {
  it('of the OpenAPI document has its tables of bad input', async () => {
    const { wire } = await startManager();
    const routes = await routesOf(wire);
    const bodies = inTables(['bodies']);
    const addresses = inTables(['ids', 'paths']);
    const paths = inTables(['paths']);
    const forgotten = routes.filter(
      (route) =>
        (route.hasBody && !bodies.has(route.request) && !hasContractBodies(route)) ||
        (route.takes('path') && !addresses.has(route.request) && !hasContractIds(route)) ||
        (route.takes('query') && !paths.has(route.request)),
    );
    expect(forgotten.map(({ request }) => request)).toEqual([]);
    const known = new Set(routes.map(({ request }) => request));
    expect([...bodies, ...addresses].filter((request) => !known.has(request))).toEqual([]);
  });

  it('refuses the methods that it does not have, and does nothing', async () => {
    const { wire, state } = await badInputScene();
    const routes = await routesOf(wire);
    const before = await state();
    const filled = (path: string): string => path.replace(/\{\w+\}/g, '0'.repeat(32));
    const matches = (route: RouteOnPaper, path: string): boolean =>
      new RegExp(`^${route.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(path);
    for (const path of new Set(routes.map((route) => route.path))) {
      const target = filled(path);
      const there = routes.filter((route) => matches(route, target)).map(({ method }) => method);
      const allowed = routes.filter((route) => route.path === path).map(({ method }) => method);
      for (const method of ['GET', 'POST', 'DELETE', 'PUT', 'PATCH'].filter(
        (one) => !allowed.includes(one),
      )) {
        const { status, text, headers } = await wire.send(target, { method });
        const sent = `${method} ${target}`;
        // `plan` in `/volumes/plan` is an id to the routes that have one in that place.
        if (there.includes(method)) expect([sent, status, text]).toEqual([sent, 404, noPath]);
        else expect([sent, status, text]).toEqual([sent, 405, '']);
        if (status === 405)
          expect(headers.get('allow')?.split(', ')).toEqual(expect.arrayContaining(allowed));
      }
    }
    expect(await state()).toEqual(before);
  });

  it('refuses a body of more than a mebibyte', async () => {
    const { wire } = await startManager();
    const rawBody = ' '.repeat(1024 * 1024 + 1);
    for (const { request, method, path } of (await routesOf(wire)).filter(({ hasBody }) => hasBody)) {
      const target = path.replace(/\{\w+\}/g, '0'.repeat(32));
      const { status, text } = await wire.send(target, { method, rawBody });
      expect([request, status, text]).toEqual([
        request,
        413,
        'the body is larger than 1048576 bytes; send a smaller one\n',
      ]);
    }
  });
});
