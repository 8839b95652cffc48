import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClientMount } from './client-mount.ts';
import { Scene } from './scene.ts';
import type { NodeSnapshot } from './snapshot.ts';

const nodes = Number(process.env.MORTAR_LAB_NODES ?? 4);
// Clients wait this long for a dead brick before they go on without it; gluster's default is 42 s.
const impatient = ['network.ping-timeout 5'];

const replicate = (replica: number, options: string[] = []) => ({
  durability: { type: 'replicate', replicate: { replica } },
  glustervolumeoptions: [...impatient, ...options],
});

interface Trial {
  readonly name: string;
  readonly body: object;
  readonly bricks: number;
  /** The loss of one brick's node. */
  readonly survives: boolean;
  /** Before it grows; 2 unless it says so. */
  readonly sizeGib?: number;
}

const durabilities: readonly Trial[] = [
  { name: 'none', body: { glustervolumeoptions: impatient }, bricks: 1, survives: false },
  // Two copies without a third opinion: the loss of the first would make it read-only.
  { name: 'replica 2', body: replicate(2, ['cluster.quorum-type none']), bricks: 2, survives: true },
  { name: 'replica 3', body: replicate(3), bricks: 3, survives: true },
  { name: 'arbiter', body: replicate(3, ['user.heketi.arbiter true']), bricks: 3, survives: true },
  {
    name: 'disperse 2+1',
    body: {
      durability: { type: 'disperse', disperse: { data: 2, redundancy: 1 } },
      glustervolumeoptions: impatient,
    },
    bricks: 3,
    survives: true,
  },
  ...(nodes >= 6
    ? [
        {
          name: 'disperse 4+2',
          body: {
            durability: { type: 'disperse', disperse: { data: 4, redundancy: 2 } },
            glustervolumeoptions: impatient,
          },
          bricks: 6,
          survives: true,
          // No brick is smaller than 1 GiB.
          sizeGib: 4,
        },
      ]
    : []),
];

describe('volumes on real nodes', () => {
  let scene: Scene;
  let blank: NodeSnapshot[];
  let loaded: NodeSnapshot[];

  beforeAll(async () => {
    scene = await Scene.open();
    blank = await scene.pictures();
  });

  afterAll(() => scene?.close());

  const isHealed = async (id: string): Promise<boolean> => {
    const { status, text } = await scene.mortar.wire.send(`/volumes/${id}/heal-info`);
    return status === 200 && (JSON.parse(text) as { healed: boolean }).healed;
  };

  it('topology load makes peers of the nodes and volume groups of their disks', async () => {
    const output = await scene.loadTopology();
    expect(output.match(/Adding device .* \.\.\. OK/g)).toHaveLength(nodes * 2);
    expect(await scene.differences()).toEqual([]);
    loaded = await scene.pictures();
  });

  it('topology load a second time finds everything there', async () => {
    const output = await scene.loadTopology();
    expect(output).not.toContain('...');
    expect(output.match(/Found device/g)).toHaveLength(nodes * 2);
  });

  it.each(durabilities)(
    '$name: created, used from afar with a node cut off, grown, deleted without a trace',
    async ({ body, bricks, survives, sizeGib = 2 }: Trial) => {
      const { wire } = scene.mortar;
      const created = await wire.finish('/volumes', { body: { size: sizeGib, ...body } });
      expect(created.status, created.text).toBe(200);
      const volume = created.json();
      expect(volume.bricks).toHaveLength(bricks);
      expect(await scene.differences()).toEqual([]);

      const info = await scene.lab.ssh(1, ['gluster', 'volume', 'info', volume.name]);
      const brickNodes = [...info.stdout.matchAll(/^Brick\d+: (\S+)/gm)].map(([, brick]) =>
        scene.nodeOf(brick ?? ''),
      );
      const stranger =
        scene.lab.nodes.find(({ index }) => !brickNodes.includes(index))?.index ?? brickNodes.at(-1) ?? 1;
      const mount = await ClientMount.open(scene.lab, stranger, volume);
      await mount.write('before', 'written before');
      expect(await mount.read('before')).toBe('written before');

      if (survives) {
        const victim = brickNodes.find((node) => node !== stranger) ?? 1;
        await scene.lab.kill(victim);
        expect(await mount.read('before')).toBe('written before');
        await mount.write('during', 'written while a node was away');
        expect(await mount.read('during')).toBe('written while a node was away');
        await scene.lab.start(victim);
        await scene.lab.waitReady(victim);
        // docs/limitations.md: a volume is let heal before it grows.
        await expect.poll(() => isHealed(volume.id), { timeout: 300_000, interval: 2000 }).toBe(true);
      }

      const sizeBefore = await mount.sizeKib();
      const grown = await wire.finish(`/volumes/${volume.id}/expand`, { body: { expand_size: sizeGib } });
      expect(grown.status, grown.text).toBe(200);
      expect(grown.json()).toMatchObject({ size: 2 * sizeGib });
      await expect.poll(() => mount.sizeKib(), { timeout: 30_000 }).toBeGreaterThan(sizeBefore * 1.7);
      expect(await mount.read('before')).toBe('written before');
      await mount.close();

      const deleted = await wire.finish(`/volumes/${volume.id}`, { method: 'DELETE' });
      expect(deleted.status, deleted.text).toBe(204);
      expect(await scene.pictures()).toEqual(loaded);
      expect(await scene.differences()).toEqual([]);
    },
  );

  it.each([
    ['replica 3', replicate(3)],
    ['arbiter', replicate(3, ['user.heketi.arbiter true'])],
  ])('%s: grown in place while it is written to, and after a power cut still so', async (_name, body) => {
    const { wire } = scene.mortar;
    const volume = (await wire.finish('/volumes', { body: { size: 2, ...body } })).json();
    const brickNames = async (): Promise<string[]> => {
      const info = await scene.lab.ssh(1, ['gluster', 'volume', 'info', volume.name]);
      return [...info.stdout.matchAll(/^Brick\d+: (\S+)/gm)].map(([, brick]) => brick ?? '');
    };
    const bricks = await brickNames();
    const mount = await ClientMount.open(scene.lab, scene.nodeOf(bricks[0] ?? ''), volume);
    await mount.write('before', 'written before');
    const sizeBefore = await mount.sizeKib();
    const writing = await mount.startWriting('log');
    const grown = await wire.finish(`/volumes/${volume.id}/expand`, {
      body: { expand_size: 2, in_place: true },
    });
    await writing.stop();
    expect(grown.status, grown.text).toBe(200);
    expect(grown.json()).toMatchObject({ size: 4 });
    expect(await brickNames()).toEqual(bricks);
    await expect.poll(() => mount.sizeKib(), { timeout: 30_000 }).toBeGreaterThan(sizeBefore * 1.9);
    expect(await mount.read('before')).toBe('written before');
    expect(await scene.differences()).toEqual([]);

    const [, victimBrick = ''] = bricks;
    const victim = scene.nodeOf(victimBrick);
    await scene.lab.kill(victim);
    await scene.lab.start(victim);
    await scene.lab.waitReady(victim);
    const path = victimBrick.slice(victimBrick.indexOf(':/') + 1);
    const brickSize = await scene.lab.ssh(victim, `df -k --output=size ${path} | tail -1`);
    expect(Number(brickSize.stdout)).toBeGreaterThan(sizeBefore * 1.9);
    await expect.poll(() => isHealed(volume.id), { timeout: 300_000, interval: 2000 }).toBe(true);
    expect(await mount.read('before')).toBe('written before');
    await mount.close();

    expect((await wire.finish(`/volumes/${volume.id}`, { method: 'DELETE' })).status).toBe(204);
    expect(await scene.pictures()).toEqual(loaded);
    expect(await scene.differences()).toEqual([]);
  });

  it('deleted without harm to others whose bricks share its processes (cluster.brick-multiplex)', async () => {
    const { wire } = scene.mortar;
    const multiplex = (value: string) =>
      scene.lab.ssh(1, `gluster --mode=script volume set all cluster.brick-multiplex ${value}`);
    const create = async () => (await wire.finish('/volumes', { body: { size: 1, ...replicate(3) } })).json();
    const processesOf = async ({ name }: { name: string }): Promise<string[]> => {
      const onNode = scene.lab.nodes.map(({ index }) =>
        scene.lab.ssh(index, `grep -rhs --include='*.pid' . /run/gluster/vols/${name}`),
      );
      return (await Promise.all(onNode)).map(({ stdout }, index) => `${index} ${stdout.trim()}`);
    };
    await multiplex('enable');
    const doomed = await create();
    const other = await create();
    await expect
      .poll(async () => {
        const theirs = await processesOf(doomed);
        return (await processesOf(other)).filter((line) => / \d/.test(line) && theirs.includes(line)).length;
      })
      .toBeGreaterThan(1);
    const mount = await ClientMount.open(scene.lab, 1, other);
    await mount.write('before', 'written before');
    const before = await processesOf(other);
    expect((await wire.finish(`/volumes/${doomed.id}`, { method: 'DELETE' })).status).toBe(204);
    expect(await processesOf(other)).toEqual(before);
    for (const line of before) {
      const [node = '', pid] = line.split(' ');
      if (pid !== '')
        expect((await scene.lab.ssh(Number(node) + 1, `kill -0 ${pid}`)).exitCode, line).toBe(0);
    }
    expect(await mount.read('before')).toBe('written before');
    await mount.close();
    expect((await wire.finish(`/volumes/${other.id}`, { method: 'DELETE' })).status).toBe(204);
    await multiplex('disable');
    expect(await scene.pictures()).toEqual(loaded);
    expect(await scene.differences()).toEqual([]);
  });

  it('the removal of the topology leaves the nodes as they were before Mortar came', async () => {
    await scene.removeTopology();
    expect(await scene.pictures()).toEqual(blank);
  });
});
