import { describe, expect, it } from 'vitest';
import { loadNodes, replica3, startManager, type TestManager } from '../support/manager.ts';
import type { Wire } from '../support/wire.ts';

/** Everything that the API tells of what there is. */
async function everything(wire: Wire): Promise<Record<string, unknown>> {
  const answers: Record<string, unknown> = {};
  const get = async (path: string) => {
    const answer = await wire.send(path);
    expect(answer.status, answer.text).toBe(200);
    answers[path] = answer.json();
    return answer.json();
  };
  await get('/topology');
  for (const cluster of (await get('/clusters')).clusters) {
    for (const node of (await get(`/clusters/${cluster}`)).nodes) {
      const { devices } = await get(`/nodes/${node}`);
      for (const device of devices) await get(`/devices/${device.id}`);
    }
  }
  for (const volume of (await get('/volumes')).volumes) await get(`/volumes/${volume}`);
  return answers;
}

/** Two clusters, every durability, grown volumes, tags, states, zones, flags, foreign things. */
async function fill(manager: TestManager): Promise<void> {
  const { wire, app, simulation } = manager;
  const { clusterId, nodeIds } = await loadNodes(wire, 6, 2);
  const created = [
    replica3(10),
    replica3(5, { glustervolumeoptions: ['user.heketi.arbiter true', '', 'performance.cache-size 1MB'] }),
    { size: 7, durability: { type: 'replicate', replicate: { replica: 2 } }, gid: 2000 },
    { size: 9, durability: { type: 'disperse', disperse: { data: 4, redundancy: 2 } }, name: 'named' },
    { size: 4, snapshot: { enable: true, factor: 1.25 } },
    { size: 3, block: true, durability: { type: 'replicate' } },
  ];
  for (const body of created) {
    const answer = await wire.finish('/volumes', { body });
    expect(answer.status, answer.text).toBe(200);
    // Rebuilt, a hosting volume is locked: what is in it cannot be told from the nodes.
    if (body === created[5])
      await wire.finish(`/volumes/${answer.json().id}/block-restriction`, {
        body: { restriction: 'locked' },
      });
    if (body === created[0] || body === created[3]) {
      await wire.finish(`/volumes/${answer.json().id}/expand`, { body: { expand_size: 6 } });
    }
  }
  const source = (await wire.finish('/volumes', { body: { ...created[0], name: 'source' } })).json();
  const cloned = await wire.finish(`/volumes/${source.id}/clone`, { body: { name: 'clone' } });
  expect(cloned.status, cloned.text).toBe(200);
  await wire.finish(`/volumes/${source.id}/snapshots`, { body: { name: 'kept', force: true } });
  const gone = (await wire.finish('/volumes', { body: replica3(2) })).json();
  await wire.finish(`/volumes/${gone.id}`, { method: 'DELETE' });
  await wire.send(`/nodes/${nodeIds[0]}/tags`, {
    body: { change_type: 'set', tags: { rack: 'r7', 'a.b': 'ünd, so=weiter & mehr' } },
  });
  const [device] = await app.database.read.devices.listByNode(nodeIds[1] ?? '');
  await wire.send(`/devices/${device?.id}/tags`, { body: { change_type: 'set', tags: { disk: 'ssd' } } });
  await wire.finish(`/devices/${device?.id}/state`, { body: { state: 'offline' } });
  await wire.finish(`/nodes/${nodeIds[2]}/state`, { body: { state: 'offline' } });
  await wire.send(`/clusters/${clusterId}/flags`, { body: { file: true, block: false } });
  await wire.send('/clusters', { body: { file: true, block: true } });
  const [other] = await app.database.read.devices.listByNode(nodeIds[3] ?? '');
  simulation.takeExtents('node4', `vg_${other?.id}`, 25, 'backup');
  await wire.finish(`/devices/${other?.id}/resync`);
}

const hosts = Array.from({ length: 6 }, (_, index) => `node${index + 1}`);

/** A manager with an empty database on the nodes of another, which has ended. */
async function withoutDatabase({ app, simulation }: TestManager): Promise<TestManager> {
  await app.stop();
  return startManager({ simulation });
}

describe('mortar rebuild', () => {
  it('fills an empty database from the nodes: all answers of the API are as before', async () => {
    const first = await startManager();
    await fill(first);
    await first.app.doctor.imprints.flush();
    expect((await first.app.doctor.look()).findings.map(({ kind }) => kind)).toEqual(['foreign-volume']);
    const before = await everything(first.wire);

    const second = await withoutDatabase(first);
    const dry = await second.wire.send('/rebuild', { body: { hosts, dry_run: true } });
    expect(dry.json()).toMatchObject({ done: false, problems: [], notes: [] });
    expect((await second.wire.send('/clusters')).json().clusters).toEqual([]);

    const rebuilt = await second.wire.send('/rebuild', { body: { hosts } });
    expect(rebuilt.status, rebuilt.text).toBe(200);
    expect(rebuilt.json()).toMatchObject({ done: true, problems: [], notes: [] });
    const after = await everything(second.wire);
    // A cluster without nodes is written nowhere.
    const empty = (before['/topology'] as { clusters: { id: string; nodes: unknown[] }[] }).clusters.find(
      ({ nodes }) => nodes.length === 0,
    );
    delete before[`/clusters/${empty?.id}`];
    for (const path of ['/topology', '/clusters']) {
      const answer = before[path] as { clusters: (string | { id: string })[] };
      answer.clusters = answer.clusters.filter((it) => (typeof it === 'string' ? it : it.id) !== empty?.id);
    }
    expect(after).toEqual(before);
    expect((await second.app.doctor.look()).findings.map(({ kind }) => kind)).toEqual(['foreign-volume']);

    const volume = (await second.wire.finish('/volumes', { body: { size: 3 } })).json();
    expect((await second.wire.finish(`/volumes/${volume.id}`, { method: 'DELETE' })).status).toBe(204);
  });

  it('refuses a database that holds anything, and changes nothing', async () => {
    const { wire } = await startManager();
    await wire.send('/clusters', { body: { file: true, block: true } });
    const answer = await wire.send('/rebuild', { body: { hosts: ['node1'] } });
    expect(answer.status).toBe(409);
    expect(answer.text).toContain('the database is not empty (1 clusters)');
  });

  it('refuses while a host does not answer; goes on without it when told to, and the doctor names what is missing', async () => {
    const first = await startManager();
    await loadNodes(first.wire, 3, 1);
    const volume = (await first.wire.finish('/volumes', { body: replica3(2) })).json();
    const small = (await first.wire.finish('/volumes', { body: { size: 2 } })).json();
    const holder = await first.app.database.read.nodes.find(small.bricks[0].node as string);
    const away = ['node1', 'node2', 'node3'].find((name) => name !== holder?.manageNames[0]) ?? '';
    first.simulation.setReachable(away, false);
    const second = await withoutDatabase(first);
    const body = { hosts: ['node1', 'node2', 'node3'] };
    const refused = await second.wire.send('/rebuild', { body });
    expect(refused.status).toBe(409);
    expect(refused.text).toContain(`${away} was not looked at`);
    expect((await second.wire.send('/clusters')).json().clusters).toEqual([]);

    const partial = (await second.wire.send('/rebuild', { body: { ...body, partial: true } })).json();
    expect(partial.volumes.map(({ id }: { id: string }) => id)).toEqual([small.id]);
    expect(partial.notes.join()).toContain(
      `the gluster volume ${volume.name} is left out: the logical volume of its brick`,
    );
    const { findings } = await second.app.doctor.look();
    expect(findings.map(({ kind }) => kind)).toContain('volume-orphan');
  });

  it('needs a topology file for a node without devices, and gives it a new id', async () => {
    const first = await startManager();
    const { clusterId } = await loadNodes(first.wire, 2, 1);
    const hostnames = { manage: ['node9'], storage: ['192.0.2.9'] };
    await first.wire.finish('/nodes', { body: { cluster: clusterId, zone: 3, hostnames } });
    const document = (await first.wire.send('/topology'))
      .json()
      .clusters.map(
        (cluster: { file: boolean; block: boolean; nodes: { hostnames: object; zone: number }[] }) => ({
          file: cluster.file,
          block: cluster.block,
          nodes: cluster.nodes.map((node) => ({
            node: { hostnames: node.hostnames, zone: node.zone },
            devices: [],
          })),
        }),
      );
    const second = await withoutDatabase(first);
    const without = await second.wire.send('/rebuild', {
      body: { hosts: ['node1', 'node2', 'node9'], dry_run: true },
    });
    expect(without.json().notes.join()).toContain('node9: no volume group of ours says what it is');
    const rebuilt = await second.wire.send('/rebuild', { body: { topology: { clusters: document } } });
    expect(rebuilt.status, rebuilt.text).toBe(200);
    expect(rebuilt.json().notes.join()).toContain('node9 gets the new id');
    const node = (await second.app.database.read.nodes.listAll()).find(
      ({ manageNames }) => manageNames[0] === 'node9',
    );
    expect(node).toMatchObject({ clusterId, zone: 3 });
    expect((await second.app.doctor.look()).findings).toEqual([]);
  });

  it('does not believe a volume group that says that it is another', async () => {
    const first = await startManager();
    await loadNodes(first.wire, 2, 1);
    const [one, other] = await first.app.database.read.devices.listAll();
    const host = async (nodeId = '') =>
      (await first.app.database.read.nodes.find(nodeId))?.manageNames[0] ?? '';
    const [from, to] = [await host(one?.nodeId), await host(other?.nodeId)];
    const tags = first.simulation.picture(from).volumeGroups[0]?.tags ?? [];
    const own = first.simulation.picture(to).volumeGroups[0]?.tags ?? [];
    const change = [...own.flatMap((tag) => ['--deltag', tag]), ...tags.flatMap((tag) => ['--addtag', tag])];
    first.simulation.act(to, ['lvm', 'vgchange', ...change, `vg_${other?.id}`]);
    const second = await withoutDatabase(first);
    const answer = await second.wire.send('/rebuild', { body: { hosts: [from, to], dry_run: true } });
    // Its tags name another group than the one that they are on: it does not say whose it is.
    expect(answer.json().notes.join()).toContain(`the volume group vg_${other?.id} does not say whose it is`);
    expect(answer.json().devices).toHaveLength(1);
  });
});
