import { describe, expect, it } from 'vitest';
import { loadNodes, replica3, startManager } from '../../support/manager.ts';
import { HeldNodes } from './held-nodes.ts';

const goClient = { 'user-agent': 'Go-http-client/1.1' };
const notFound = [404, 'Id not found\n'];

async function scene() {
  const held = new HeldNodes();
  const manager = await startManager({ wrap: held.wrap });
  await loadNodes(manager.wire, 3, 1);
  return { ...manager, held };
}

describe('/queue', () => {
  it('tells what goes on with X-Pending and an empty body, and what came of it with a path', async () => {
    const { wire, held } = await scene();
    held.shut();
    const accepted = await wire.send('/volumes', { body: replica3(1) });
    expect([accepted.status, accepted.text]).toEqual([202, '']);
    const queue = accepted.headers.get('location') ?? '';
    expect(queue).toMatch(/^\/queue\/[0-9a-f]{32}$/);
    const pending = await wire.send(queue);
    expect([pending.status, pending.text, pending.headers.get('x-pending')]).toEqual([200, '', 'true']);
    held.open();
    await expect.poll(async () => (await wire.send(queue)).status).toBe(303);
    const done = await wire.send(queue);
    expect(done.headers.get('location')).toMatch(/^\/volumes\/[0-9a-f]{32}$/);
    expect(done.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(done.headers.has('x-pending')).toBe(false);
  });

  it('ends with 204 and nothing else where there is no resource', async () => {
    const { wire } = await scene();
    const { id } = (await wire.finish('/volumes', { body: replica3(1) })).json();
    const end = await wire.finish(`/volumes/${id}`, { method: 'DELETE' });
    expect([end.status, end.text, end.headers.has('x-pending')]).toEqual([204, '', false]);
  });

  it('tells a failure as 500 with its words', async () => {
    const { wire } = await scene();
    const [cluster = ''] = (await wire.send('/clusters')).json().clusters;
    const [node = ''] = (await wire.send(`/clusters/${cluster}`)).json().nodes;
    const failed = await wire.finish(`/nodes/${node}/state`, { body: { state: 'failed' } });
    expect([failed.status, failed.text, failed.headers.get('content-type')]).toEqual([
      500,
      `Node must be offline before remove operation is performed, node:${node}\n`,
      'text/plain; charset=utf-8',
    ]);
  });

  it.each([
    ['heketi-cli and Kubernetes', 'Go-http-client/1.1'],
    ['the Python client', 'python-requests/2.31.0'],
  ])('tells a result once to %s', async (_who, userAgent) => {
    const { wire, held } = await scene();
    const headers = { 'user-agent': userAgent };
    held.shut();
    const queue = (await wire.send('/volumes', { body: replica3(1) })).headers.get('location') ?? '';
    // Asking while it goes on takes nothing away.
    for (let again = 0; again < 2; again += 1)
      expect((await wire.send(queue, { headers })).headers.get('x-pending')).toBe('true');
    held.open();
    await expect.poll(async () => (await wire.send(queue, { headers })).headers.has('x-pending')).toBe(false);
    const again = await wire.send(queue, { headers });
    expect([again.status, again.text]).toEqual(notFound);
    // Others can still read it.
    expect((await wire.send(queue)).status).toBe(303);
  });

  it('keeps a result that nobody has read over a restart, for the clients of Heketi too', async () => {
    const first = await scene();
    const queue = (await first.wire.send('/volumes', { body: replica3(1) })).headers.get('location') ?? '';
    await first.app.engine.whenEnded(queue.slice('/queue/'.length));
    const { wire } = await first.restart();
    expect((await wire.send(queue, { headers: goClient })).status).toBe(303);
    const again = await wire.send(queue, { headers: goClient });
    expect([again.status, again.text]).toEqual(notFound);
  });
});
