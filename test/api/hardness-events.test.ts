import { describe, expect, it, vi } from 'vitest';
import type { OperationEvent } from '../../src/operations/events.ts';
import { loadNodes, replica3, startManager, type TestManager } from '../support/manager.ts';
import { connectRaw, type RawConnection } from '../support/raw-connection.ts';

async function listen({ url, wire }: TestManager, path = '/operations/events'): Promise<RawConnection> {
  const token = await wire.token('GET', path);
  const connection = await connectRaw(
    url,
    `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: bearer ${token}\r\n\r\n`,
  );
  await expect.poll(() => connection.text).toContain(': events\n\n');
  return connection;
}

const heapBytes = (): number => process.memoryUsage().heapUsed + process.memoryUsage().external;

const event = (output: string): OperationEvent => ({
  operationId: '0a',
  atMs: 0,
  type: 'command',
  nodeId: 'n',
  label: 'look',
  status: 'ok',
  output,
});

describe('the stream of events', () => {
  it('cuts off a listener that does not read, says so at the end, and lets the others go on', async () => {
    const manager = await startManager();
    const [slow, quick] = [await listen(manager), await listen(manager)];
    slow.socket.pause();
    const outputBytes = 64 * 1024;
    const events = 320;
    const received = { bytes: 0 };
    quick.socket.on('data', (chunk) => {
      received.bytes += chunk.length;
    });
    const heapBefore = heapBytes();
    for (let index = 1; index <= events; index += 1) {
      manager.app.engine.events.publish(event('x'.repeat(outputBytes)));
      await vi.waitUntil(() => received.bytes >= index * outputBytes, { interval: 1, timeout: 30_000 });
    }
    const grownMib = (heapBytes() - heapBefore) / 1024 ** 2;
    slow.socket.resume();
    const text = await slow.untilClosed();
    expect(text).toMatch(
      /event: cut_off\ndata: \{"reason":"more than 1024 KiB of events wait to be read;[^\n]*\n\n/,
    );
    expect(text.split('event: command').length - 1).toBeLessThan(events);
    expect(quick.text).not.toContain('cut_off');
    // Twenty MiB were told, and the quick listener of this test remembers them.
    expect(grownMib).toBeLessThan(100);
  });

  it('ends its part when the listener leaves, so that nothing is left of a hundred who came and went', async () => {
    const manager = await startManager({ env: { MORTAR_LIMITS_EVENT_STREAMS: '20' } });
    for (let round = 0; round < 5; round += 1) {
      const listeners = await Promise.all(Array.from({ length: 20 }, () => listen(manager)));
      for (const { socket } of listeners) socket.destroy();
      // Only when all of them are gone there is room for one more.
      await expect.poll(async () => (await askToListen(manager)).status).toBe(200);
    }
  });

  it('serves hundreds of listeners, refuses more with a reason, and takes new ones when some left', async () => {
    const manager = await startManager({ env: { MORTAR_LIMITS_EVENT_STREAMS: '200' } });
    await loadNodes(manager.wire, 3, 1);
    const listeners = await Promise.all(Array.from({ length: 200 }, () => listen(manager)));
    const refused = await askToListen(manager);
    expect([refused.status, refused.headers.get('retry-after'), refused.text]).toEqual([
      429,
      '10',
      expect.stringContaining('200 event streams are open already (limits.event_streams)'),
    ]);
    expect((await manager.wire.finish('/volumes', { body: replica3(1) })).status).toBe(200);
    for (const { text } of listeners) expect(text).toContain('"state":"done"');
    listeners[0]?.socket.destroy();
    await expect.poll(async () => (await askToListen(manager)).status).toBe(200);
  });

  it('ends with the server', async () => {
    const manager = await startManager();
    const listeners = await Promise.all(Array.from({ length: 20 }, () => listen(manager)));
    await manager.app.stop();
    for (const listener of listeners) expect(await listener.untilClosed()).toContain(': events');
  });
});

/** Asks for a stream and leaves as soon as it is answered. */
async function askToListen({ url, wire }: TestManager) {
  const gone = new AbortController();
  const answer = await fetch(`${url}/operations/events`, {
    headers: { authorization: `bearer ${await wire.token('GET', '/operations/events')}` },
    signal: gone.signal,
  });
  const text = answer.status === 200 ? '' : await answer.text();
  gone.abort();
  return { status: answer.status, headers: answer.headers, text };
}
