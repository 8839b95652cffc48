import { describe, expect, it } from 'vitest';
import { pollPauseMs } from '../../../src/client/queue.ts';
import {
  acceptedAnswer,
  jsonAnswer,
  pendingAnswer,
  refused,
  reset,
  scripted,
  seeOtherAnswer,
  textAnswer,
} from './support.ts';

const volume = { id: 'aa', name: 'v1', size: 1, snapshot: { enable: false, factor: 1 } };

describe('waiting for an operation', () => {
  it('asks the queue until it leads to the volume, with a new token for each path', async () => {
    const { client, transport } = scripted([
      acceptedAnswer('/queue/0a'),
      pendingAnswer(),
      pendingAnswer(),
      seeOtherAnswer('/volumes/aa'),
      jsonAnswer(volume),
    ]);
    expect(await client.volumes.create({ size: 1 })).toMatchObject({ id: 'aa', name: 'v1' });
    expect(transport.asked).toEqual([
      'POST /volumes',
      'GET /queue/0a',
      'GET /queue/0a',
      'GET /queue/0a',
      'GET /volumes/aa',
    ]);
    const tokens = new Set(transport.requests.map(({ headers }) => headers.Authorization));
    expect(tokens.size).toBe(3);
  });

  it('takes a Location that is a whole address, and stays on its own server', async () => {
    const { client, transport } = scripted([
      acceptedAnswer('http://inside:9999/queue/0a'),
      seeOtherAnswer('https://inside/volumes/aa'),
      jsonAnswer(volume),
    ]);
    await client.volumes.create({ size: 1 });
    expect(transport.asked.slice(1)).toEqual(['GET /queue/0a', 'GET /volumes/aa']);
  });

  it('ends a deletion with 204', async () => {
    const { client } = scripted([acceptedAnswer(), pendingAnswer(), { status: 204 }]);
    await expect(client.volumes.delete('aa')).resolves.toBeUndefined();
  });

  it('tells under which id the server has taken the work in, and what it waits for', async () => {
    const { client } = scripted([
      acceptedAnswer('/queue/0a1b'),
      pendingAnswer({ 'x-mortar-position': '3' }),
      pendingAnswer({ 'x-mortar-waiting': 'node2 does not answer' }),
      { status: 204 },
    ]);
    const told: unknown[] = [];
    await client.devices.resync('dd', {
      onAccepted: (id) => told.push(id),
      onPending: (pending) => told.push(pending),
    });
    expect(told).toEqual([
      '0a1b',
      { position: 3, waiting: undefined },
      { position: undefined, waiting: 'node2 does not answer' },
    ]);
  });

  it.each([
    ['a failed operation', textAnswer(500, 'No space'), 500, 'No space'],
    ['an operation that is forgotten', textAnswer(404, 'Id not found'), 404, 'Id not found'],
    ['200 where 204 belongs', textAnswer(200, 'what is this'), 200, 'what is this'],
    [
      'an empty 200 where 204 belongs',
      { status: 200 },
      200,
      'server did not provide a message (status 200: Status Text)',
    ],
    [
      'X-Pending with another status than 200',
      { ...textAnswer(503, 'starting'), headers: { 'x-pending': 'true' } },
      503,
      'starting',
    ],
    ['a busy server, which is not asked again here', textAnswer(429, 'Server busy'), 429, 'Server busy'],
  ])('fails for %s, in the words of the server', async (_, answer, status, message) => {
    const { client } = scripted([acceptedAnswer(), pendingAnswer(), answer]);
    await expect(client.volumes.delete('aa')).rejects.toMatchObject({ status, message });
  });

  it('fails for 204 where a volume belongs', async () => {
    const { client } = scripted([acceptedAnswer(), { status: 204 }]);
    await expect(client.volumes.create({ size: 1 })).rejects.toThrow(
      'server did not provide a message (status 204: No Content)',
    );
  });

  it.each([
    [200, jsonAnswer(volume)],
    [201, jsonAnswer(volume, 201)],
    [204, { status: 204 }],
  ])('fails when the request is answered %s instead of 202', async (status, answer) => {
    const { client, transport } = scripted([answer]);
    await expect(client.volumes.create({ size: 1 })).rejects.toMatchObject({ status });
    expect(transport.requests).toHaveLength(1);
  });

  it('takes only the header value true for pending, as the official client does', async () => {
    const { client } = scripted([acceptedAnswer(), { status: 204, headers: { 'x-pending': 'false' } }]);
    await expect(client.volumes.delete('aa')).resolves.toBeUndefined();
  });

  it('fails for 202 without a Location', async () => {
    const { client } = scripted([{ status: 202 }]);
    await expect(client.volumes.delete('aa')).rejects.toThrow('answered 202 without a Location');
  });

  it('asks quickly at first, then every 400 ms, then every second', () => {
    const asked = [0, 1, 2, 3, 4, 5, 50].map((count) => pollPauseMs(count, count * 300));
    expect(asked).toEqual([20, 50, 100, 200, 400, 400, 1000]);
  });

  it('outlives a restart of the server', async () => {
    const { client, transport } = scripted([
      acceptedAnswer(),
      reset(),
      reset(),
      refused(),
      refused(),
      { status: 204 },
    ]);
    await expect(client.volumes.delete('aa')).resolves.toBeUndefined();
    expect(transport.asked.slice(1).every((asked) => asked === 'GET /queue/0a')).toBe(true);
  });

  it('gives up on a server that stays away', async () => {
    const { client } = scripted([acceptedAnswer(), ...Array.from({ length: 200 }, refused)]);
    await expect(client.volumes.delete('aa')).rejects.toThrow('connection refused');
  });

  it('stops waiting when it is aborted, with the reason it was given', async () => {
    const { client } = scripted([acceptedAnswer(), ...Array.from({ length: 9 }, () => pendingAnswer())]);
    const abort = new AbortController();
    let asked = 0;
    const waiting = client.volumes.delete('aa', {
      signal: abort.signal,
      onPending: () => {
        asked += 1;
        if (asked === 3) abort.abort(new Error('enough'));
      },
    });
    await expect(waiting).rejects.toThrow('enough');
    expect(asked).toBe(3);
  });
});
