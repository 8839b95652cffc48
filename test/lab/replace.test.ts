import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scene } from './scene.ts';

const mountPoint = '/mnt/mortar-replace';
const files = 20;

/** Clients and gluster wait this long for a dead brick before they go on without it; the default is 42 s. */
const impatient = ['network.ping-timeout 5'];

const durabilities = [
  { name: 'none', body: { glustervolumeoptions: impatient } },
  {
    name: 'replica 3',
    body: { durability: { type: 'replicate', replicate: { replica: 3 } }, glustervolumeoptions: impatient },
  },
  {
    name: 'arbiter',
    body: {
      durability: { type: 'replicate', replicate: { replica: 3 } },
      glustervolumeoptions: [...impatient, 'user.heketi.arbiter true'],
    },
  },
  {
    name: 'disperse 2+1',
    body: {
      durability: { type: 'disperse', disperse: { data: 2, redundancy: 1 } },
      glustervolumeoptions: impatient,
    },
  },
];

interface WireVolume {
  readonly id: string;
  readonly name: string;
  readonly bricks: readonly { readonly id: string; readonly node: string }[];
}

/** A volume in use: mounted on a node, with files of known contents. */
class UsedVolume {
  readonly #scene: Scene;
  readonly #node: number;
  readonly volume: WireVolume;
  #sums = '';

  private constructor(scene: Scene, node: number, volume: WireVolume) {
    this.#scene = scene;
    this.#node = node;
    this.volume = volume;
  }

  static async create(scene: Scene, node: number, body: object): Promise<UsedVolume> {
    const created = await scene.mortar.wire.finish('/volumes', { body: { size: 2, ...body } });
    expect(created.status, created.text).toBe(200);
    const used = new UsedVolume(scene, node, created.json() as WireVolume);
    const { name } = used.volume;
    await used.#run(
      `mkdir -p ${mountPoint} && mount -t glusterfs localhost:/${name} ${mountPoint} && mkdir -p ${mountPoint}/a/b && ` +
        `for i in $(seq ${files}); do head -c $((i * 7000)) /dev/urandom > ${mountPoint}/a/f$i; head -c 500 /dev/urandom > ${mountPoint}/a/b/g$i; done; sync -f ${mountPoint}`,
    );
    used.#sums = await used.sums();
    expect(used.#sums.split('\n')).toHaveLength(2 * files);
    return used;
  }

  /** Checksums of all files as a client sees them. */
  async sums(): Promise<string> {
    return this.#run(`cd ${mountPoint} && find . -type f -print0 | sort -z | xargs -0 sha256sum`);
  }

  async expectIntact(): Promise<void> {
    expect(await this.sums()).toBe(this.#sums);
  }

  async bricks(): Promise<WireVolume['bricks']> {
    return (await this.#scene.mortar.wire.send(`/volumes/${this.volume.id}`)).json()
      .bricks as WireVolume['bricks'];
  }

  async delete(): Promise<void> {
    await this.#run(`umount -l ${mountPoint}; rmdir ${mountPoint}`);
    const deleted = await this.#scene.mortar.wire.finish(`/volumes/${this.volume.id}`, { method: 'DELETE' });
    expect(deleted.status, deleted.text).toBe(204);
  }

  async #run(command: string): Promise<string> {
    const outcome = await this.#scene.lab.ssh(this.#node, command, { timeoutMs: 300_000 });
    expect(outcome.exitCode, outcome.stderr).toBe(0);
    return outcome.stdout.trim();
  }
}

describe('bricks of volumes in use', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await Scene.open();
    await scene.loadTopology();
  });

  afterAll(() => scene?.close());

  it.each(durabilities)('$name: bricks move, no file changes', async ({ body }) => {
    const used = await UsedVolume.create(scene, 1, body);
    const { bricks } = used.volume;
    // The first holds data, the last is the arbiter where there is one.
    const moved = new Set([bricks[0]?.id ?? '', bricks.at(-1)?.id ?? '']);
    for (const id of moved) {
      const evicted = await scene.mortar.wire.finish(`/bricks/to-evict/${id}`, { method: 'POST' });
      expect(evicted.status, evicted.text).toBe(204);
      await used.expectIntact();
    }
    expect((await used.bricks()).filter(({ id }) => moved.has(id))).toEqual([]);
    expect(await scene.differences()).toEqual([]);
    // Not only the clients: every brick by itself has all that it should have.
    const heal = await scene.lab.ssh(
      1,
      `gluster volume heal ${used.volume.name} info | grep 'Number of entries' || true`,
    );
    expect(heal.stdout.replaceAll('Number of entries: 0', '').trim()).toBe('');
    await used.delete();
    expect(await scene.differences()).toEqual([]);
  });

  it('move to their end although the manager is killed again and again', async () => {
    const used = await UsedVolume.create(scene, 1, durabilities[1]?.body ?? {});
    for (const delayMs of [200, 2500, 7000]) {
      const [brick] = await used.bricks();
      const accepted = await scene.mortar.wire.send(`/bricks/to-evict/${brick?.id}`, { method: 'POST' });
      expect(accepted.status, accepted.text).toBe(202);
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      await scene.mortar.kill();
      await scene.mortar.start();
      await scene.mortar.settle();
      expect(await scene.differences(), `killed after ${delayMs} ms`).toEqual([]);
      await used.expectIntact();
    }
    await used.delete();
  });

  it('of a dispersed volume stay while its self-heal daemons stand still, though gluster says that all is healed', async () => {
    const { lab, mortar } = scene;
    const used = await UsedVolume.create(scene, 1, durabilities[3]?.body ?? {});
    // So that there is a daemon on each node: glusterd would start one that heals.
    const helper = await mortar.wire.finish('/volumes', { body: { size: 2, ...durabilities[1]?.body } });
    const signal = (name: 'STOP' | 'CONT') =>
      Promise.all(lab.nodes.map(({ index }) => lab.ssh(index, `pkill -${name} -f 'volfile-id [s]hd/'`)));
    expect((await signal('STOP')).map(({ exitCode }) => exitCode)).toEqual(lab.nodes.map(() => 0));
    const [brick] = used.volume.bricks;
    const accepted = await mortar.wire.send(`/bricks/to-evict/${brick?.id}`, { method: 'POST' });
    const operation = (accepted.headers.get('location') ?? '').replace('/queue/', '');
    const shown = async () => (await mortar.wire.send(`/operations/${operation}`)).json();
    const slow = { timeout: 250_000, interval: 1000 };
    await expect
      .poll(async () => (await shown()).waiting?.reason, slow)
      .toContain('gluster has not begun to fill it');
    const heal = await lab.ssh(1, `gluster volume heal ${used.volume.name} info | grep 'Number of'`);
    expect(heal.stdout.replaceAll('Number of entries: 0', '').trim()).toBe('');
    await signal('CONT');
    await expect.poll(async () => (await shown()).state, slow).toBe('done');
    await used.expectIntact();
    expect((await used.bricks()).map(({ id }) => id)).not.toContain(brick?.id);
    await used.delete();
    await mortar.wire.finish(`/volumes/${helper.json().id}`, { method: 'DELETE' });
    expect(await scene.differences()).toEqual([]);
  });

  it('are made again elsewhere when their node is declared lost; it comes back with the old ones, which go on request', async () => {
    const used = await UsedVolume.create(scene, 1, durabilities[1]?.body ?? {});
    const { wire } = scene.mortar;
    const clusters = (await wire.send('/topology')).json().clusters as {
      id: string;
      nodes: { id: string; hostnames: { manage: string[] } }[];
    }[];
    const nodes = new Map(clusters[0]?.nodes.map(({ id, hostnames }) => [id, hostnames.manage[0] ?? '']));
    const victim = used.volume.bricks.find(({ node }) => nodes.get(node) !== 'node1')?.node ?? '';
    const index = Number((nodes.get(victim) ?? '').replace('node', ''));
    await scene.lab.kill(index);
    await used.expectIntact();
    expect((await wire.send(`/nodes/${victim}/lost`, { method: 'POST' })).status).toBe(204);
    const removed = await wire.finish(`/nodes/${victim}/state`, { body: { state: 'failed' } });
    expect(removed.status, removed.text).toBe(204);
    const bricks = await used.bricks();
    expect(bricks).toHaveLength(3);
    expect(bricks.map(({ node }) => node)).not.toContain(victim);
    await used.expectIntact();
    for (const { id } of (await wire.send(`/nodes/${victim}`)).json().devices as { id: string }[])
      expect((await wire.finish(`/devices/${id}`, { method: 'DELETE' })).status).toBe(204);
    const deleted = await wire.finish(`/nodes/${victim}`, { method: 'DELETE' });
    expect(deleted.status, deleted.text).toBe(204);
    await takeBack(index, clusters[0]?.id ?? '');
    await used.expectIntact();
    const back = await wire.finish(`/bricks/to-evict/${bricks[0]?.id}`, { method: 'POST' });
    expect(back.status, back.text).toBe(204);
    await used.expectIntact();
    await used.delete();
    expect(await scene.differences()).toEqual([]);
  });

  /** Switches the lost node on again, as it was, and adds it and its disks under their old names. */
  async function takeBack(index: number, cluster: string): Promise<void> {
    const { wire } = scene.mortar;
    await scene.lab.start(index);
    await scene.lab.waitReady(index);
    const { name, address, zone } = scene.lab.nodes.find((node) => node.index === index) ?? {};
    const added = await wire.finish('/nodes', {
      body: { zone, cluster, hostnames: { manage: [name], storage: [address] } },
    });
    expect(added.status, added.text).toBe(200);
    for (const disk of scene.lab.disks) {
      const device = { node: added.json().id, name: disk };
      const refused = await wire.finish('/devices', { body: device });
      expect(refused.status, refused.text).toBe(500);
      expect(refused.text).toContain(`it was the device ${disk} (`);
      expect(refused.text).toContain('To destroy what is on it, add it with destroydata');
      const taken = await wire.finish('/devices', { body: { ...device, destroydata: true } });
      expect(taken.status, taken.text).toBe(204);
    }
  }
});
