import { describe, expect, it } from 'vitest';
import { loadNodes, replica3, startManager, type TestManager } from '../support/manager.ts';
import { differences, quietly } from '../support/scenarios.ts';

const gib = 1024 * 1024;

const scene = async (env: Readonly<Record<string, string>> = {}, devices = 1): Promise<TestManager> => {
  const manager = await startManager({ ...quietly, env: { ...quietly.env, ...env } });
  await loadNodes(manager.wire, 3, devices);
  return manager;
};

const create = async ({ wire }: TestManager, body: object) => {
  const created = await wire.finish('/volumes', { body });
  expect(created.status, created.text).toBe(200);
  return created.json();
};

const expand = ({ wire }: TestManager, id: string, body: object) =>
  wire.finish(`/volumes/${id}/expand`, { body });

/** What LVM says of the volumes of a node, by name. */
function volumesOf({ simulation }: TestManager, host: string): Map<string, { kib: number; tags: string }> {
  const fields = 'lv_name,lv_size,lv_tags';
  const { stdout } = simulation.act(host, [
    'lvm',
    'lvs',
    '-a',
    '--noheadings',
    '--nosuffix',
    '--units',
    'k',
    '--separator',
    ';',
    '-o',
    fields,
  ]);
  const rows = stdout.trim().split('\n');
  return new Map(
    rows.map((row) => {
      const [name = '', kib = '', tags = ''] = row.trim().split(';');
      return [name, { kib: Number(kib), tags }];
    }),
  );
}

describe('a volume that grows in place', () => {
  it('has the same bricks, larger, and its room is taken exactly', async () => {
    const manager = await scene();
    const { wire } = manager;
    const volume = await create(manager, replica3(100));
    const grown = await expand(manager, volume.id as string, { expand_size: 50, in_place: true });
    expect(grown.status, grown.text).toBe(200);
    expect(grown.json()).toMatchObject({ size: 150 });
    const idsOf = (bricks: { id: string }[]): string[] => bricks.map(({ id }) => id);
    expect(idsOf(grown.json().bricks)).toEqual(idsOf(volume.bricks));
    for (const { size } of grown.json().bricks) expect(size).toBe(150 * gib);
    expect(await differences(manager)).toEqual([]);

    const brickId = volume.bricks[0].id as string;
    const brick = await manager.app.database.read.bricks.find(brickId);
    const node = await manager.app.database.read.nodes.find(brick?.nodeId ?? '');
    const host = node?.manageNames[0] ?? '';
    const present = volumesOf(manager, host);
    expect(present.get(`brick_${brickId}`)?.kib).toBe(150 * gib);
    expect(present.get(`tp_${brickId}`)).toMatchObject({
      kib: brick?.poolKib,
      tags: expect.stringContaining(`mortar.size=${150 * gib}`),
    });
    expect(present.get(`tp_${brickId}`)?.tags).not.toContain('growing');
    expect(present.get(`[tp_${brickId}_tmeta]`)?.kib).toBe(brick?.metadataKib);
    expect(present.has('[lvol0_pmspare]')).toBe(false);
    const again = manager.simulation.act(host, [
      'xfs_growfs',
      `/var/lib/heketi/mounts/vg_${brick?.deviceId}/brick_${brickId}`,
    ]);
    expect(again.stdout).not.toContain('data blocks changed');
    expect(again.stdout).toContain(`blocks=${(150 * gib) / 4}`);

    expect((await wire.finish(`/volumes/${volume.id}`, { method: 'DELETE' })).status).toBe(204);
    const shown = await wire.send(`/nodes/${brick?.nodeId}`);
    expect(shown.json().devices[0].storage.used).toBe(0);
  });

  it('can be grown once more, by bricks and then in place: every set gets its share', async () => {
    const manager = await scene();
    const { id } = await create(manager, replica3(20));
    await expand(manager, id as string, { expand_size: 10, in_place: false });
    const grown = (await expand(manager, id as string, { expand_size: 30, in_place: true })).json();
    expect(grown.size).toBe(60);
    const sizes = grown.bricks.map(({ size }: { size: number }) => size / gib).sort();
    expect(sizes).toEqual([20, 20, 20, 40, 40, 40]);
    expect(await differences(manager)).toEqual([]);
  });

  it.each([
    ['disperse 2+1', { size: 20, durability: { type: 'disperse', disperse: { data: 2, redundancy: 1 } } }],
    ['an arbiter', replica3(20, { glustervolumeoptions: ['user.heketi.arbiter true'] })],
    ['room for snapshots', replica3(20, { snapshot: { enable: true, factor: 1.5 } })],
    ['no copies', { size: 20 }],
  ])('with %s agrees with its nodes afterwards', async (_name, body) => {
    const manager = await scene();
    const { id, bricks } = await create(manager, body);
    const grown = await expand(manager, id as string, { expand_size: 20, in_place: true });
    expect(grown.status, grown.text).toBe(200);
    expect(grown.json().bricks).toHaveLength(bricks.length);
    expect(await differences(manager)).toEqual([]);
  });

  it('is replaced, brick by brick, by bricks of the new size', async () => {
    const manager = await scene({}, 2);
    const volume = await create(manager, replica3(10));
    const id = volume.id as string;
    await expand(manager, id, { expand_size: 10, in_place: true });
    const moved = await manager.wire.finish(`/bricks/to-evict/${volume.bricks[0].id}`, { method: 'POST' });
    expect(moved.status, moved.text).toBeLessThan(400);
    const after = (await manager.wire.send(`/volumes/${id}`)).json();
    for (const { size } of after.bricks) expect(size).toBe(20 * gib);
    expect(await differences(manager)).toEqual([]);
  });

  it('that hosts block volumes has room for more of them', async () => {
    const manager = await scene();
    const hosting = await create(manager, replica3(100, { block: true }));
    const grown = (await expand(manager, hosting.id as string, { expand_size: 100, in_place: true })).json();
    expect(grown.blockinfo).toMatchObject({ freesize: 196, reservedsize: 4 });
  });
});

describe('which way a volume grows', () => {
  it('is by more bricks, unless the request or the configuration says otherwise', async () => {
    const plain = await scene();
    const { id } = await create(plain, replica3(10));
    expect((await expand(plain, id as string, { expand_size: 10 })).json().bricks).toHaveLength(6);

    const configured = await scene({ MORTAR_VOLUMES_EXPAND: 'in-place' });
    const other = await create(configured, replica3(10));
    expect((await expand(configured, other.id as string, { expand_size: 10 })).json().bricks).toHaveLength(3);
    const more = await expand(configured, other.id as string, { expand_size: 10, in_place: false });
    expect(more.json().bricks).toHaveLength(6);
  });

  it('is told by the plan, with the new sizes', async () => {
    const { wire, ...manager } = await scene({ MORTAR_VOLUMES_EXPAND: 'auto' });
    const { id } = await create({ ...manager, wire }, replica3(10));
    const plan = async (body: object) =>
      (await wire.send('/volumes/plan', { body: { volume: id, expand_size: 10, ...body } })).json();
    const inPlace = await plan({});
    expect(inPlace).toMatchObject({ possible: true, way: 'in-place', brick_size_kib: 20 * gib });
    expect(inPlace.sets).toHaveLength(1);
    expect(inPlace.sets[0][0].size_kib).toBe(20 * gib);
    expect(await plan({ in_place: false })).toMatchObject({ way: 'add-bricks', brick_size_kib: 10 * gib });
    expect(await plan({ in_place: true, expand_size: 5000 })).toMatchObject({ possible: false });
    const wrong = await wire.send('/volumes/plan', { body: { size: 10, in_place: true } });
    expect([wrong.status, wrong.text]).toEqual([400, expect.stringContaining('in_place')]);
  });

  it('is refused in place when a device lacks the room, with the device and the room', async () => {
    const manager = await scene();
    const { id } = await create(manager, replica3(10));
    const refused = await manager.wire.send(`/volumes/${id}/expand`, {
      body: { expand_size: 3000, in_place: true },
    });
    expect(refused.status).toBe(500);
    expect(refused.text).toMatch(
      /^Failed to allocate volume expansion: The bricks cannot grow where they are:/,
    );
    expect(refused.text).toMatch(/node1 \/dev\/sdb has .* GiB free; more than .* GiB are needed/);
  });

  it('is by more bricks under "auto" when a clone lives in its pools', async () => {
    const manager = await scene({ MORTAR_VOLUMES_EXPAND: 'auto' });
    const { id } = await create(manager, replica3(10));
    await manager.wire.finish(`/volumes/${id}/clone`, { body: { name: 'twin' } });
    expect((await expand(manager, id as string, { expand_size: 10 })).json().bricks).toHaveLength(6);
  });

  it('is by more bricks under "auto" when the look at the nodes finds something against it', async () => {
    const manager = await scene({ MORTAR_VOLUMES_EXPAND: 'auto' });
    const { id } = await create(manager, replica3(10, { snapshot: { enable: true, factor: 1.5 } }));
    await manager.wire.finish(`/volumes/${id}/snapshots`, { body: { name: 'one' } });
    const grown = await expand(manager, id as string, { expand_size: 10 });
    expect(grown.status, grown.text).toBe(200);
    expect(grown.json()).toMatchObject({ size: 20 });
    const sizes = grown.json().bricks.map(({ size }: { size: number }) => size / gib);
    expect(sizes).toEqual([10, 10, 10, 10, 10, 10]);
    expect(await differences(manager)).toEqual([]);
  });

  it.each([
    [
      'somebody else has taken the room of a volume group',
      (group: string) => ['lvm', 'lvcreate', '-qq', '-n', 'theirs', '-l', '100%FREE', group],
      /has 0 KiB free, .* are needed/,
    ],
    [
      'a volume group has a spare for pool metadata',
      (group: string) => [
        'lvm',
        'lvcreate',
        '-qq',
        '--poolmetadatasize',
        '200M',
        '--size',
        '1G',
        '--thin',
        `${group}/theirs`,
        '--virtualsize',
        '1G',
        '--name',
        'thin',
      ],
      /has a spare for pool metadata/,
    ],
  ])('leaves everything as it was when %s', async (_name, disturb, words) => {
    const manager = await scene();
    const volume = await create(manager, replica3(10));
    const brick = await manager.app.database.read.bricks.find(volume.bricks[0].id as string);
    const node = await manager.app.database.read.nodes.find(brick?.nodeId ?? '');
    const host = node?.manageNames[0] ?? '';
    const disturbed = manager.simulation.act(host, disturb(`vg_${brick?.deviceId}`));
    expect(disturbed.exitCode, disturbed.stderr).toBe(0);
    const before = volumesOf(manager, host);
    const refused = await expand(manager, volume.id as string, { expand_size: 10, in_place: true });
    expect(refused.status).toBe(500);
    expect(refused.text).toMatch(words);
    expect(volumesOf(manager, host)).toEqual(before);
    expect((await manager.wire.send(`/volumes/${volume.id}`)).json()).toEqual(volume);
    const record = await manager.app.database.read.bricks.find(volume.bricks[0].id as string);
    expect(record).toEqual(brick);
  });
});
