import { describe, expect, it } from 'vitest';
import { Simulation } from '../../src/executors/simulated/simulated-executor.ts';
import { loadNodes, type ManagerOptions, replica3, startManager } from '../support/manager.ts';

const autoCreate = (sizeGib = 100) => ({
  env: {
    MORTAR_VOLUMES_BLOCK_HOSTING_AUTO_CREATE: 'true',
    MORTAR_VOLUMES_BLOCK_HOSTING_SIZE_GIB: String(sizeGib),
  },
});

async function withHosting(sizeGib = 100, nodes = 3, options: ManagerOptions = {}) {
  const manager = await startManager(options);
  const topology = await loadNodes(manager.wire, nodes, 2);
  const hosting = (
    await manager.wire.finish('/volumes', { body: replica3(sizeGib, { block: true }) })
  ).json();
  return { ...manager, ...topology, hosting };
}

describe('a block volume', () => {
  it('is created, shown, listed, grown and deleted over the wire', async () => {
    const { wire, clusterId, hosting } = await withHosting();
    expect(hosting).toMatchObject({ block: true, blockinfo: { freesize: 98, reservedsize: 2 } });
    const created = await wire.finish('/blockvolumes', { body: { size: 10, name: '' } });
    expect(created.status, created.text).toBe(200);
    const block = created.json();
    expect(Object.keys(block)).toEqual([
      'size',
      'name',
      'hacount',
      'id',
      'blockvolume',
      'cluster',
      'blockhostingvolume',
      'usablesize',
    ]);
    expect(block).toMatchObject({
      size: 10,
      name: `blockvol_${block.id}`,
      hacount: 3,
      cluster: clusterId,
      blockhostingvolume: hosting.id,
      usablesize: 10,
      blockvolume: { lun: 0, username: '', password: '' },
    });
    expect(block.blockvolume.iqn).toMatch(/^iqn\.2016-12\.org\.gluster-block:/);
    expect(new Set(block.blockvolume.hosts)).toEqual(new Set(['192.0.2.1', '192.0.2.2', '192.0.2.3']));
    expect((await wire.send('/blockvolumes')).json()).toEqual({ blockvolumes: [block.id] });
    expect((await wire.send(`/clusters/${clusterId}`)).json().blockvolumes).toEqual([block.id]);
    const host = async () => (await wire.send(`/volumes/${hosting.id}`)).json().blockinfo;
    expect(await host()).toEqual({ freesize: 88, reservedsize: 2, blockvolume: [block.id] });

    const grown = await wire.finish(`/blockvolumes/${block.id}/expand`, { body: { new_size: 25 } });
    expect(grown.json()).toMatchObject({ size: 25, usablesize: 25 });
    expect(await host()).toMatchObject({ freesize: 73 });

    expect((await wire.finish(`/blockvolumes/${block.id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await wire.send(`/blockvolumes/${block.id}`)).text).toBe('Id not found\n');
    expect(await host()).toEqual({ freesize: 98, reservedsize: 2 });
  });

  it('can be protected with a password, which is in no database and no event', async () => {
    const manager = await withHosting();
    const { wire, app } = manager;
    const events: unknown[] = [];
    app.engine.events.subscribe('*', (event) => events.push(event));
    const block = (await wire.finish('/blockvolumes', { body: { size: 1, auth: true } })).json();
    const { username, password } = block.blockvolume;
    expect(username).not.toBe('');
    expect(password).not.toBe('');
    expect(JSON.stringify(events)).not.toContain(password);
    const steps = await app.database.read.steps.listByOperation(
      (await app.database.read.operations.listRecent(1))[0]?.id ?? '',
    );
    expect(JSON.stringify(steps)).not.toContain(password);
    const next = await manager.restart();
    expect((await next.wire.send(`/blockvolumes/${block.id}`)).json().blockvolume).toMatchObject({
      username,
      password,
    });
  });

  it('is exported by so many hosts as are asked for, and never by one whose gluster is down', async () => {
    const { wire, simulation } = await withHosting(100, 4);
    simulation.act('node2', ['systemctl', 'stop', 'gluster-blockd']);
    for (let round = 0; round < 4; round += 1) {
      const block = (await wire.finish('/blockvolumes', { body: { size: 1, hacount: 2 } })).json();
      expect(block.hacount).toBe(2);
      expect(block.blockvolume.hosts).toHaveLength(2);
      expect(block.blockvolume.hosts).not.toContain('192.0.2.2');
    }
    const refused = await wire.finish('/blockvolumes', { body: { size: 1, hacount: 4 } });
    expect([refused.status, refused.text]).toEqual([
      500,
      expect.stringMatching(/^insufficient block hosts online\n192\.0\.2\.2: gluster-blockd does not run/),
    ]);
  });

  it('is exported by a node that came later, and keeps its own hosts when another node goes', async () => {
    const { wire, clusterId } = await withHosting();
    const create = async (hacount: number) =>
      (await wire.finish('/blockvolumes', { body: { size: 1, hacount } })).json();
    const before = await create(2);
    // An address that begins like another's.
    const late = await wire.finish('/nodes', {
      body: { zone: 1, cluster: clusterId, hostnames: { manage: ['node11'], storage: ['192.0.2.11'] } },
    });
    expect(late.status, late.text).toBe(200);
    expect((await create(4)).blockvolume.hosts).toContain('192.0.2.11');
    const [last] = (await wire.send('/blockvolumes'))
      .json()
      .blockvolumes.filter((id: string) => id !== before.id);
    expect((await wire.finish(`/blockvolumes/${last}`, { method: 'DELETE' })).status).toBe(204);
    const removed = await wire.finish(`/nodes/${late.json().id}`, { method: 'DELETE' });
    expect(removed.status, removed.text).toBe(204);
    const after = (await wire.send(`/blockvolumes/${before.id}`)).json();
    expect(after.blockvolume.hosts).toEqual(before.blockvolume.hosts);
  });

  it('asks for more hosts than there are and gets all of them', async () => {
    const { wire } = await withHosting();
    expect((await wire.finish('/blockvolumes', { body: { size: 1, hacount: 7 } })).json().hacount).toBe(3);
  });

  it('is refused in one sentence when a node lacks gluster-block, and leaves nothing', async () => {
    const simulation = new Simulation({
      description: {
        nodes: [{ host: 'node3', storageHosts: ['192.0.2.3'], missingTools: ['gluster-block'] }],
      },
    });
    const { wire, hosting } = await withHosting(100, 3, { simulation });
    const refused = await wire.finish('/blockvolumes', { body: { size: 1 } });
    expect([refused.status, refused.text]).toEqual([
      500,
      expect.stringMatching(/^192\.0\.2\.3: gluster-block not found; install gluster-block .*\n$/),
    ]);
    expect((await wire.send('/blockvolumes')).json()).toEqual({ blockvolumes: [] });
    expect((await wire.send(`/volumes/${hosting.id}`)).json().blockinfo.freesize).toBe(98);
  });

  it('never takes the place of one that Mortar did not make', async () => {
    const { wire, simulation, hosting } = await withHosting();
    const path = `${hosting.name}/mine`;
    const byHand = ['gluster-block', 'create', path, 'ha', '1', 'auth', 'disable', 'prealloc', 'no'];
    simulation.act('node1', [...byHand, '192.0.2.1', '1GiB', '--json']);
    const refused = await wire.finish('/blockvolumes', { body: { size: 1, name: 'mine' } });
    expect([refused.status, refused.text]).toEqual([500, expect.stringContaining('did not make')]);
    const gone = await wire.finish(`/volumes/${hosting.id}`, { method: 'DELETE' });
    expect([gone.status, gone.text]).toEqual([500, expect.stringContaining('does not know (mine)')]);
    const listed = simulation.act('node1', ['gluster-block', 'list', hosting.name, '--json']);
    expect(JSON.parse(listed.stdout).blocks).toEqual(['mine']);
  });

  it('keeps its hosting volume from being deleted', async () => {
    const { wire, hosting } = await withHosting();
    await wire.finish('/blockvolumes', { body: { size: 1 } });
    const refused = await wire.send(`/volumes/${hosting.id}`, { method: 'DELETE' });
    expect([refused.status, refused.text]).toEqual([
      409,
      'Cannot delete a block hosting volume containing block volumes\n',
    ]);
  });

  it('that cannot be deleted because a host is away is shown again', async () => {
    const { wire, simulation } = await withHosting();
    const { id } = (await wire.finish('/blockvolumes', { body: { size: 1 } })).json();
    simulation.act('node2', ['systemctl', 'stop', 'gluster-blockd']);
    const refused = await wire.finish(`/blockvolumes/${id}`, { method: 'DELETE' });
    expect([refused.status, refused.text]).toEqual([500, expect.stringContaining('192.0.2.2')]);
    expect((await wire.send(`/blockvolumes/${id}`)).status).toBe(200);
    simulation.act('node2', ['systemctl', 'start', 'gluster-blockd']);
    expect((await wire.finish(`/blockvolumes/${id}`, { method: 'DELETE' })).status).toBe(204);
  });

  it('that one host does not follow in growing shows what can be used, and is grown again', async () => {
    const { wire, simulation } = await withHosting();
    const { id } = (await wire.finish('/blockvolumes', { body: { size: 5 } })).json();
    simulation.act('node2', ['systemctl', 'stop', 'gluster-blockd']);
    const half = await wire.finish(`/blockvolumes/${id}/expand`, { body: { new_size: 9 } });
    expect(half.json()).toMatchObject({ size: 9, usablesize: 5 });
    simulation.act('node2', ['systemctl', 'start', 'gluster-blockd']);
    const whole = await wire.finish(`/blockvolumes/${id}/expand`, { body: { new_size: 9 } });
    expect(whole.json()).toMatchObject({ size: 9, usablesize: 9 });
  });

  it.each([
    [10, 'Requested new-size 10 is same as current block volume size 10, nothing to be done.\n'],
    [3, 'Requested new-size 3 is less than current block volume size 10, shrinking is not allowed.\n'],
  ])('of 10 GiB is not grown to %i', async (newSize, words) => {
    const { wire } = await withHosting();
    const { id } = (await wire.finish('/blockvolumes', { body: { size: 10 } })).json();
    const refused = await wire.send(`/blockvolumes/${id}/expand`, { body: { new_size: newSize } });
    expect([refused.status, refused.text]).toEqual([
      500,
      `Failed to allocate block volume expansion: ${words}`,
    ]);
  });

  it('grows no further than its hosting volume has room', async () => {
    const { wire } = await withHosting();
    const { id } = (await wire.finish('/blockvolumes', { body: { size: 10 } })).json();
    const refused = await wire.send(`/blockvolumes/${id}/expand`, { body: { new_size: 99 } });
    expect([refused.status, refused.text]).toEqual([
      500,
      expect.stringMatching(/^Failed to allocate block volume expansion: No space\n.*at most 98 GiB/),
    ]);
  });

  it.each([
    ['without a size', {}, 'validation failed: size: cannot be blank.\n'],
    ['of no size', { size: 0 }, 'validation failed: size: cannot be blank.\n'],
    ['of less than nothing', { size: -1 }, 'validation failed: size: must be no less than 1.\n'],
    ['of a bad name', { size: 1, name: 'a/b' }, 'validation failed: name: must be in a valid format.\n'],
    [
      'with fewer hosts than none',
      { size: 1, hacount: -1 },
      'validation failed: hacount: must be no less than 0.\n',
    ],
    ['in an unknown cluster', { size: 1, clusters: ['abc'] }, 'Cluster id abc not found\n'],
  ])('%s is refused', async (_name, body, words) => {
    const { wire } = await withHosting();
    const refused = await wire.send('/blockvolumes', { body });
    expect([refused.status, refused.text]).toEqual([400, words]);
  });
});

describe('hosting volumes', () => {
  it('are not made for block volumes unless that is configured', async () => {
    const { wire } = await startManager();
    await loadNodes(wire, 3, 1);
    const refused = await wire.send('/blockvolumes', { body: { size: 1 } });
    expect([refused.status, refused.text]).toEqual([
      500,
      'Failed to allocate new block volume: Block Hosting Volume Creation is disabled. Create a Block hosting volume and try again.\n',
    ]);
  });

  it('are made for the first block volume, and filled by the next', async () => {
    const { wire } = await startManager(autoCreate());
    await loadNodes(wire, 3, 1);
    const first = (await wire.finish('/blockvolumes', { body: { size: 60 } })).json();
    const second = (await wire.finish('/blockvolumes', { body: { size: 30 } })).json();
    expect(second.blockhostingvolume).toBe(first.blockhostingvolume);
    const hosting = (await wire.send(`/volumes/${first.blockhostingvolume}`)).json();
    expect(hosting).toMatchObject({
      size: 100,
      block: true,
      durability: { type: 'replicate', replicate: { replica: 3 } },
      blockinfo: {
        freesize: 8,
        reservedsize: 2,
        blockvolume: [first.id as string, second.id as string].sort(),
      },
    });
    const third = (await wire.finish('/blockvolumes', { body: { size: 30 } })).json();
    expect(third.blockhostingvolume).not.toBe(first.blockhostingvolume);
  });

  it('are undone with the block volume that they were made for', async () => {
    const { wire, simulation, app } = await startManager(autoCreate());
    await loadNodes(wire, 3, 1);
    simulation.addFault({
      argv: ['gluster-block', 'create'],
      times: 'always',
      effect: {
        kind: 'fail',
        exitCode: 255,
        stdout: '{"RESULT":"FAIL","errCode":255,"errMsg":"no such luck"}',
      },
    });
    const refused = await wire.finish('/blockvolumes', { body: { size: 1 } });
    expect([refused.status, refused.text]).toEqual([500, expect.stringContaining('no such luck')]);
    expect((await wire.send('/volumes')).json()).toEqual({ volumes: [] });
    expect(await app.database.read.bricks.listAll()).toEqual([]);
  });

  it('are not made too small for what is asked', async () => {
    const { wire } = await startManager(autoCreate());
    await loadNodes(wire, 3, 1);
    expect((await wire.send('/blockvolumes', { body: { size: 99 } })).text).toBe(
      'Failed to allocate new block volume: The size configured for automatic creation of block hosting volumes (100) is too small to host the requested block volume of size 99. The available size on this block hosting volume, minus overhead, is 98. Please create a sufficiently large block hosting volume manually.\n',
    );
  });

  it('are made one at a time: who needs another meanwhile is told to come again', async () => {
    const { wire, simulation } = await startManager(autoCreate());
    await loadNodes(wire, 3, 1);
    simulation.setLatency({ perBatchMs: 300 });
    const first = await wire.send('/blockvolumes', { body: { size: 1 } });
    const second = await wire.send('/blockvolumes', { body: { size: 1 } });
    expect([second.status, second.text]).toEqual([429, 'Server busy. Retry operation later.\n']);
    expect((await wire.follow(first)).status).toBe(200);
  });

  it('keep back what the contract says when they grow', async () => {
    const { wire, hosting } = await withHosting(10);
    expect(hosting.blockinfo).toEqual({ freesize: 9, reservedsize: 1 });
    const grown = (await wire.finish(`/volumes/${hosting.id}/expand`, { body: { expand_size: 1 } })).json();
    expect(grown.blockinfo).toEqual({ freesize: 9, reservedsize: 2 });
  });

  it('take no new block volumes while they are locked', async () => {
    const { wire, hosting } = await withHosting();
    const restrict = async (restriction: string) =>
      wire.finish(`/volumes/${hosting.id}/block-restriction`, { body: { restriction } });
    expect((await restrict('locked')).json().blockinfo.restriction).toBe('locked');
    expect((await wire.send('/blockvolumes', { body: { size: 1 } })).status).toBe(500);
    expect((await restrict('')).json().blockinfo).toEqual({ freesize: 98, reservedsize: 2 });
    expect((await wire.finish('/blockvolumes', { body: { size: 1 } })).status).toBe(200);
    const bad = await wire.send(`/volumes/${hosting.id}/block-restriction`, { body: { restriction: 'x' } });
    expect([bad.status, bad.text]).toEqual([400, 'validation failed: restriction: must be a valid value.\n']);
    const plain = (await wire.finish('/volumes', { body: replica3(1) })).json();
    const refused = await wire.send(`/volumes/${plain.id}/block-restriction`, { body: {} });
    expect([refused.status, refused.text]).toEqual([
      500,
      'Failed to set block restriction: Block restrictions can only be set on block hosting volumes\n',
    ]);
  });

  it('are refused in a cluster that does not allow them', async () => {
    const { wire } = await startManager(autoCreate());
    const { clusterId } = await loadNodes(wire, 3, 1);
    await wire.send(`/clusters/${clusterId}/flags`, { body: { file: true, block: false } });
    expect((await wire.send('/blockvolumes', { body: { size: 1 } })).text).toBe(
      'Failed to allocate new block volume: Cluster does not support requested volume type\n',
    );
  });
});
