import { describe, expect, it } from 'vitest';
import { startManager, type TestManager } from '../support/manager.ts';
import { connectRaw } from '../support/raw-connection.ts';

const mebibyte = 1024 * 1024;

/** Sends one request as bytes with a good token for method and (decoded) path. @returns the whole answer. */
async function sendRaw(
  { url, wire }: TestManager,
  [method, target, path]: readonly [method: string, target: string, path?: string],
  { headers = '', body = '' } = {},
): Promise<string> {
  const token = await wire.token(method, encodeURIComponent(path ?? target));
  const connection = await connectRaw(
    url,
    `${method} ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: bearer ${token}\r\n${headers}\r\n`,
  );
  connection.socket.write(body);
  return connection.untilClosed();
}

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
const isAlive = async ({ wire }: TestManager): Promise<boolean> =>
  (await wire.send('/clusters')).status === 200;

describe('a body', () => {
  it('of 10 MB is refused, the client gets to read why, and the connection goes on', async () => {
    const { wire } = await startManager();
    for (let again = 0; again < 3; again += 1) {
      const answer = await wire.send('/volumes', {
        rawBody: `{"size":1,"name":"${'x'.repeat(10 * mebibyte)}"}`,
      });
      expect([answer.status, answer.text]).toEqual([
        413,
        'the body is larger than 1048576 bytes; send a smaller one\n',
      ]);
    }
    expect((await wire.send('/volumes')).json()).toEqual({ volumes: [] });
  });

  it.each([
    ['with a good token', true, 413],
    ['without a token', false, 401],
  ])('that never ends is refused and its sender cut off, %s', async (_, hasToken, status) => {
    const manager = await startManager();
    const token = hasToken ? `Authorization: bearer ${await manager.wire.token('POST', '/volumes')}\r\n` : '';
    const connection = await connectRaw(
      manager.url,
      `POST /volumes HTTP/1.1\r\nHost: x\r\n${token}Transfer-Encoding: chunked\r\n\r\n`,
    );
    const chunk = `4000\r\n${' '.repeat(0x4000)}\r\n`;
    const flood = (): void => {
      while (!connection.socket.destroyed && connection.socket.write(chunk));
    };
    connection.socket.on('drain', () => setTimeout(flood, 1));
    flood();
    await expect.poll(() => connection.statuses).toEqual([status]);
    await connection.closed;
    expect(await isAlive(manager)).toBe(true);
  });

  it('that says it has more bytes than it may is refused before they are read', async () => {
    const manager = await startManager();
    const answer = await sendRaw(manager, ['POST', '/volumes'], {
      headers: 'Content-Length: 99999999999\r\n',
    });
    expect(statusOf(answer)).toBe(413);
  });

  it('is read as JSON whatever its content type says', async () => {
    const { wire } = await startManager();
    for (const type of ['text/plain', 'application/xml', 'multipart/form-data; boundary=x', 'nonsense']) {
      const answer = await wire.send('/clusters', {
        rawBody: '{"file":true}',
        headers: { 'content-type': type },
      });
      expect([type, answer.status]).toEqual([type, 201]);
    }
  });

  it('compressed is no JSON', async () => {
    const { wire } = await startManager();
    const answer = await wire.send('/clusters', {
      rawBody: '\u001f\u008b\u0008\u0000',
      headers: { 'content-encoding': 'gzip' },
    });
    expect([answer.status, answer.text]).toEqual([422, 'request unable to be parsed\n']);
  });

  it.each([
    ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0x66, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
    ['half a character', Buffer.from([0x22, 0xe2, 0x82])],
    ['UTF-16', Buffer.from('{"file":true}', 'utf16le')],
    ['a byte order mark', Buffer.from('\uFEFF{"file":true}', 'utf8')],
    ['NUL bytes', Buffer.alloc(1000)],
    ['a hundred thousand open brackets', Buffer.from('['.repeat(100_000))],
    ['a hundred thousand open objects', Buffer.from('{"a":'.repeat(100_000))],
    ['a number without end', Buffer.from(`{"size":${'9'.repeat(100_000)}}`)],
  ])('with %s is a 422', async (_, bytes) => {
    const manager = await startManager();
    const answer = await sendRaw(manager, ['POST', '/volumes'], {
      headers: `Content-Length: ${bytes.length}\r\n`,
      body: bytes as never,
    });
    expect(answer).toMatch(/^HTTP\/1\.1 422 [^]*\r\n\r\nrequest unable to be parsed\n$/);
    expect(await isAlive(manager)).toBe(true);
  });

  it('that nests as deep as its size allows is passed over where the contract ignores the key', async () => {
    const { wire } = await startManager();
    const depth = 200_000;
    const deep = '['.repeat(depth) + ']'.repeat(depth);
    const answer = await wire.send('/clusters', { rawBody: `{"file":true,"other":${deep}}` });
    expect(answer.status).toBe(201);
  });

  it('with a key twice counts the last one, in whatever case, as the reference does', async () => {
    const { wire } = await startManager();
    const { id } = (
      await wire.send('/clusters', { rawBody: '{"block":false,"BLOCK":true,"file":false,"file":true}' })
    ).json();
    expect((await wire.send(`/clusters/${id}`)).json()).toMatchObject({ block: true, file: true });
  });

  it.each(['__proto__', 'constructor', 'prototype'])(
    'cannot lend itself fields by the key %s',
    async (key) => {
      const { wire } = await startManager();
      const answer = await wire.send('/volumes', { rawBody: `{"${key}":{"size":1,"name":"x"}}` });
      expect([answer.status, answer.text]).toEqual([400, 'validation failed: size: cannot be blank.\n']);
      expect(({} as { size?: unknown }).size).toBeUndefined();
      const own = await wire.send('/topology/plan', { rawBody: `{"clusters":[],"${key}":{"x":1}}` });
      expect([own.status, own.text]).toEqual([400, expect.stringContaining(`unknown key "${key}"`)]);
    },
  );
});

describe('an address', () => {
  it.each([
    ['/clusters/../volumes', 404],
    ['/clusters/%2e%2e/volumes', 404],
    ['/clusters/%2e%2e%2fvolumes', 404],
    ['/clusters/..%5cvolumes', 404],
    ['/docs/../../../../etc/passwd', 404],
    ['/docs/%2e%2e/%2e%2e/package.json', 404],
    ['/docs/..%2f..%2fpackage.json', 404],
    ['/clusters/%00', 404],
    ['/clusters/%0d%0aX-Evil:%20yes', 404],
    ['/%63lusters', 404],
    ['/clusters%2f', 404],
    ['/CLUSTERS', 404],
    ['/clusters;x=1', 404],
    ['/clusters/\\..\\volumes', 404],
    ['/queue/%F0%9F%92%A9', 404],
  ])('%s leads nowhere', async (target, status) => {
    const manager = await startManager();
    const answer = await sendRaw(manager, ['GET', target, decodeURIComponent(target)]);
    expect(statusOf(answer)).toBe(status);
    expect(answer).not.toMatch(/root:|X-Evil|"dependencies"/);
  });

  it.each(['/clusters/%', '/clusters/%zz', '/clusters/%c0%ae', '/%ff%fe'])(
    'with the bad escape %s is answered, not crashed on',
    async (target) => {
      const manager = await startManager();
      expect([401, 404]).toContain(statusOf(await sendRaw(manager, ['GET', target])));
      expect(await isAlive(manager)).toBe(true);
    },
  );

  it.each(['//evil.example/%2e%2e', '/\\evil.example//', '///evil.example//clusters'])(
    'of many slashes (%s) never leads to another host',
    async (target) => {
      const manager = await startManager();
      const answer = await sendRaw(manager, ['GET', target, decodeURIComponent(target)]);
      const location = /^Location: (.*)\r$/m.exec(answer)?.[1] ?? '/';
      expect(new URL(location, 'http://here.example').host).toBe('here.example');
    },
  );

  it.each([
    ['too many headers', `X-Pad: ${'a'.repeat(20_000)}\r\n`, '/hello'],
    ['too long', '', `/hello?${'a'.repeat(20_000)}`],
  ])('with %s is a 431 that says so', async (_, headers, target) => {
    const manager = await startManager();
    const connection = await connectRaw(manager.url, `GET ${target} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`);
    const answer = await connection.untilClosed();
    expect(answer).toMatch(/^HTTP\/1\.1 431 [^]*limits\.header_kib\n$/);
    expect(await isAlive(manager)).toBe(true);
  });

  it('with a query of its own is answered as without', async () => {
    const { wire } = await startManager();
    expect((await wire.send('/clusters?__proto__[x]=1&a=%00&%zz')).status).toBe(200);
  });
});

describe('bytes that are no request', () => {
  it.each([
    ['nonsense', '\u0000\u0001\u0002\r\n\r\n'],
    ['TLS', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000'],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['no host', 'GET /hello HTTP/1.1\r\n\r\n'],
    ['an unknown method', 'BREW /hello HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a control character in a header', 'GET /hello HTTP/1.1\r\nHost: x\r\nX: a\u0000b\r\n\r\n'],
    ['a control character in the address', 'GET /he\u0001llo HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['two lengths', 'POST /clusters HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}'],
    [
      'length and chunks',
      'POST /clusters HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a negative length', 'POST /clusters HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n'],
    ['a broken chunk', 'POST /clusters HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
    [
      'a bare line feed in a header',
      'GET /hello HTTP/1.1\r\nHost: x\r\nX: a\nTransfer-Encoding chunked\r\n\r\n',
    ],
    ['a folded header', 'GET /hello HTTP/1.1\r\nHost: x\r\n Y: b\r\n\r\n'],
  ])('(%s) get a 4xx and an end', async (_, bytes) => {
    const manager = await startManager();
    const connection = await connectRaw(manager.url);
    connection.socket.end(Buffer.from(bytes, 'latin1'));
    const answer = await connection.untilClosed();
    expect(answer).toMatch(/^(HTTP\/1\.1 4\d\d |$)/);
    expect(await isAlive(manager)).toBe(true);
  });

  it.each(['CONNECT x:1', 'TRACE /hello', 'OPTIONS *', 'GET http://other.example/hello'])(
    'that ask for %s are not obeyed',
    async (line) => {
      const manager = await startManager();
      const connection = await connectRaw(manager.url);
      connection.socket.end(`${line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      expect(await connection.untilClosed()).toMatch(
        /^(HTTP\/1\.1 4\d\d |HTTP\/1\.1 200 [^]*Hello from Heketi$|$)/,
      );
      expect(await isAlive(manager)).toBe(true);
    },
  );
});
