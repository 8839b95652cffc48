import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClientMount } from './client-mount.ts';
import { Scene } from './scene.ts';
import type { NodeSnapshot } from './snapshot.ts';

const parent = '/srv/theirs';
const folder = `${parent}/brick`;
/** Files that lie in the volume before Mortar knows of it, and what is in them. */
const files = Array.from(
  { length: 20 },
  (_, index) => [`file-${index}`, `text ${index} `.repeat(500)] as const,
);

interface Managed {
  readonly id: string;
  readonly size: number;
  readonly bricks: readonly { readonly id: string; readonly node: string }[];
  readonly foreign_bricks: readonly { readonly brick: string }[];
  readonly mount: {
    readonly glusterfs: { readonly device: string; readonly options: Record<string, string> };
  };
}

/** gluster cannot unset options: those of a volume that was given back have the value `none`. */
const withoutMarks = (pictures: readonly NodeSnapshot[]): NodeSnapshot[] =>
  pictures.map((picture) => ({
    ...picture,
    glusterVolumes: picture.glusterVolumes.map((volume) => ({
      ...volume,
      options: volume.options.filter((option) => !/^user\.(?:heketi|mortar)\.\w+: none$/.test(option)),
    })),
  }));

describe('volumes that others made, on real nodes', () => {
  let scene: Scene;
  let loaded: NodeSnapshot[];

  beforeAll(async () => {
    scene = await Scene.open();
    await scene.loadTopology();
    loaded = await scene.pictures();
  });

  afterAll(async () => {
    for (const { index } of scene.lab.nodes) await scene.lab.ssh(index, `rm -rf ${parent}`);
    await scene?.removeTopology();
    await scene?.close();
  });

  const root = async (node: number, command: string): Promise<string> => {
    const { exitCode, stdout, stderr } = await scene.lab.ssh(node, command, { timeoutMs: 120_000 });
    expect(exitCode, `${command}: ${stderr}${stdout}`).toBe(0);
    return stdout;
  };
  const gluster = (...words: string[]): Promise<string> =>
    root(1, `gluster --mode=script volume ${words.join(' ')}`);
  const places = (): string[] => scene.lab.nodes.slice(0, 3).map(({ address }) => `${address}:${folder}`);
  const read = async (path: string) => (await scene.mortar.wire.send(path)).json();
  const found = async () => (await read('/adopt')).volumes[0] as { id: string; obstacles: object[] };

  /** A volume with three copies in folders of the nodes' root file systems. */
  async function makeByHand(): Promise<string> {
    for (const node of [1, 2, 3]) await root(node, `rm -rf ${parent} && mkdir -p ${parent}`);
    await gluster('create', 'theirs', 'replica', '3', ...places(), 'force');
    await gluster('start', 'theirs');
    const volume = await found();
    expect(volume.obstacles).toEqual([]);
    return volume.id;
  }

  async function manage(...flags: string[]): Promise<Managed> {
    const outcome = await scene.mortar.cli('adopt', 'manage', 'theirs', ...flags, '--json');
    expect(outcome.exitCode, outcome.stderr).toBe(0);
    return JSON.parse(outcome.stdout) as Managed;
  }

  async function assertWhole(volume: Managed): Promise<void> {
    const mount = await ClientMount.open(scene.lab, 4, volume);
    for (const [name, text] of files) expect(await mount.read(name), name).toBe(text);
    await mount.close();
  }

  it('one with data is managed, given back, managed, grown and deleted, its data unchanged', async () => {
    const id = await makeByHand();
    const before = await scene.pictures();
    const managed = await manage();
    expect(managed).toMatchObject({ id, bricks: [] });
    expect(managed.foreign_bricks.map(({ brick }) => brick)).toEqual(places());
    const mount = await ClientMount.open(scene.lab, 4, managed);
    for (const [name, text] of files) await mount.write(name, text);
    expect(Math.abs((await mount.sizeKib()) / 1024 / 1024 - managed.size)).toBeLessThan(1.5);
    await mount.close();
    expect(await scene.differences()).toEqual([]);

    const back = await scene.mortar.cli('adopt', 'release', 'theirs');
    expect(back.exitCode, back.stderr).toBe(0);
    expect(withoutMarks(await scene.pictures()), 'as if it never had been managed').toEqual(before);
    await assertWhole(await manage());

    const { wire } = scene.mortar;
    const grown = await wire.finish(`/volumes/${id}/expand`, { body: { expand_size: 1 } });
    expect(grown.status, grown.text).toBe(200);
    const volume = grown.json() as Managed;
    expect(volume.size).toBe(managed.size + 1);
    expect(volume.bricks).toHaveLength(3);
    expect(await scene.differences()).toEqual([]);
    const findings = await scene.mortar.cli('doctor', '--json');
    expect(JSON.parse(findings.stdout), findings.stderr).toMatchObject({ findings: [] });
    await assertWhole(volume);
    await expect
      .poll(() => gluster('rebalance', 'theirs', 'status'), { timeout: 120_000, interval: 1000 })
      .not.toContain('in progress');
    await assertWhole(volume);

    const gone = await wire.finish(`/volumes/${id}`, { method: 'DELETE' });
    expect(gone.status, gone.text).toBe(204);
    expect(await scene.pictures(), 'nothing of it is left but the folders').toEqual(loaded);
    for (const node of [1, 2, 3]) await root(node, `test -d ${folder}/.glusterfs`);
    expect(await scene.differences()).toEqual([]);
  });

  it('one is deleted with what is in its folders when that was asked for', async () => {
    const id = await makeByHand();
    const managed = await manage('--folders', 'remove');
    const mount = await ClientMount.open(scene.lab, 4, managed);
    await mount.write('file', 'to be gone');
    await mount.close();
    for (const node of [1, 2, 3]) await root(node, `touch ${parent}/beside && test -e ${folder}/file`);
    const gone = await scene.mortar.wire.finish(`/volumes/${id}`, { method: 'DELETE' });
    expect(gone.status, gone.text).toBe(204);
    for (const node of [1, 2, 3]) {
      expect(await root(node, `ls -A ${folder}`)).toBe('');
      await root(node, `test -e ${parent}/beside`);
    }
    expect(await scene.pictures()).toEqual(loaded);
  });
});
