import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Mortar } from './mortar.ts';
import { runProcess } from './run-process.ts';
import { Scene } from './scene.ts';
import type { NodeSnapshot } from './snapshot.ts';

interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
}

/** Each layer of the preflight fails once, from the outside in, and each failure leaves no trace. */
describe('a node that is not ready', () => {
  let scene: Scene;
  let blank: NodeSnapshot[];
  let knownHosts: string;
  let mends: string[] = [];

  beforeAll(async () => {
    scene = await Scene.open(3);
    blank = await scene.pictures();
    knownHosts = join(scene.folder, 'known_hosts');
  });
  afterEach(async () => {
    for (const script of mends.splice(0)) await scene.lab.ssh(1, script);
    mends = [];
    expect(await scene.lab.snapshotNode(1)).toEqual(blank[0]);
  });
  afterAll(() => scene?.close());

  // systemd refuses the seventh start within an hour, unless it is told to forget the others.
  const startGlusterd = 'systemctl reset-failed glusterd; systemctl start glusterd';
  const storageAddress = (node: number): string => scene.lab.nodes[node - 1]?.address ?? '';
  /** Breaks node 1; it is mended after the test. */
  const breakNode = async (script: string, mend: string): Promise<void> => {
    mends.push(mend);
    const outcome = await scene.lab.ssh(1, script);
    expect(outcome.exitCode, outcome.stderr).toBe(0);
  };
  /** With settings of its own a manager is started for the purpose. */
  const withManager = async (
    env: Readonly<Record<string, string>>,
    work: (manager: Mortar, clusterId: string) => Promise<void>,
  ): Promise<void> => {
    const isPlain = Object.keys(env).length === 0;
    const folder = mkdtempSync(join(scene.folder, 'manager-'));
    const manager = isPlain ? scene.mortar : new Mortar(scene.lab, folder, { env, port: 8098 });
    if (!isPlain) await manager.start();
    try {
      const cluster = (await manager.wire.send('/clusters', { body: {} })).json().id as string;
      await work(manager, cluster);
      expect((await manager.wire.send(`/clusters/${cluster}`, { method: 'DELETE' })).status).toBe(200);
    } finally {
      if (!isPlain) await manager.stop();
    }
  };
  const add = (manager: Mortar, cluster: string, manage: string, storage = storageAddress(1)) =>
    manager.wire.finish('/nodes', {
      body: { cluster, zone: 1, hostnames: { manage: [manage], storage: [storage] } },
      headers: { accept: 'application/json' },
    });
  /** What the first node of a cluster is refused with; the manager knows nothing of it afterwards. */
  const refusal = async (env: Readonly<Record<string, string>>, manage = 'node1'): Promise<Problem> => {
    let problem: Problem | undefined;
    await withManager(env, async (manager, cluster) => {
      const history = async (): Promise<unknown> => (await manager.wire.send('/operations/history')).json();
      const before = await history();
      problem = (await add(manager, cluster, manage)).json();
      expect((await manager.wire.send(`/clusters/${cluster}`)).json()).toMatchObject({ nodes: [] });
      expect(await history()).toEqual(before);
    });
    if (problem === undefined) throw new Error('no answer');
    return problem;
  };

  describe('because of the way to it', () => {
    it('says that its name does not resolve', async () => {
      expect(await refusal({}, 'no-such-node.invalid')).toMatchObject({
        status: 400,
        code: 'node.name_unresolved',
        detail: expect.stringMatching(/^no-such-node\.invalid: .*(ENOTFOUND|EAI_AGAIN)/),
      });
    });

    it('says that its port is closed, or that nobody answers', async () => {
      // This machine has an address in the nodes' network and no sshd; nobody has the other address.
      const here = storageAddress(1).replace(/\d+$/, '1');
      expect(await refusal({}, here)).toMatchObject({
        code: 'node.unreachable',
        detail: expect.stringMatching(new RegExp(`^${here}: cannot be reached at .*: connection refused$`)),
      });
      const nobody = storageAddress(1).replace(/\d+$/, '99');
      expect(await refusal({}, nobody)).toMatchObject({
        code: 'node.unreachable',
        detail: expect.stringMatching(new RegExp(`^${nobody}: .*(no route to host|no answer within)`)),
      });
    });

    it('says that its host key is not known, and that it has changed', async () => {
      const lines = readFileSync(scene.lab.knownHostsFile, 'utf8').split('\n');
      writeFileSync(knownHosts, '');
      expect(await refusal({ MORTAR_SSH_KNOWN_HOSTS_FILE: knownHosts })).toMatchObject({
        status: 400,
        code: 'node.host_key_unknown',
        detail: expect.stringContaining('SHA256:'),
      });
      const others = lines
        .filter((line) => line.startsWith('node2,'))
        .map((line) => line.replace(/^\S+/, 'node1'));
      writeFileSync(knownHosts, `${others.join('\n')}\n`);
      expect(await refusal({ MORTAR_SSH_KNOWN_HOSTS_FILE: knownHosts })).toMatchObject({
        code: 'node.host_key_changed',
        detail: expect.stringMatching(/SHA256:.*known_hosts/),
      });
    });

    it('has its key recorded at first sight where that is wanted, and refused when it changes', async () => {
      const file = join(scene.folder, 'met');
      const env = { MORTAR_SSH_HOST_KEY_CHECKING: 'accept-new', MORTAR_SSH_KNOWN_HOSTS_FILE: file };
      await withManager(env, async (manager, cluster) => {
        const added = await add(manager, cluster, 'node1');
        expect(added.status, added.text).toBe(200);
        await manager.wire.finish(`/nodes/${added.json().id}`, { method: 'DELETE' });
      });
      const met = readFileSync(file, 'utf8');
      const [, key = ''] = /^node1 (\S+ \S+)\n$/.exec(met) ?? [];
      expect(readFileSync(scene.lab.knownHostsFile, 'utf8')).toContain(key);
      const node2 = readFileSync(scene.lab.knownHostsFile, 'utf8')
        .split('\n')
        .filter((line) => line.startsWith('node2,'));
      writeFileSync(file, node2.map((line) => line.replace(/^\S+/, 'node1')).join('\n'));
      expect(await refusal(env)).toMatchObject({ code: 'node.host_key_changed' });
    });

    it('says that it refused the login', async () => {
      const keyFile = join(scene.folder, 'other_key');
      await runProcess(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', keyFile]);
      expect(await refusal({ MORTAR_SSH_KEY_FILE: keyFile })).toMatchObject({
        status: 400,
        code: 'node.login_refused',
        detail: expect.stringMatching(/^node1: .*root.*other_key/),
      });
    });
  });

  describe('because of what its user may do', () => {
    it.each([
      { user: 'plain', words: /^node1: .*password/ },
      { user: 'asks', words: /^node1: .*a password is required/ },
    ])('says in the words of sudo that $user may not', async ({ user, words }) => {
      expect(await refusal({ MORTAR_SSH_USER: user, MORTAR_SSH_SUDO: 'true' })).toMatchObject({
        status: 400,
        code: 'node.sudo_refused',
        detail: expect.stringMatching(words),
      });
    });

    it('says that it is not root, when sudo is not asked for', async () => {
      expect(await refusal({ MORTAR_SSH_USER: 'mortar' })).toMatchObject({
        code: 'node.sudo_refused',
        detail: expect.stringMatching(/^node1: commands run as user id \d+, not as root/),
      });
    });
  });

  describe('because of what it lacks', () => {
    it.each([
      { tool: 'thin_check', path: '/usr/sbin/thin_check', debianPackage: 'thin-provisioning-tools' },
      { tool: 'mkfs.xfs', path: '/usr/sbin/mkfs.xfs', debianPackage: 'xfsprogs' },
    ])('names the program $tool and its package', async ({ tool, path, debianPackage }) => {
      await breakNode(`mv ${path} ${path}.away`, `mv ${path}.away ${path}`);
      expect(await refusal({})).toMatchObject({
        status: 400,
        code: 'node.tool_missing',
        detail: `node1: ${tool} not found; install the package ${debianPackage}`,
      });
    });

    it('names the kernel module, in the words of modprobe', async () => {
      const module = '$(modinfo -n dm_thin_pool)';
      await breakNode(
        `path=${module}; rmmod dm_thin_pool && echo $path > /root/module && mv $path /root/module.ko`,
        'mv /root/module.ko $(cat /root/module) && rm /root/module && modprobe dm_thin_pool',
      );
      expect(await refusal({})).toMatchObject({
        status: 400,
        code: 'node.module_missing',
        detail: expect.stringMatching(
          /^node1: the kernel module dm_thin_pool cannot be loaded: modprobe: .*dm_thin_pool/,
        ),
      });
    });

    it('says that glusterd does not run: as a first node at once, as a later one through the queue', async () => {
      await breakNode('systemctl stop glusterd', startGlusterd);
      expect(await refusal({})).toMatchObject({
        status: 400,
        code: 'node.glusterd_down',
        detail: "New Node doesn't have glusterd running",
      });
      await withManager({}, async (manager, cluster) => {
        const first = await add(manager, cluster, 'node2', storageAddress(2));
        expect(first.status, first.text).toBe(200);
        expect((await add(manager, cluster, 'node1')).json()).toMatchObject({
          status: 500,
          code: 'node.glusterd_down',
          detail: 'node1: glusterd does not run (systemd says "inactive")',
        });
        expect((await manager.wire.send(`/clusters/${cluster}`)).json().nodes).toHaveLength(1);
        await manager.wire.finish(`/nodes/${first.json().id}`, { method: 'DELETE' });
      });
    });
  });

  it('because it belongs to another cluster, stays there', async () => {
    await breakNode('gluster peer probe node3', 'gluster --mode=script peer detach node3');
    const together = await scene.pictures();
    await withManager({}, async (manager, cluster) => {
      const first = await add(manager, cluster, 'node2', storageAddress(2));
      expect(first.status, first.text).toBe(200);
      expect((await add(manager, cluster, 'node1')).json()).toMatchObject({
        status: 500,
        code: 'node.peer_refused',
        detail: expect.stringMatching(/part of another cluster/),
      });
      expect(await scene.pictures()).toEqual(together);
      await manager.wire.finish(`/nodes/${first.json().id}`, { method: 'DELETE' });
    });
    expect(await scene.pictures()).toEqual(together);
  });

  it('is left as it was, with the others', async () => {
    expect(await scene.pictures()).toEqual(blank);
  });
});
