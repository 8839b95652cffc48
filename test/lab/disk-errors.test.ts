import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClientMount } from './client-mount.ts';
import { replica3 } from './fault-bench.ts';
import { recordFault } from './fault-table.ts';
import { Scene } from './scene.ts';

/** Node 2 has this one only, which the tests can break. */
const device = '/dev/mapper/wornout';
const below = '/dev/ubdb';
/** Of the device mapper: all is well; nothing can be written; nothing can be read either. */
const tables = {
  good: `linear ${below} 0`,
  readOnly: `flakey ${below} 0 0 100000 1 error_writes`,
  dead: 'error',
} as const;

const asProblem = { headers: { accept: 'application/json' } };

describe('a disk that gives errors', () => {
  let scene: Scene;

  const act = async (node: number, script: string): Promise<string> => {
    const { exitCode, stdout, stderr } = await scene.lab.ssh(node, script);
    expect(exitCode, `node ${node}: ${script}: ${stderr}`).toBe(0);
    return stdout;
  };
  /** The disk of node 2 behaves so from now on. */
  const turn = (to: keyof typeof tables): Promise<string> =>
    act(
      2,
      `size=$(blockdev --getsz ${below}) && dmsetup suspend --nolockfs --noflush ${device} && dmsetup load ${device} --table "0 $size ${tables[to]}" && dmsetup resume ${device}`,
    );

  interface Node {
    readonly id: string;
    readonly hostnames: { readonly manage: readonly string[] };
    readonly devices: readonly { readonly id: string; readonly name: string }[];
  }
  const nodeNamed = async (name: string): Promise<Node | undefined> => {
    const { clusters } = (await scene.mortar.wire.send('/topology')).json() as {
      clusters: { nodes: Node[] }[];
    };
    return clusters.flatMap(({ nodes }) => nodes).find(({ hostnames }) => hostnames.manage[0] === name);
  };
  const waitingFor = async (): Promise<string> => {
    const { operations } = (await scene.mortar.wire.send('/operations/history?limit=20')).json() as {
      operations: { waiting: { reason: string } | null }[];
    };
    return operations.map(({ waiting }) => waiting?.reason ?? '').join('\n');
  };
  const nodeId = async (name: string): Promise<string> => (await nodeNamed(name))?.id ?? '';
  const deviceOf = async (node: string, name: string): Promise<string> =>
    (await nodeNamed(node))?.devices.find((known) => known.name === name)?.id ?? '';

  beforeAll(async () => {
    scene = await Scene.open();
    await act(
      2,
      `printf 'devices {\\n global_filter = [ "r|^${below}$|" ]\\n}\\n' > /etc/lvm/lvmlocal.conf
modprobe dm-flakey && dmsetup create wornout --uuid linear-wornout --table "0 $(blockdev --getsz ${below}) ${tables.good}"`,
    );
    await scene.loadTopology({ node2: [device], node4: [] });
  });

  afterAll(async () => {
    await scene?.close();
  });

  it('while a volume is made: it is named in the words of LVM, and nothing is left', async () => {
    const { wire } = scene.mortar;
    const loaded = await scene.pictures();
    await turn('readOnly');
    const refused = await wire.finish('/volumes', { body: replica3, ...asProblem });
    expect(refused.status, refused.text).toBe(500);
    const problem = refused.json() as { code: string; detail: string };
    expect(problem).toMatchObject({
      code: 'node.command_failed',
      detail: expect.stringMatching(/^node2: [^]*Error writing device \/dev\/mapper\/wornout/),
    });
    await turn('good');
    await scene.mortar.settle();
    expect(await scene.differences()).toEqual([]);
    expect(await scene.pictures()).toEqual(loaded);
    recordFault({ fault: 'a disk that cannot be written', seen: problem.detail, left: 'nothing' });
  });

  it('under a volume in use: the data stay, the doctor names it, and its bricks are made anew elsewhere', async () => {
    const { wire } = scene.mortar;
    const made = await wire.finish('/volumes', { body: replica3 });
    expect(made.status, made.text).toBe(200);
    const mount = await ClientMount.open(scene.lab, 3, made.json());
    await mount.write('before', 'written before');
    await turn('dead');
    await mount.write('after', 'written after');
    expect(await mount.read('before')).toBe('written before');

    const dead = await deviceOf('node2', device);
    const { findings } = JSON.parse((await scene.mortar.cli('doctor', '--json')).stdout) as {
      findings: { kind: string; object: string }[];
    };
    expect(findings).toContainEqual(expect.objectContaining({ kind: 'group-missing' }));
    const spare = await nodeId('node4');
    const added = await wire.finish('/devices', { body: { node: spare, name: below } });
    expect(added.status, added.text).toBe(204);
    await wire.finish(`/devices/${dead}/state`, { body: { state: 'offline' } });
    const moving = wire.finish(`/devices/${dead}/state`, { body: { state: 'failed' } });
    await expect
      .poll(waitingFor, { timeout: 120_000, interval: 1000 })
      .toContain(`mortar device lost ${dead}`);
    const waiting = (await waitingFor()).trim();
    expect(await mount.read('before')).toBe('written before');
    const said = await scene.mortar.cli('device', 'lost', dead);
    expect(said.exitCode, said.stderr).toBe(0);
    const moved = await moving;
    expect(moved.status, moved.text).toBe(204);
    const gone = await wire.finish(`/devices/${dead}`, { method: 'DELETE' });
    expect(gone.status, gone.text).toBe(204);
    expect(await mount.read('before')).toBe('written before');
    expect(await mount.read('after')).toBe('written after');
    await mount.close();
    expect(await scene.differences()).toEqual([]);
    expect((await scene.mortar.cli('doctor')).stdout).toContain('agree');
    const deleted = await wire.finish(`/volumes/${made.json().id}`, { method: 'DELETE' });
    expect(deleted.status, deleted.text).toBe(204);
    recordFault({
      fault: 'a disk that dies under a volume in use',
      seen: waiting,
      left: 'nothing that Mortar made; the kernel of the node keeps the dead disk in its tables until it boots',
    });
  });
});
