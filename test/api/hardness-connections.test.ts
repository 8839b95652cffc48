import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { startManager } from '../support/manager.ts';
import { connectRaw } from '../support/raw-connection.ts';
import { RecordingLog } from '../support/recording-log.ts';

const hello = 'GET /hello HTTP/1.1\r\nHost: x\r\n\r\n';
const impatient = { env: { MORTAR_LIMITS_REQUEST_TIMEOUT_SECONDS: '1' } };

/** Sends a piece again and again until the connection is over. */
function drip(socket: Socket, piece: string, everyMs = 100): void {
  const timer = setInterval(() => {
    if (socket.writable) socket.write(piece);
  }, everyMs);
  socket.once('close', () => clearInterval(timer));
}

describe('a client that is in no hurry', () => {
  it('and sends its headers byte by byte is told so and cut off; others are served meanwhile', async () => {
    const { url, wire } = await startManager(impatient);
    const slow = await Promise.all(
      Array.from({ length: 50 }, () => connectRaw(url, 'GET /hello HTTP/1.1\r\n')),
    );
    for (const { socket } of slow) drip(socket, 'X-A: b\r\n');
    expect((await wire.send('/clusters')).status).toBe(200);
    for (const connection of slow) expect(await connection.untilClosed()).toMatch(/^HTTP\/1\.1 408 /);
    expect((await wire.send('/clusters')).status).toBe(200);
  });

  it('and sends its body byte by byte is told so and cut off', async () => {
    const { url, wire } = await startManager(impatient);
    const token = await wire.token('POST', '/clusters');
    const head = `POST /clusters HTTP/1.1\r\nHost: x\r\nAuthorization: bearer ${token}\r\nContent-Length: 1000\r\n\r\n`;
    const slow = await connectRaw(url, head);
    drip(slow.socket, ' ');
    expect(await slow.untilClosed()).toMatch(/^HTTP\/1\.1 (408|422) /);
    expect((await wire.send('/clusters')).json()).toEqual({ clusters: [] });
  });

  it('and says nothing at all is cut off', async () => {
    const { url } = await startManager(impatient);
    const silent = await connectRaw(url);
    await silent.closed;
    expect(silent.text).toMatch(/^(HTTP\/1\.1 408 |$)/);
  });

  it('and does not read a large answer is cut off', async () => {
    const log = new RecordingLog();
    const { url } = await startManager({ ...impatient, overrides: { log } });
    const connection = await connectRaw(url);
    connection.socket.pause();
    // So many answers that no buffer of the kernel holds them.
    for (let index = 0; index < 40; index += 1) {
      connection.socket.write('GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: x\r\n\r\n');
    }
    await expect
      .poll(() => log.messages('info'), { timeout: 30_000 })
      .toContain('a connection was cut off: its client does not read the answer');
    connection.socket.resume();
    await connection.closed;
    expect(connection.statuses.length).toBeLessThan(40);
  });

  it('and keeps its connection for later finds it open until its time is over', async () => {
    const { url } = await startManager({ env: { MORTAR_LIMITS_IDLE_CONNECTION_SECONDS: '1' } });
    const connection = await connectRaw(url, hello);
    await expect.poll(() => connection.statuses).toEqual([200]);
    connection.socket.write(hello);
    await expect.poll(() => connection.statuses).toEqual([200, 200]);
    await connection.closed;
  });
});

describe('many connections', () => {
  it('that are idle, a thousand of them, do not keep others from being served, nor the server from ending', async () => {
    const { url, wire, app } = await startManager();
    const idle = await Promise.all(Array.from({ length: 1000 }, () => connectRaw(url, hello)));
    await expect
      .poll(() => idle.filter(({ statuses }) => statuses.length === 1).length, { timeout: 30_000 })
      .toBe(1000);
    expect((await wire.send('/clusters')).status).toBe(200);
    for (const { socket } of idle) socket.write(hello);
    await expect
      .poll(() => idle.filter(({ statuses }) => statuses.length === 2).length, { timeout: 30_000 })
      .toBe(1000);
    await app.stop();
    await Promise.all(idle.map(({ closed }) => closed));
  });

  it('that are half open are ended with the server', async () => {
    const { url, wire, app } = await startManager();
    const half = await Promise.all(
      Array.from({ length: 100 }, () => connectRaw(url, 'POST /clusters HTTP/1.1\r\nHo')),
    );
    expect((await wire.send('/clusters')).status).toBe(200);
    await app.stop();
    await Promise.all(half.map(({ closed }) => closed));
  });

  it('beyond the limit are closed at once, and taken again when others left', async () => {
    const { url, wire } = await startManager({ env: { MORTAR_LIMITS_CONNECTIONS: '10' } });
    const first = await Promise.all(Array.from({ length: 10 }, () => connectRaw(url, hello)));
    await expect.poll(() => first.every(({ statuses }) => statuses.length === 1)).toBe(true);
    const further = await connectRaw(url, hello);
    expect(await further.untilClosed()).toBe('');
    for (const { socket } of first) socket.destroy();
    await expect
      .poll(() =>
        wire.send('/hello').then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .toBe(200);
  });

  it('that break off in the middle of a request leave nothing behind', async () => {
    const { url, wire, app } = await startManager();
    const token = await wire.token('POST', '/clusters');
    const head = `POST /clusters HTTP/1.1\r\nHost: x\r\nAuthorization: bearer ${token}\r\nContent-Length: 100\r\n\r\n{"fi`;
    const broken = await Promise.all(Array.from({ length: 100 }, () => connectRaw(url, head)));
    for (const { socket } of broken) socket.resetAndDestroy();
    expect((await wire.send('/clusters')).json()).toEqual({ clusters: [] });
    // Ends at once only when no request is left open.
    await app.stop();
  });
});

describe('requests that are sent without waiting for answers', () => {
  it('are answered in order', async () => {
    const { url } = await startManager();
    const paths = ['/hello', '/nowhere', '/healthz', '/clusters', '/hello'];
    const all = paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`).join('');
    const connection = await connectRaw(url, all.repeat(40));
    await expect.poll(() => connection.statuses.length).toBe(200);
    expect(connection.statuses).toEqual(Array.from({ length: 40 }, () => [200, 401, 200, 401, 200]).flat());
  });
});
