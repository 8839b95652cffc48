import { describe, expect, it } from 'vitest';
import { loadNodes, replica3, startManager } from '../support/manager.ts';

const nobody = '0'.repeat(32);

describe('the protocol', () => {
  it('says hello without a token, and marks every answer as simulated', async () => {
    const { wire } = await startManager();
    const hello = await wire.send('/hello', { token: undefined });
    expect([hello.status, hello.text, hello.headers.get('content-type')]).toEqual([
      200,
      'Hello from Heketi',
      'text/plain; charset=UTF-8',
    ]);
    for (const path of ['/hello', '/clusters', '/nowhere']) {
      expect((await wire.send(path)).headers.get('x-mortar-simulated')).toBe('true');
    }
  });

  it.each([
    ['/clusters', 'GET', undefined, 401, 'Required authorization token not found\n'],
    ['/nowhere', 'GET', undefined, 401, 'Required authorization token not found\n'],
    ['/nowhere', 'GET', 'admin', 404, 'Invalid path or request\n'],
    ['/clusters/xyz', 'GET', 'admin', 404, 'Invalid path or request\n'],
    [`/clusters/${nobody}`, 'GET', 'admin', 404, 'Id not found\n'],
    [`/volumes/${nobody}`, 'GET', 'admin', 404, 'Id not found\n'],
    [`/queue/${nobody}`, 'GET', 'admin', 404, 'Id not found\n'],
    ['/nodes', 'GET', 'admin', 405, ''],
    ['/clusters', 'DELETE', 'admin', 405, ''],
    ['/clusters', 'HEAD', 'admin', 405, ''],
    ['/clusters', 'GET', 'user', 401, 'Administrator access required\n'],
    ['/volumes', 'GET', 'user', 200, '{"volumes":[]}\n'],
  ] as const)('%s %s as %s is %i', async (path, method, user, status, text) => {
    const { wire } = await startManager();
    const answer = await wire.send(path, {
      method,
      ...(user === undefined ? { token: undefined } : { user }),
    });
    expect([answer.status, answer.text]).toEqual([status, text]);
  });

  it('leads a trailing slash and doubled ones to the right path', async () => {
    const { wire } = await startManager();
    for (const path of ['/clusters/', '//clusters']) {
      const answer = await wire.send(path);
      expect([answer.status, answer.headers.get('location')]).toEqual([301, '/clusters']);
    }
  });

  it('answers errors in plain text, or as a problem document to who asks for JSON', async () => {
    const { wire } = await startManager();
    const plain = await wire.send(`/clusters/${nobody}`, { headers: { accept: '*/*' } });
    expect(plain.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(plain.headers.get('x-content-type-options')).toBe('nosniff');
    const problem = await wire.send(`/clusters/${nobody}`, { headers: { accept: 'application/json' } });
    expect(problem.json()).toMatchObject({
      type: 'urn:mortar:error:object.not_found',
      status: 404,
      detail: 'Id not found',
      remedy: expect.any(String),
    });
  });

  it('accepts bodies on GET and DELETE and bodies without a content type', async () => {
    const { wire, url } = await startManager();
    const response = await fetch(`${url}/clusters`, {
      method: 'POST',
      body: new Uint8Array(Buffer.from('{"file":true}')),
      headers: { authorization: `bearer ${await wire.token('POST', '/clusters')}` },
    });
    expect(response.status).toBe(201);
    const { id } = (await response.json()) as { id: string };
    expect((await wire.send(`/clusters/${id}`, { method: 'DELETE', rawBody: '{}' })).status).toBe(200);
  });

  it('refuses a body that is too large, and goes on serving', async () => {
    const { wire } = await startManager({ env: { MORTAR_LIMITS_BODY_KIB: '64' } });
    const answer = await wire.send('/volumes', { rawBody: `{"name":"${'x'.repeat(70_000)}"}` });
    expect(answer.status).toBe(413);
    expect((await wire.send('/hello')).status).toBe(200);
  });

  it('tells results again and again, also after a restart', async () => {
    const first = await startManager();
    await loadNodes(first.wire, 3, 1);
    const queue = (await first.wire.send('/volumes', { body: replica3(1) })).headers.get('location') ?? '';
    expect(queue).toMatch(/^\/queue\/[0-9a-f]{32}$/);
    await expect.poll(async () => (await first.wire.send(queue)).status).toBe(303);
    const { wire } = await first.restart();
    for (let again = 0; again < 3; again += 1) {
      const answer = await wire.send(queue);
      expect(answer.status).toBe(303);
      expect(answer.headers.has('x-pending')).toBe(false);
      expect(answer.headers.get('location')).toMatch(/^\/volumes\/[0-9a-f]{32}$/);
    }
  });

  it('shows its mode and lets only reads pass while it is read-only', async () => {
    const { wire, app } = await startManager();
    expect((await wire.send('/admin', { body: { state: 'read-only' } })).status).toBe(204);
    const refused = await wire.send('/clusters', { body: {} });
    expect([refused.status, refused.text]).toEqual([503, 'Service disabled for maintenance\n']);
    expect((await wire.send('/clusters')).status).toBe(200);
    expect((await wire.send('/admin')).json()).toEqual({ state: 'read-only' });
    expect((await wire.send('/admin', { body: { state: 'normal' } })).status).toBe(503);
    app.adminState.set('normal');
    expect((await wire.send('/clusters', { body: {} })).status).toBe(201);
  });

  it('is healthy and ready, and describes itself', async () => {
    const { wire } = await startManager();
    expect((await wire.send('/healthz', { token: undefined })).status).toBe(200);
    expect((await wire.send('/readyz', { token: undefined })).status).toBe(200);
    expect((await wire.send('/openapi.json', { token: undefined })).json()).toMatchObject({
      openapi: '3.1.0',
    });
    expect((await wire.send('/docs', { token: undefined })).text).toContain('swagger-ui');
    expect((await wire.send('/docs/swagger-ui-bundle.js', { token: undefined })).status).toBe(200);
  });
});
