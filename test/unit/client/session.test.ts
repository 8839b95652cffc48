import { describe, expect, it } from 'vitest';
import { ClientError } from '../../../src/client/client-error.ts';
import { acceptedAnswer, jsonAnswer, reset, scripted, textAnswer } from './support.ts';

const busy = (retryAfter?: string) => ({
  ...textAnswer(429, 'Server busy. Retry operation later.'),
  ...(retryAfter === undefined ? {} : { headers: { 'retry-after': retryAfter } }),
});
const cluster = { id: 'cc', nodes: [], volumes: [], block: true, file: true, blockvolumes: [] };

describe('a busy server', () => {
  it('is asked again after the seconds of Retry-After, and up to 9 more', async () => {
    const { client, clock } = scripted([busy('4'), acceptedAnswer(), { status: 204 }]);
    const pauses: number[] = [];
    await client.volumes.delete('aa', { onBusy: (pauseMs) => pauses.push(pauseMs) });
    expect(clock.sleeps[0]).toBe(8500);
    expect(pauses).toEqual([8500]);
  });

  it.each([undefined, 'Wed, 21 Oct 2026 07:28:00 GMT', '1.5', '-3'])(
    'is asked again after 10 to 29 s when Retry-After is %s',
    async (retryAfter) => {
      const { client, clock } = scripted([busy(retryAfter), jsonAnswer({ clusters: [] })]);
      await client.clusters.list();
      expect(clock.sleeps).toEqual([19_500]);
    },
  );

  it('is asked seven times in all; then its refusal is the error', async () => {
    const { client, transport } = scripted(Array.from({ length: 8 }, () => busy('0')));
    await expect(client.volumes.create({ size: 1 })).rejects.toMatchObject({
      status: 429,
      message: 'Server busy. Retry operation later.',
    });
    expect(transport.requests).toHaveLength(7);
  });

  it('is left alone when the wait is aborted', async () => {
    const { client } = scripted([busy()]);
    const abort = new AbortController();
    const onBusy = (): void => abort.abort(new Error('enough'));
    await expect(client.clusters.list({ signal: abort.signal, onBusy })).rejects.toThrow('enough');
  });
});

describe('a connection that breaks', () => {
  it('makes a reading request be sent once more', async () => {
    const { client, transport } = scripted([reset(), jsonAnswer(cluster)]);
    await client.clusters.get('cc');
    expect(transport.requests).toHaveLength(2);
  });

  it('makes a creation be sent once more, under the same key', async () => {
    const { client, transport } = scripted([reset(), jsonAnswer(cluster, 201)]);
    await client.clusters.create({ file: true, block: true });
    const keys = transport.requests.map(({ headers }) => headers['Idempotency-Key']);
    expect(keys).toEqual(['key-1', 'key-1']);
  });

  it('is an error the second time', async () => {
    const { client } = scripted([reset(), reset()]);
    await expect(client.clusters.get('cc')).rejects.toThrow('the connection broke');
  });

  it('does not make a deletion be sent twice', async () => {
    const { client, transport } = scripted([reset(), acceptedAnswer()]);
    await expect(client.volumes.delete('aa')).rejects.toThrow('the connection broke');
    expect(transport.requests).toHaveLength(1);
  });
});

describe('creations', () => {
  it('each have a key of their own, and take one that is given', async () => {
    const { client, transport } = scripted([
      jsonAnswer(cluster, 201),
      acceptedAnswer(),
      { status: 204 },
      acceptedAnswer(),
      { status: 204 },
    ]);
    await client.clusters.create({ file: true, block: true });
    await client.devices.add({ name: '/dev/vdb', node: 'aa' });
    await client.topology.apply({ clusters: [] }, { idempotencyKey: 'claim-7' });
    const creations = transport.requests.filter(({ method }) => method === 'POST');
    expect(creations.map(({ headers }) => headers['Idempotency-Key'])).toEqual(['key-1', 'key-2', 'claim-7']);
  });

  it('send the zero values that the contract has always present', async () => {
    const { client, transport } = scripted([
      acceptedAnswer(),
      { status: 204 },
      acceptedAnswer(),
      { status: 204 },
    ]);
    await client.devices.setState('dd', 'offline');
    await client.devices.delete('dd');
    const bodies = transport.requests.map(({ body }) => body).filter((body) => body !== undefined);
    expect(bodies).toEqual(['{"state":"offline","healcheck":""}', '{"forceforget":false}']);
  });
});

describe('an error of the server', () => {
  it('is shown as it is, without the blanks around it', async () => {
    const { client } = scripted([textAnswer(409, '  Unable to delete\n cluster \n\n')]);
    await expect(client.clusters.delete('cc')).rejects.toThrow(/^Unable to delete\n cluster$/);
  });

  it('brings code and facts when it is a problem document', async () => {
    const problem = {
      title: 'No layout was found for the volume',
      detail: 'Failed to allocate new volume: replica 3 needs 3 nodes',
      code: 'placement.no_room',
      details: { largest_size_gib: 12 },
      remedy: 'Read the reasons per device.',
    };
    const body = JSON.stringify(problem);
    const headers = { 'content-type': 'application/problem+json' };
    const { client } = scripted([{ status: 500, headers, body }]);
    const error = await client.volumes.create({ size: 100 }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ClientError);
    expect(error).toMatchObject({
      message: 'Failed to allocate new volume: replica 3 needs 3 nodes',
      status: 500,
      code: 'placement.no_room',
      details: { largest_size_gib: 12 },
      remedy: 'Read the reasons per device.',
    });
  });

  it('is shown as text when a problem document cannot be read', async () => {
    const headers = { 'content-type': 'application/problem+json' };
    const { client } = scripted([{ status: 500, headers, body: '{oh' }]);
    await expect(client.clusters.list()).rejects.toThrow('{oh');
  });

  it('has words of its own when the server says nothing', async () => {
    const { client } = scripted([{ status: 405 }]);
    await expect(client.clusters.list()).rejects.toThrow(
      'server did not provide a message (status 405: Status Text)',
    );
  });
});

describe('an answer', () => {
  it.each([
    ['text', 'Hello', 'the answer to GET /clusters cannot be read: it is no JSON'],
    ['a wrong type', '{"clusters":[1]}', 'clusters[0]: 1 is not a text'],
    ['another document', '[]', 'a list is not an object'],
  ])('that is %s is an error that says so', async (_, body, message) => {
    const { client } = scripted([{ status: 200, body }]);
    await expect(client.clusters.list()).rejects.toThrow(message);
  });

  it('with a fraction for a whole number is an error', async () => {
    const { client } = scripted([jsonAnswer({ id: 'aa', size: 1.5 })]);
    await expect(client.volumes.get('aa')).rejects.toThrow('size: 1.5 is not a whole number');
  });

  it('is put in the order of the contract; unknown fields vanish, absent ones are empty', async () => {
    const answer = { news: 1, file: true, nodes: ['b'], id: 'cc', volumes: null, constructor: 'x' };
    const { client } = scripted([jsonAnswer(answer)]);
    expect(JSON.stringify(await client.clusters.get('cc'))).toBe(
      '{"id":"cc","nodes":["b"],"volumes":[],"block":false,"file":true,"blockvolumes":[]}',
    );
  });

  it('says when the nodes behind it are simulated', async () => {
    const { client } = scripted([
      jsonAnswer(cluster),
      { ...jsonAnswer(cluster), headers: { 'x-mortar-simulated': 'true' } },
    ]);
    await client.clusters.get('cc');
    expect(client.isSimulated).toBe(false);
    await client.clusters.get('cc');
    expect(client.isSimulated).toBe(true);
  });
});

describe('paths', () => {
  it('are encoded, so that an id cannot lead elsewhere', async () => {
    const { client, transport } = scripted([jsonAnswer(cluster)]);
    await client.clusters.get('../volumes?x#y');
    expect(transport.asked).toEqual(['GET /clusters/..%2Fvolumes%3Fx%23y']);
  });
});

describe('the topology', () => {
  it('is gathered piece by piece from a server that has no route for it', async () => {
    const brickless = { id: 'vv', cluster: 'cc', name: 'v' };
    const node = { id: 'nn', cluster: 'cc', state: 'online' };
    const { client, transport } = scripted([
      textAnswer(404, 'Invalid path or request'),
      jsonAnswer({ clusters: ['cc'] }),
      jsonAnswer({ ...cluster, volumes: ['vv', 'ww'], nodes: ['nn'] }),
      jsonAnswer(brickless),
      jsonAnswer({ id: 'ww', cluster: 'other', name: 'w' }),
      jsonAnswer(node),
    ]);
    const { clusters } = await client.topology.get();
    expect(clusters[0]).toMatchObject({ id: 'cc', nodes: [{ id: 'nn' }], volumes: [{ id: 'vv' }] });
    expect(clusters[0]?.volumes).toHaveLength(1);
    expect(transport.asked).toContain('GET /nodes/nn');
  });
});
