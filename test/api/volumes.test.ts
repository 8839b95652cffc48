import { describe, expect, it } from 'vitest';
import { loadNodes, replica3, startManager } from '../support/manager.ts';

const id32 = /^[0-9a-f]{32}$/;

describe('a volume', () => {
  it('is created, shown, listed, grown and deleted over the wire', async () => {
    const { wire } = await startManager();
    const { clusterId } = await loadNodes(wire, 3, 2);
    const created = await wire.finish('/volumes', { body: replica3(100) });
    expect(created.status).toBe(200);
    const volume = created.json();
    expect(volume).toMatchObject({
      size: 100,
      name: `vol_${volume.id}`,
      cluster: clusterId,
      durability: { type: 'replicate', replicate: { replica: 3 }, disperse: {} },
      snapshot: { enable: false, factor: 1 },
      blockinfo: {},
      glustervolumeoptions: ['', ''],
    });
    expect(volume.id).toMatch(id32);
    expect(volume.bricks).toHaveLength(3);
    expect(volume.bricks[0].size).toBe(104857600);
    expect(volume.mount.glusterfs.hosts).toHaveLength(3);
    expect(volume.mount.glusterfs.device).toBe(`${volume.mount.glusterfs.hosts[0]}:${volume.name}`);
    expect((await wire.send('/volumes')).json()).toEqual({ volumes: [volume.id] });
    expect((await wire.send(`/clusters/${clusterId}`)).json().volumes).toEqual([volume.id]);

    const grown = (await wire.finish(`/volumes/${volume.id}/expand`, { body: { expand_size: 50 } })).json();
    expect(grown.size).toBe(150);
    expect(grown.bricks).toHaveLength(6);

    expect((await wire.finish(`/volumes/${volume.id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await wire.send(`/volumes/${volume.id}`)).status).toBe(404);
    expect((await wire.send('/volumes')).json()).toEqual({ volumes: [] });
  });

  it('debits its devices exactly, and gives everything back', async () => {
    const { wire } = await startManager();
    const { nodeIds } = await loadNodes(wire, 3, 1);
    const storage = async () => (await wire.send(`/nodes/${nodeIds[0]}`)).json().devices[0].storage;
    const before = await storage();
    expect(before.used).toBe(0);
    const volume = (await wire.finish('/volumes', { body: replica3(100) })).json();
    expect(await storage()).toEqual({ total: before.total, used: 105381888, free: before.total - 105381888 });
    await wire.finish(`/volumes/${volume.id}`, { method: 'DELETE' });
    expect(await storage()).toEqual(before);
  });

  it.each([
    ['none', { size: 10 }, 1],
    ['replica 2', { size: 10, durability: { type: 'replicate', replicate: { replica: 2 } } }, 2],
    ['replica 3', replica3(10), 3],
    ['arbiter', replica3(10, { glustervolumeoptions: ['user.heketi.arbiter true'] }), 3],
    ['disperse 2+1', { size: 10, durability: { type: 'disperse', disperse: { data: 2, redundancy: 1 } } }, 3],
    ['disperse 4+2', { size: 10, durability: { type: 'disperse', disperse: { data: 4, redundancy: 2 } } }, 6],
    [
      'disperse 8+3',
      { size: 20, durability: { type: 'disperse', disperse: { data: 8, redundancy: 3 } } },
      11,
    ],
    [
      'disperse 8+4',
      { size: 20, durability: { type: 'disperse', disperse: { data: 8, redundancy: 4 } } },
      12,
    ],
  ])('can have the durability %s', async (_name, body, bricks) => {
    const { wire, app } = await startManager();
    await loadNodes(wire, 12, 1);
    const created = await wire.finish('/volumes', { body });
    expect(created.status, created.text).toBe(200);
    expect(created.json().bricks).toHaveLength(bricks);
    const records = await app.database.read.bricks.listByVolume(created.json().id as string);
    expect(new Set(records.map(({ nodeId }) => nodeId)).size).toBe(bricks);
  });

  it('has an arbiter brick of the size for its files, in the third place', async () => {
    const { wire, app } = await startManager();
    await loadNodes(wire, 3, 1);
    const volume = (
      await wire.finish('/volumes', {
        body: replica3(100, { glustervolumeoptions: ['user.heketi.arbiter true'] }),
      })
    ).json();
    const bricks = await app.database.read.bricks.listByVolume(volume.id as string);
    expect(bricks.map(({ kind, sizeKib }) => [kind, sizeKib])).toEqual([
      ['data', 104857600],
      ['data', 104857600],
      ['arbiter', 1638400],
    ]);
  });

  it('is refused with the reason of each device, the largest size that fits, and what would help', async () => {
    const { wire } = await startManager();
    await loadNodes(wire, 2, 1);
    const refused = await wire.send('/volumes', { body: replica3(100) });
    expect(refused.status).toBe(500);
    expect(refused.text).toMatch(/^Failed to allocate new volume: /);
    expect(refused.text).not.toMatch(/no space/i);
    expect(refused.text).toMatch(/3 .*nodes?.*2/i);
    const problem = await wire.send('/volumes', {
      body: replica3(100),
      headers: { accept: 'application/json' },
    });
    expect(problem.headers.get('content-type')).toContain('application/problem+json');
    expect(problem.json()).toMatchObject({
      code: 'placement.no_room',
      details: { devices: expect.any(Array), suggestions: expect.any(Array) },
    });
  });

  it('that cannot be made says at /queue which node refused what, also as a problem document', async () => {
    const { wire, simulation, app } = await startManager();
    await loadNodes(wire, 3, 1);
    simulation.addFault({
      argv: ['mkfs.xfs'],
      times: 'always',
      effect: { kind: 'fail', exitCode: 1, stderr: 'no such luck' },
    });
    const accepted = await wire.send('/volumes', { body: replica3(1) });
    const queue = accepted.headers.get('location') ?? '';
    await app.engine.whenEnded(queue.replace('/queue/', ''));
    const failed = await wire.send(queue, { headers: { accept: 'application/json' } });
    expect(failed.status).toBe(500);
    expect(failed.json()).toMatchObject({ code: 'node.command_failed', status: 500 });
    expect(failed.json().detail).toContain('no such luck');
    expect((await wire.send(queue)).text).toContain('no such luck');
  });

  it('says "No space" first when bytes are short', async () => {
    const { wire } = await startManager();
    await loadNodes(wire, 3, 1);
    expect((await wire.send('/volumes', { body: replica3(600) })).text).toMatch(
      /^Failed to allocate new volume: No space/,
    );
  });

  it('keeps its name to itself within a cluster', async () => {
    const { wire } = await startManager();
    await loadNodes(wire, 3, 1);
    await wire.finish('/volumes', { body: replica3(1, { name: 'mine' }) });
    const second = await wire.send('/volumes', { body: replica3(1, { name: 'mine' }) });
    expect([second.status, second.text]).toEqual([
      500,
      "Failed to allocate new volume: Volume name 'mine' already in use\n",
    ]);
  });

  it('is made once however often the same Idempotency-Key is sent', async () => {
    const { wire } = await startManager();
    await loadNodes(wire, 3, 1);
    const headers = { 'idempotency-key': 'claim-1' };
    const answers = await Promise.all(
      [1, 2, 3].map(() => wire.send('/volumes', { body: replica3(1), headers })),
    );
    expect(new Set(answers.map((answer) => answer.headers.get('location'))).size).toBe(1);
    const other = await wire.send('/volumes', { body: replica3(2), headers });
    expect([other.status, other.text]).toEqual([
      422,
      expect.stringContaining('used before with another request'),
    ]);
    await wire.finish('/volumes', { body: replica3(1), headers });
    expect((await wire.send('/volumes')).json().volumes).toHaveLength(1);
  });

  it('is made after all under the key of a creation that failed and was undone', async () => {
    const { wire, simulation } = await startManager();
    await loadNodes(wire, 3, 1);
    const headers = { 'idempotency-key': 'claim-1' };
    simulation.addFault({ argv: ['mkfs.xfs'], times: 'always', effect: { kind: 'fail' } });
    expect((await wire.finish('/volumes', { body: replica3(1), headers })).status).toBe(500);
    simulation.clearFaults();
    const made = await wire.finish('/volumes', { body: replica3(2), headers });
    expect([made.status, made.json().size]).toEqual([200, 2]);
  });

  it('is found by its name, however far it got', async () => {
    const { wire, simulation } = await startManager();
    const { clusterId } = await loadNodes(wire, 3, 1);
    const named = async () => (await wire.send('/volumes/named/the_data')).json();
    expect(await named()).toEqual({ volumes: [] });
    simulation.setLatency({ perBatchMs: 200 });
    const accepted = await wire.send('/volumes', { body: replica3(1, { name: 'the_data' }) });
    const operation = accepted.headers.get('location')?.split('/').at(-1);
    expect(await named()).toEqual({
      volumes: [{ id: expect.any(String), cluster: clusterId, phase: 'creating', operation }],
    });
    const { id } = (await wire.follow(accepted)).json();
    expect(await named()).toEqual({ volumes: [{ id, cluster: clusterId, phase: 'ready' }] });
  });

  it('of which another operation is under way is not grown or deleted meanwhile', async () => {
    const { wire, simulation } = await startManager();
    await loadNodes(wire, 3, 1);
    const { id } = (await wire.finish('/volumes', { body: replica3(1) })).json();
    simulation.setLatency({ perBatchMs: 500 });
    const growing = await wire.send(`/volumes/${id}/expand`, { body: { expand_size: 1 } });
    expect((await wire.send(`/volumes/${id}`, { method: 'DELETE' })).text).toContain(
      'Failed to set up volume delete: The target exists, contains other items, or is in use.',
    );
    expect((await wire.follow(growing)).json().size).toBe(2);
  });

  it('can be planned without being made', async () => {
    const { wire } = await startManager();
    await loadNodes(wire, 4, 2);
    const plan = (await wire.send('/volumes/plan', { body: replica3(10) })).json();
    expect(plan).toMatchObject({ possible: true, brick_size_kib: 10485760 });
    expect(plan.sets[0].map((brick: { zone: number }) => brick.zone).sort()).toEqual([1, 2, 3]);
    expect((await wire.send('/volumes')).json().volumes).toEqual([]);
    const refused = (await wire.send('/volumes/plan', { body: replica3(1_000_000) })).json();
    expect(refused).toMatchObject({
      possible: false,
      refusals: [{ suggestions: expect.any(Array), devices: expect.any(Array) }],
    });
    expect(refused.refusals[0].largest_size_gib).toBeGreaterThan(0);
    expect((await wire.send('/volumes/plan', { body: { sizee: 1 } })).status).toBe(400);
  });
});

describe('two hundred volumes asked for at once', () => {
  it('are all made, without a refusal, and in the order of arrival', async () => {
    const { wire } = await startManager();
    await loadNodes(wire, 6, 2);
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => wire.finish('/volumes', { body: replica3(1) })),
    );
    expect(answers.filter(({ status }) => status !== 200).map(({ text }) => text)).toEqual([]);
    expect((await wire.send('/volumes')).json().volumes).toHaveLength(200);
  });
});
