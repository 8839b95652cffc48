import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readWholeTopology } from '../../src/api/topology/read.ts';
import { MountHosts } from '../../src/api/volumes/mount-hosts.ts';
import { createClient } from '../../src/client/client.ts';
import type { Reads } from '../../src/db/queries.ts';
import { findDifferences } from '../support/checker.ts';
import { loadNodes, replica3, startManager, type TestManager, testKeys } from '../support/manager.ts';
import { simulatedFacts } from '../support/simulated-facts.ts';
import type { WireRequest } from '../support/wire.ts';

const samples = readdirSync('topology-samples');
const read = (name: string): unknown => parse(readFileSync(join('topology-samples', name), 'utf8'));

const differences = ({ app, simulation }: TestManager): Promise<string[]> =>
  findDifferences(app.database.read, { factsOf: (host) => simulatedFacts(simulation, host) });

async function apply({ wire }: TestManager, document: unknown): Promise<string[]> {
  const accepted = await wire.send('/topology/apply', { body: document });
  expect(accepted.status, accepted.text).toBe(202);
  const queue = accepted.headers.get('location') ?? '';
  await expect.poll(async () => (await wire.send(queue)).status, { timeout: 30_000 }).toBe(204);
  return (await wire.send(`/operations/${queue.slice('/queue/'.length)}`)).json().warnings as string[];
}

describe.each(samples)('the sample %s', (name) => {
  it('is applied; applying it again changes nothing; an empty one takes everything away again', async () => {
    const manager = await startManager();
    expect(await apply(manager, read(name))).toEqual([]);
    expect((await manager.wire.send('/topology/plan', { body: read(name) })).json()).toEqual({ changes: [] });
    expect(await differences(manager)).toEqual([]);
    expect(await apply(manager, { clusters: [] })).toEqual([]);
    expect((await manager.wire.send('/topology')).json()).toEqual({ clusters: [] });
    for (const host of manager.simulation.hosts()) {
      const facts = manager.simulation.picture(host);
      expect([facts.volumeGroups, facts.physicalVolumes, facts.folders]).toEqual([[], [], []]);
      expect(facts.peers.length, `${host} is still a peer`).toBeLessThanOrEqual(1);
    }
  });
});

describe('a node that comes while members of its cluster do not tell their peers', () => {
  const hostnames = { manage: ['node4'], storage: ['192.0.2.4'] };
  const tellsNothing = { argv: ['gluster', 'pool', 'list'], effect: { kind: 'fail' } } as const;

  it('is taken in with the help of one that does', async () => {
    const { wire, simulation } = await startManager();
    const { clusterId: cluster } = await loadNodes(wire, 3, 0);
    const fault = simulation.addFault({ ...tellsNothing, times: 2 });
    const added = await wire.finish('/nodes', { body: { zone: 1, cluster, hostnames } });
    expect(added.status, added.text).toBe(200);
    expect(fault.hits).toBe(2);
    expect(simulation.picture('node4').peers.length).toBe(4);
  });

  it('is refused when none of them does, and nothing is on record', async () => {
    const { wire, simulation } = await startManager();
    const { clusterId: cluster } = await loadNodes(wire, 3, 0);
    simulation.addFault({ ...tellsNothing, times: 'always' });
    const refused = await wire.send('/nodes', { body: { zone: 1, cluster, hostnames } });
    expect([refused.status, refused.text]).toEqual([
      400,
      'None of the nodes in cluster has glusterd running\n',
    ]);
    expect((await wire.send(`/clusters/${cluster}`)).json().nodes).toHaveLength(3);
  });
});

describe('a node that comes into a large cluster', () => {
  it('does not have all members in its journal', async () => {
    const { wire, simulation, app } = await startManager();
    const { clusterId: cluster } = await loadNodes(wire, 20, 0);
    const release = simulation.holdGlusterLock('node1');
    const hostnames = { manage: ['node21'], storage: ['192.0.2.21'] };
    const accepted = await wire.send('/nodes', { body: { zone: 1, cluster, hostnames } });
    const id = (accepted.headers.get('location') ?? '').slice('/queue/'.length);
    const probe = (await app.database.read.steps.listByOperation(id)).find(
      ({ action }) => action === 'probe-peer',
    );
    expect(probe).toMatchObject({ params: { nodeIds: { length: 16 } } });
    release();
    await expect.poll(async () => (await wire.send(`/queue/${id}`)).status).toBe(303);
  });
});

describe('the whole topology, read while a device comes and takes a brick', () => {
  it('tells the node of that brick', async () => {
    const { wire, app } = await startManager();
    await loadNodes(wire, 3, 1);
    await wire.finish('/volumes', { body: replica3(10) });
    const { read } = app.database;
    const mountHosts = new MountHosts(read);
    const whole = async (reads: Reads): Promise<unknown> =>
      JSON.parse(Buffer.concat(await readWholeTopology(reads, mountHosts)).toString());
    const volumesOf = (topology: unknown): unknown =>
      (topology as { clusters: { volumes: unknown }[] }).clusters[0]?.volumes;
    // None of the devices was there yet when they were listed.
    const before: Reads = { ...read, devices: { ...read.devices, listAll: async () => [] } };
    expect(volumesOf(await whole(before))).toEqual(volumesOf(await whole(read)));
  });
});

describe('nodes that leave at the same time', () => {
  it('are no peers afterwards, also of one that came while they left', async () => {
    const { wire, simulation, app } = await startManager();
    const { clusterId } = await loadNodes(wire, 2, 0);
    const begin = async (path: string, request: WireRequest): Promise<string> =>
      ((await wire.send(path, request)).headers.get('location') ?? '').replace('/queue/', '');
    const hostnames = { manage: ['node3'], storage: ['192.0.2.3'] };
    const slow = simulation.addFault({ argv: ['gluster', 'peer', 'probe'], effect: { kind: 'hang' } });
    const coming = await begin('/nodes', { body: { zone: 1, cluster: clusterId, hostnames } });
    await expect.poll(() => slow.hits).toBe(1);
    const leaving = await Promise.all(
      (await app.database.read.nodes.listAll())
        .filter(({ phase }) => phase === 'ready')
        .map(({ id }) => begin(`/nodes/${id}`, { method: 'DELETE' })),
    );
    simulation.clearFaults();
    for (const id of [coming, ...leaving]) {
      expect(await app.engine.whenEnded(id)).toMatchObject({ state: 'done' });
    }
    for (const host of simulation.hosts()) expect(simulation.picture(host).peers.length, host).toBe(1);
  });
});

describe('a changed topology', () => {
  it('is changed in place: zones, tags, new and removed devices and nodes', async () => {
    const manager = await startManager();
    await apply(manager, read('one-zone.json'));
    const plan = (await manager.wire.send('/topology/plan', { body: read('three-zones.yaml') })).json();
    expect(plan.changes.some((change: { action: string }) => change.action === 'change')).toBe(true);
    expect(await apply(manager, read('three-zones.yaml'))).toEqual([]);
    expect((await manager.wire.send('/topology/plan', { body: read('three-zones.yaml') })).json()).toEqual({
      changes: [],
    });
    expect(await apply(manager, read('one-zone.json'))).toEqual([]);
    expect(await differences(manager)).toEqual([]);
  });

  it('tells what failed and makes the rest', async () => {
    const manager = await startManager();
    manager.simulation.putContent('node2.example.net', '/dev/sdb', 'ext4');
    const warnings = await apply(manager, read('one-zone.json'));
    expect(warnings).toEqual([expect.stringMatching(/device \/dev\/sdb on node2\.example\.net: .*ext4/)]);
    expect((await manager.wire.send('/topology')).json().clusters[0].nodes).toHaveLength(3);
  });

  it('goes on after a restart in the middle', async () => {
    const first = await startManager();
    first.simulation.setLatency({ perBatchMs: 20 });
    await first.wire.send('/topology/apply', { body: read('three-zones.yaml') });
    await expect
      .poll(async () => (await first.app.database.read.devices.listAll()).length, { timeout: 20_000 })
      .toBeGreaterThan(3);
    const manager = await first.restart();
    const unfinished = await manager.app.database.read.operations.listUnfinished();
    await Promise.all(unfinished.map(({ id }) => manager.app.engine.whenEnded(id)));
    expect((await manager.wire.send('/topology/plan', { body: read('three-zones.yaml') })).json()).toEqual({
      changes: [],
    });
    expect(await differences(manager)).toEqual([]);
  });
});

describe('the whole topology', () => {
  it('tells once a cluster what its volumes are mounted from, and a client puts it to each volume', async () => {
    const manager = await startManager();
    await loadNodes(manager.wire, 3, 1);
    const volume = (await manager.wire.finish('/volumes', { body: replica3(1) })).json();
    const [cluster] = (await manager.wire.send('/topology')).json().clusters;
    const { mount, ...bare } = volume;
    expect(cluster.mount).toEqual({ hosts: mount.glusterfs.hosts, options: mount.glusterfs.options });
    expect(cluster.volumes).toEqual([bare]);
    const client = createClient({ server: manager.url, user: 'admin', key: testKeys.admin });
    expect((await client.topology.get()).clusters[0]?.volumes[0]?.mount).toEqual(mount);
  });
});
