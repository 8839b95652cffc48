/**
 * The compatibility checklist (wire contract section 23), line by line; the tests are numbered as its lines. Those that
 * touch nodes (lines-on-nodes.ts) run on real ones, too.
 */
import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { requestHash } from '../../../src/api/auth/qsh.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import { loadNodes, replica3, startManager, testKeys } from '../../support/manager.ts';
import { HeldNodes } from './held-nodes.ts';
import { endOf, furnish, linesOnNodes, type NodeScene, type Row, requestOf } from './lines-on-nodes.ts';

const nobody = '0'.repeat(32);

async function scene(): Promise<NodeScene> {
  const held = new HeldNodes();
  const { wire } = await startManager({ wrap: held.wrap });
  const { clusterId } = await loadNodes(wire, 4, 2);
  const late = { hostnames: { manage: ['late'], storage: ['192.0.2.99'] }, disk: '/dev/sdz' };
  return { wire, clusterId, late, hostingGib: 20, hasBlocks: true, held };
}

linesOnNodes(scene);

const synchronous: readonly Row[] = [
  ['POST', '/clusters', {}, 201],
  ['GET', '/clusters', undefined, 200],
  ['GET', '/clusters/$cluster', undefined, 200],
  ['POST', '/clusters/$cluster/flags', { file: true, block: true }, 200],
  ['GET', '/nodes/$node', undefined, 200],
  ['POST', '/nodes/$node/tags', { change_type: 'set', tags: {} }, 200],
  ['GET', '/devices/$device', undefined, 200],
  ['POST', '/devices/$device/tags', { change_type: 'set', tags: {} }, 200],
  ['GET', '/volumes', undefined, 200],
  ['GET', '/volumes/$volume', undefined, 200],
  ['GET', '/blockvolumes', undefined, 200],
  ['GET', '/blockvolumes/$block', undefined, 200],
  ['GET', '/operations', undefined, 200],
  ['GET', '/operations/pending', undefined, 200],
  ['GET', '/admin', undefined, 200],
  ['GET', '/internal/logging', undefined, 200],
  ['GET', '/db/dump', undefined, 200],
  ['GET', '/db/check', undefined, 200],
  ['GET', '/internal/state/examine/gluster', undefined, 200],
  ['GET', '/backup/db', undefined, 200],
  ['GET', '/hello', undefined, 200],
  ['GET', '/metrics', undefined, 200],
  ['POST', '/admin', { state: 'normal' }, 204],
  ['DELETE', '/clusters/$empty', undefined, 200],
];

describe('1. statuses and locations', () => {
  it('are those of the route index where the answer comes at once', async () => {
    const manager = await scene();
    const { wire } = manager;
    const furnished = await furnish(manager);
    const empty = (await wire.send('/clusters', { body: {} })).json();
    const fill = (path: string): string => furnished(path.replace('$empty', empty.id));
    const seen: string[] = [];
    for (const [method, path, body] of synchronous) {
      const { status } = await wire.send(fill(path), requestOf(method, body));
      seen.push(`${method} ${path} ${status}`);
    }
    expect(seen).toEqual(synchronous.map(([method, path, , status]) => `${method} ${path} ${status}`));
  });
});

describe('3. bodies', () => {
  it.each(['', 'text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=latin1'])(
    'are read whatever the content type says (%j)',
    async (type) => {
      const { wire } = await startManager();
      const answer = await wire.send('/clusters', {
        rawBody: '{"FILE":true}',
        headers: { 'content-type': type },
      });
      expect([answer.status, answer.json().file]).toEqual([201, true]);
    },
  );

  it('are accepted with DELETE, as the Python client sends them', async () => {
    const { wire } = await startManager();
    const { id } = (await wire.send('/clusters', { body: {} })).json();
    expect((await wire.send(`/clusters/${id}`, { method: 'DELETE', rawBody: '{}' })).status).toBe(200);
  });
});

it('4. errors are one line of text, and an unknown volume is "Id not found"', async () => {
  const { wire } = await startManager();
  const answer = await wire.send(`/volumes/${nobody}`);
  expect([answer.status, answer.text, answer.headers.get('content-type')]).toEqual([
    404,
    'Id not found\n',
    'text/plain; charset=utf-8',
  ]);
});

describe('5. tokens', () => {
  const nowSeconds = (): number => Math.floor(Date.now() / 1000);
  const sign = (change: Record<string, unknown>, alg = 'HS256'): Promise<string> =>
    new SignJWT({
      iss: 'admin',
      qsh: requestHash('GET', '/clusters'),
      iat: nowSeconds(),
      exp: nowSeconds() + 60,
      ...change,
    })
      .setProtectedHeader({ alg, typ: 'JWT' })
      .sign(new TextEncoder().encode(testKeys.admin));

  it('cover method and path, not the query', async () => {
    const { wire } = await startManager();
    const token = await sign({});
    expect((await wire.send('/clusters?a=b', { token })).status).toBe(200);
    expect((await wire.send('/volumes', { token })).status).toBe(401);
    expect((await wire.send('/clusters', { method: 'POST', rawBody: '{}', token })).status).toBe(401);
  });

  it('may be two minutes young, and not a second too old', async () => {
    const { wire } = await startManager();
    const status = async (change: Record<string, unknown>) =>
      (await wire.send('/clusters', { token: await sign(change) })).status;
    expect(await status({ iat: nowSeconds() + 110 })).toBe(200);
    expect(await status({ iat: nowSeconds() + 150 })).toBe(401);
    expect(await status({ exp: nowSeconds() - 2 })).toBe(401);
  });

  it.each(['HS256', 'HS384', 'HS512'])('are signed with %s; "bearer" in any case', async (alg) => {
    const { wire } = await startManager();
    for (const scheme of ['bearer', 'Bearer', 'BEARER']) {
      const headers = { authorization: `${scheme} ${await sign({}, alg)}` };
      expect((await wire.send('/clusters', { token: undefined, headers })).status).toBe(200);
    }
  });
});

describe('6. who may do what', () => {
  const load = (keys: object, argvFlags: object = {}) =>
    loadConfig({
      argvFlags: { config: '/etc/heketi.json', ...argvFlags },
      env: {},
      readFile: () => ({ text: JSON.stringify({ glusterfs: { executor: 'mock' }, ...keys }) }),
      cwd: '/',
    });

  it('use_auth does nothing: secrets are asked for all the same', () => {
    expect(() => load({ use_auth: false })).toThrow(/jwt\.admin\.key/);
  });

  it('--disable-auth turns tokens off', async () => {
    expect(load({ use_auth: true }, { disableAuth: true }).config.auth.enabled).toBe(false);
    const { wire } = await startManager({ env: { MORTAR_AUTH_ENABLED: 'false' } });
    expect((await wire.send('/clusters', { token: undefined })).status).toBe(200);
  });

  it('the user reaches /volumes itself and nothing else', async () => {
    const { wire } = await scene();
    const made = await wire.send('/volumes', { body: replica3(1), user: 'user' });
    expect([made.status, (await wire.send('/volumes', { user: 'user' })).status]).toEqual([202, 200]);
    await endOf(wire, made);
    const [id = ''] = (await wire.send('/volumes')).json().volumes;
    for (const path of ['/clusters', `/volumes/${id}`, '/topology', '/operations', '/admin']) {
      const answer = await wire.send(path, { user: 'user' });
      expect([path, answer.status, answer.text]).toEqual([path, 401, 'Administrator access required\n']);
    }
  });
});

it('11. new_size is the whole', async () => {
  const manager = await scene();
  const fill = await furnish(manager);
  const path = fill('/blockvolumes/$block/expand');
  expect((await manager.wire.finish(path, { body: { new_size: 3 } })).json().size).toBe(3);
});

it('13. a read-only server lets nobody change the mode over the wire', async () => {
  const { wire } = await scene();
  expect((await wire.send('/admin', { body: { state: 'read-only' } })).status).toBe(204);
  expect((await wire.send('/admin', { body: { state: 'normal' } })).status).toBe(503);
  expect((await wire.send('/volumes', { body: replica3(1) })).status).toBe(503);
  expect((await wire.send('/volumes')).status).toBe(200);
});

it('14. doubled slashes lead to the right path, and what is queued is never a 200', async () => {
  const { wire } = await scene();
  const doubled = await wire.send('//volumes');
  expect([doubled.status, doubled.headers.get('location')]).toEqual([301, '/volumes']);
  expect((await wire.send('/volumes', { body: replica3(1) })).status).toBe(202);
});
