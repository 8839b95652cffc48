/**
 * The lines of the compatibility checklist (wire contract section 23) that touch nodes: the same on simulated and on real
 * ones. Each leaves the scene as it found it.
 */
import { describe, expect, it } from 'vitest';
import { replica3 } from '../../support/manager.ts';
import type { Wire, WireAnswer, WireRequest } from '../../support/wire.ts';

export interface NodeScene {
  readonly wire: Wire;
  /** Its nodes have two devices each, and nothing on them. */
  readonly clusterId: string;
  /** A node that is in no cluster, with a blank disk. */
  readonly late: {
    readonly hostnames: { readonly manage: readonly string[]; readonly storage: readonly string[] };
    readonly disk: string;
  };
  /** Of hosting volumes: they fit, and are large enough for block volumes. */
  readonly hostingGib: number;
  /** Whether the nodes have gluster-block. */
  readonly hasBlocks: boolean;
  /** Keeps an operation from ending before it was looked at; real nodes take their time anyway. */
  readonly held: { shut(): void; open(): void };
}

const id32 = /^[0-9a-f]{32}$/;

/** The end of an operation in the queue, a 303 not followed. */
export async function endOf(wire: Wire, accepted: WireAnswer): Promise<WireAnswer> {
  const queue = accepted.headers.get('location') ?? '';
  let answer = await wire.send(queue);
  while (answer.headers.get('x-pending') === 'true') answer = await wire.send(queue);
  return answer;
}

async function make(wire: Wire, body: Record<string, unknown>) {
  const made = await wire.finish('/volumes', { body });
  expect([made.status, made.text]).toEqual([200, made.text]);
  return made.json();
}

async function remove(wire: Wire, ...paths: string[]): Promise<void> {
  for (const path of paths) {
    const { status, text } = await wire.finish(path, { method: 'DELETE' });
    expect([path, status < 300, text]).toEqual([path, true, text]);
  }
}

/** `$volume` and the like stand for ids that there are. */
export type Row = readonly [method: string, path: string, body: unknown, status: number, end?: number];

export const requestOf = (method: string, body: unknown): WireRequest => ({
  method,
  ...(body === undefined ? {} : { body }),
});

/** In this order: what one makes or empties, the next needs. */
const queued: readonly Row[] = [
  ['POST', '/nodes/$node/state', { state: 'offline' }, 202, 204],
  ['POST', '/nodes/$node/state', { state: 'online' }, 202, 204],
  ['POST', '/devices/$device/state', { state: 'offline' }, 202, 204],
  ['POST', '/devices/$device/state', { state: 'online' }, 202, 204],
  ['GET', '/devices/$device/resync', undefined, 202, 204],
  ['POST', '/volumes/$volume/expand', { expand_size: 1 }, 202, 303],
  ['POST', '/bricks/to-evict/$brick', {}, 202, 204],
  ['POST', '/volumes/$hosting/block-restriction', { restriction: 'locked' }, 202, 303],
  ['POST', '/volumes/$hosting/block-restriction', { restriction: '' }, 202, 303],
];
const queuedBlocks: readonly Row[] = [
  ['POST', '/blockvolumes', { size: 1, name: 'second' }, 202, 303],
  ['POST', '/blockvolumes/$block/expand', { new_size: 3 }, 202, 303],
  ['DELETE', '/blockvolumes/$block', undefined, 202, 204],
];
const queuedLast: readonly Row[] = [
  ['DELETE', '/volumes/$volume', undefined, 202, 204],
  ['POST', '/operations/pending/cleanup', {}, 202, 204],
  ['POST', '/devices/$spare/state', { state: 'offline' }, 202, 204],
  ['POST', '/devices/$spare/state', { state: 'failed' }, 202, 204],
  ['DELETE', '/devices/$spare', undefined, 202, 204],
  ['DELETE', '/nodes/$bare', undefined, 202, 204],
];

/** Adds the late node with its disk. @returns how both ended, and their ids. */
async function addLateNode({ wire, clusterId, late: { hostnames, disk } }: NodeScene) {
  const node = await endOf(
    wire,
    await wire.send('/nodes', { body: { zone: 1, cluster: clusterId, hostnames } }),
  );
  const [, , bare = ''] = (node.headers.get('location') ?? '').split('/');
  const device = await endOf(wire, await wire.send('/devices', { body: { node: bare, name: disk } }));
  const { devices } = (await wire.send(`/nodes/${bare}`)).json();
  return { node, device, ids: { bare, spare: devices[0]?.id as string } };
}

/** The late node, a volume, a hosting volume and, where it can be, a block volume. @returns how ids are put into a path. */
export async function furnish(scene: NodeScene): Promise<(path: string) => string> {
  const { wire, clusterId, hostingGib, hasBlocks } = scene;
  const { ids: lateIds } = await addLateNode(scene);
  const volume = await make(wire, replica3(1));
  const hosting = await make(wire, replica3(hostingGib, { block: true }));
  const block = hasBlocks ? (await wire.finish('/blockvolumes', { body: { size: 2 } })).json() : undefined;
  const nodeIds: string[] = (await wire.send(`/clusters/${clusterId}`)).json().nodes;
  const [nodeId = ''] = nodeIds.filter((id) => id !== lateIds.bare);
  const node = (await wire.send(`/nodes/${nodeId}`)).json();
  const ids: Readonly<Record<string, string>> = {
    ...lateIds,
    cluster: clusterId,
    node: nodeId,
    device: node.devices[0].id,
    volume: volume.id,
    hosting: hosting.id,
    brick: volume.bricks[0].id,
    block: block?.id,
  };
  return (path) => path.replace(/\$(\w+)/g, (_match, name: string) => ids[name] ?? '');
}

/** @param open makes or gives the scene; with an empty server only for what says so. */
export function linesOnNodes(open: () => Promise<NodeScene>): void {
  describe('1. statuses and locations', () => {
    it('are those of the route index where the queue tells the end, and each location is a path', async () => {
      const scene = await open();
      const { wire } = scene;
      const fill = await furnish(scene);
      const rows = [...queued, ...(scene.hasBlocks ? queuedBlocks : []), ...queuedLast];
      const seen: string[] = [];
      for (const [method, path, body] of rows) {
        const accepted = await wire.send(fill(path), requestOf(method, body));
        expect([path, accepted.text]).toEqual([path, '']);
        expect(accepted.headers.get('location')).toMatch(/^\/queue\/[0-9a-f]{32}$/);
        const end = await endOf(wire, accepted);
        seen.push(`${method} ${path} ${accepted.status} ${end.status}${end.status === 500 ? end.text : ''}`);
        if (end.status === 303)
          expect(end.headers.get('location')).toMatch(/^\/(?:nodes|volumes|blockvolumes)\/[0-9a-f]{32}$/);
      }
      expect(seen).toEqual(rows.map(([method, path, , status, end]) => `${method} ${path} ${status} ${end}`));
      const { blockvolumes } = (await wire.send('/blockvolumes')).json();
      await remove(wire, ...blockvolumes.map((id: string) => `/blockvolumes/${id}`));
      await remove(wire, fill('/volumes/$hosting'));
    });
  });

  it('2. X-Pending is true while an operation goes on and is never sent otherwise', async () => {
    const { wire, held } = await open();
    held.shut();
    const accepted = await wire.send('/volumes', { body: replica3(1) });
    expect(accepted.headers.has('x-pending')).toBe(false);
    const pending = await wire.send(accepted.headers.get('location') ?? '');
    expect(pending.headers.get('x-pending')).toBe('true');
    held.open();
    const end = await endOf(wire, accepted);
    expect([end.status, end.headers.has('x-pending')]).toEqual([303, false]);
    await remove(wire, end.headers.get('location') ?? '');
  });

  it('7. a cluster without flags takes nothing; a volume without durability has no copies', async () => {
    const { wire } = await open();
    const cluster = (await wire.send('/clusters', { body: {} })).json();
    expect([cluster.file, cluster.block]).toEqual([false, false]);
    const plain = await make(wire, { size: 1 });
    expect([plain.durability.type, plain.bricks.length]).toEqual(['none', 1]);
    const twice = await make(wire, { size: 1, durability: { type: 'replicate' } });
    expect(twice.bricks).toHaveLength(2);
    await remove(wire, `/volumes/${plain.id}`, `/volumes/${twice.id}`, `/clusters/${cluster.id}`);
  });

  it('8. what finds no room is refused at once with 500', async () => {
    const { wire } = await open();
    const answer = await wire.send('/volumes', { body: replica3(1_000_000) });
    expect(answer.status).toBe(500);
    expect((await wire.send('/volumes')).json()).toEqual({ volumes: [] });
  });

  it('9. and 11. ids have 32 hexadecimal digits, a volume without a name is called after its own, expand_size is what is added', async () => {
    const { wire, clusterId } = await open();
    const [nodeId = ''] = (await wire.send(`/clusters/${clusterId}`)).json().nodes;
    const volume = await make(wire, replica3(1));
    expect(volume.name).toBe(`vol_${volume.id}`);
    const device = (await wire.send(`/nodes/${nodeId}`)).json().devices[0];
    const ids = [clusterId, nodeId, volume.id, device.id, volume.bricks[0].id];
    expect(ids.filter((id) => !id32.test(id))).toEqual([]);
    const grown = await wire.finish(`/volumes/${volume.id}/expand`, { body: { expand_size: 2 } });
    expect(grown.json().size).toBe(3);
    await remove(wire, `/volumes/${volume.id}`);
  });

  it('10. lists are sorted and there even when they are empty', async () => {
    const { wire, clusterId } = await open();
    const empty = (await wire.send('/clusters', { body: {} })).json();
    expect([empty.nodes, empty.volumes, empty.blockvolumes]).toEqual([[], [], []]);
    expect((await wire.send('/volumes')).text).toBe('{"volumes":[]}\n');
    expect((await wire.send('/blockvolumes')).text).toBe('{"blockvolumes":[]}\n');
    await Promise.all([1, 2, 3].map(() => make(wire, { size: 1 })));
    const cluster = (await wire.send(`/clusters/${clusterId}`)).json();
    const node = (await wire.send(`/nodes/${cluster.nodes[0]}`)).json();
    const { volumes } = (await wire.send('/volumes')).json();
    const volume = (await wire.send(`/volumes/${volumes[0]}`)).json();
    const deviceIds = node.devices.map(({ id }: { id: string }) => id);
    const lists: string[][] = [cluster.nodes, cluster.volumes, volumes, deviceIds];
    const byBytes = (a: string, b: string): number => (a < b ? -1 : 1);
    for (const list of lists) {
      expect(list.length).toBeGreaterThan(1);
      expect(list).toEqual([...list].sort(byBytes));
    }
    for (const device of node.devices) expect(device.bricks).toBeInstanceOf(Array);
    const always = ['bricks', 'mount', 'snapshot', 'blockinfo', 'durability'];
    expect(always.filter((key) => volume[key] == null)).toEqual([]);
    await remove(wire, ...volumes.map((id: string) => `/volumes/${id}`), `/clusters/${empty.id}`);
  });

  it('12. an added device ends in 204, an added node in 303', async () => {
    const scene = await open();
    const { node, device, ids } = await addLateNode(scene);
    expect([node.status, id32.test(ids.bare)]).toEqual([303, true]);
    expect([device.status, device.headers.has('location')]).toEqual([204, false]);
    for (const state of ['offline', 'failed'])
      await scene.wire.finish(`/devices/${ids.spare}/state`, { body: { state } });
    await remove(scene.wire, `/devices/${ids.spare}`, `/nodes/${ids.bare}`);
  });

  it('15. what is being made or deleted is neither listed nor found', async () => {
    const { wire, clusterId, held } = await open();
    const ready = await make(wire, replica3(1));
    held.shut();
    const making = await wire.send('/volumes', { body: replica3(1, { name: 'in-the-making' }) });
    const deleting = await wire.send(`/volumes/${ready.id}`, { method: 'DELETE' });
    expect((await wire.send('/volumes')).json()).toEqual({ volumes: [] });
    expect((await wire.send(`/clusters/${clusterId}`)).json().volumes).toEqual([]);
    const hidden = await wire.send(`/volumes/${ready.id}`);
    expect([hidden.status, hidden.text]).toEqual([404, 'Id not found\n']);
    held.open();
    await Promise.all([endOf(wire, making), endOf(wire, deleting)]);
    const { volumes } = (await wire.send('/volumes')).json();
    expect(volumes).toHaveLength(1);
    await remove(wire, `/volumes/${volumes[0]}`);
  });
}
