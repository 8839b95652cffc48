import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab } from './lab.ts';
import { runProcess } from './run-process.ts';

describe('the lab', () => {
  const lab = new Lab({ name: 'smoke' });

  beforeAll(() => lab.up());
  afterAll(() => lab.down());

  const onAll = (command: string) =>
    Promise.all(lab.nodes.map(async (node) => (await lab.ssh(node.index, command)).stdout.trim()));

  it('has four nodes in three zones, with glusterd active on each', async () => {
    expect(lab.nodes.map((node) => node.zone)).toEqual([1, 2, 3, 3]);
    expect(await onAll('systemctl is-active glusterd')).toEqual(Array(4).fill('active'));
    expect(await onAll('systemctl is-system-running')).toEqual(Array(4).fill('running'));
  });

  it('gives each node its own name, machine id and host keys', async () => {
    expect(await onAll('hostname')).toEqual(['node1', 'node2', 'node3', 'node4']);
    for (const file of [
      '/etc/machine-id',
      '/etc/ssh/ssh_host_ed25519_key.pub',
      '/etc/ssh/ssh_host_ecdsa_key.pub',
    ]) {
      const contents = await onAll(`cat ${file}`);
      expect(contents).not.toContain('');
      expect(new Set(contents).size).toBe(4);
    }
  });

  it('resolves the names of the nodes on the nodes and in the namespace, to addresses of both families', async () => {
    const [, second] = lab.nodes;
    const lookup = ['getent', 'ahosts', 'node2'];
    for (const outcome of [await lab.ssh(1, lookup), await lab.exec(lookup)]) {
      expect(outcome.stdout).toContain(second?.address);
      expect(outcome.stdout).toContain(second?.address6);
    }
    for (const address of [second?.address, second?.address6]) {
      const connect = ['bash', '-c', 'exec 3<>"/dev/tcp/$0/22" && head -c 4 <&3', address ?? ''];
      expect(await lab.exec(connect)).toMatchObject({ exitCode: 0, stdout: 'SSH-' });
    }
  });

  it('knows every host key under the name and both addresses', async () => {
    for (const { name, address, address6 } of lab.nodes) {
      for (const host of [name, address, address6]) {
        const found = await runProcess(['ssh-keygen', '-F', host, '-f', lab.knownHostsFile]);
        expect(found.stdout.match(/ssh-ed25519|ecdsa-sha2/g)?.sort()).toEqual(['ecdsa-sha2', 'ssh-ed25519']);
      }
    }
  });

  it('has users who may use sudo freely, not at all, or with a password', async () => {
    const sudo = ['sudo', '-n', 'id', '-un'];
    expect(await lab.ssh(1, sudo, { user: 'mortar' })).toMatchObject({ exitCode: 0, stdout: 'root\n' });
    expect(await lab.ssh(1, sudo, { user: 'plain' })).toMatchObject({ exitCode: 1, stdout: '' });
    expect(await lab.ssh(1, sudo, { user: 'asks' })).toMatchObject({ exitCode: 1, stdout: '' });
    const withPassword = (user: 'asks' | 'plain') =>
      lab.ssh(1, ['sudo', '-S', 'id', '-un'], { user, stdin: 'asks\n' });
    expect(await withPassword('asks')).toMatchObject({ exitCode: 0, stdout: 'root\n' });
    expect(await withPassword('plain')).toMatchObject({ exitCode: 1, stdout: '' });
  });

  it('passes arguments to a node as they are', async () => {
    const argument = `it's $HOME "and" \`more\`\n; *`;
    expect((await lab.ssh(1, ['printf', '%s', argument])).stdout).toBe(argument);
  });

  it('shows two blank nodes to be alike, and what has been made on one of them', async () => {
    const [first, second] = [await lab.snapshotNode(1), await lab.snapshotNode(2)];
    expect(first).toEqual(second);
    expect(first).toMatchObject({
      physicalVolumes: [],
      logicalVolumes: [],
      glusterVolumes: [],
      glusterPeers: [],
    });
    expect(first.disks).toEqual({
      '/dev/ubdb': { wipefs: [], blkid: {} },
      '/dev/ubdc': { wipefs: [], blkid: {} },
    });

    const made = await lab.ssh(1, MAKE_A_BRICK);
    expect(made.stderr).toBe('');
    const used = await lab.snapshotNode(1);
    expect(used.logicalVolumes.map((row) => row['lv_name'])).toEqual(
      expect.arrayContaining(['brick', 'pool']),
    );
    expect(used.disks['/dev/ubdb']?.blkid).toMatchObject({ TYPE: 'LVM2_member' });
    expect(used.mounts).toEqual([expect.stringContaining('/var/lib/heketi/mounts/brick xfs')]);
    expect(used.files).toContainEqual(expect.stringMatching(/ \/var\/lib\/heketi\/mounts\/brick$/));
    expect(used.units.map((unit) => unit.split(' ')[0])).toEqual(['/etc/systemd/system/mortar-test.service']);
    expect(used.brickProcesses).toEqual(['/var/lib/heketi/mounts/brick/data']);
    expect(used.glusterVolumes).toMatchObject([
      {
        name: 'one',
        type: 'Distribute',
        status: 'Started',
        bricks: ['node1:/var/lib/heketi/mounts/brick/data'],
      },
    ]);

    expect((await lab.ssh(1, UNMAKE_THE_BRICK)).stderr).toBe('');
    expect(await lab.snapshotNode(1)).toEqual(first);
  });

  it('brings a node back after a power cut with what was synced, and only that', async () => {
    await lab.ssh(2, 'echo kept > /root/kept; sync; echo lost > /root/lost');
    await lab.kill(2);
    expect((await lab.ssh(2, 'true')).exitCode).toBe(255);
    await lab.start(2);
    await lab.waitReady(2);
    expect(await lab.ssh(2, 'cat /root/kept; ls /root/lost')).toMatchObject({
      exitCode: 2,
      stdout: 'kept\n',
    });
  });

  it('brings two nodes back whose power was cut at the same time', async () => {
    await Promise.all([lab.kill(3), lab.kill(4)]);
    await Promise.all([lab.start(3), lab.start(4)]);
    await lab.waitReady('all');
    expect(await onAll('systemctl is-active glusterd')).toEqual(Array(4).fill('active'));
  });

  it('exchanges the names of the two disks when told to', async () => {
    const serials = async () =>
      (await lab.ssh(4, 'lsblk -dno NAME,SERIAL /dev/ubdb /dev/ubdc')).stdout.split(/\s+/);
    expect(await serials()).toEqual(['ubdb', 'smoke-4-1', 'ubdc', 'smoke-4-2', '']);
    await lab.kill(4);
    await lab.start(4, { swapDisks: true });
    await lab.waitReady(4);
    expect(await serials()).toEqual(['ubdb', 'smoke-4-2', 'ubdc', 'smoke-4-1', '']);
    const link = await lab.ssh(4, ['readlink', '-f', '/dev/disk/by-id/uml-smoke-4-1']);
    expect(link.stdout).toBe('/dev/ubdc\n');
  });

  it('comes back from a restart that was asked for on the node', async () => {
    const bootId = () => lab.ssh(3, ['cat', '/proc/sys/kernel/random/boot_id']);
    const before = (await bootId()).stdout;
    await lab.ssh(3, 'systemctl reboot');
    await expect
      .poll(async () => (await bootId()).stdout || before, { timeout: 60_000, interval: 500 })
      .not.toBe(before);
    await lab.waitReady(3);
  });

  it('cuts links between nodes and of nodes, makes them slow and lossy, and mends them', async () => {
    const reaches = async (from: number, to: string) =>
      (await lab.ssh(from, ['timeout', '3', 'bash', '-c', 'exec 3<>"/dev/tcp/$0/22"', to])).exitCode === 0;
    await lab.partition(1, 2, 'on');
    expect([await reaches(1, 'node2'), await reaches(2, 'node1'), await reaches(1, 'node3')]).toEqual([
      false,
      false,
      true,
    ]);
    await lab.partition(2, 1, 'off');
    expect(await reaches(1, 'node2')).toBe(true);

    await lab.net(1, { lossPercent: 100 });
    expect(await reaches(2, 'node1')).toBe(false);
    await lab.net(1, { delayMs: 20, lossPercent: 0 });
    expect(await reaches(2, 'node1')).toBe(true);
    expect((await lab.ssh(1, 'tc qdisc show dev vec0')).stdout).toContain('delay 20ms');
    await lab.net(1, 'clear');
    expect((await lab.ssh(1, 'tc qdisc show dev vec0')).stdout).not.toContain('netem');

    await lab.net(1, 'down');
    expect((await lab.ssh(1, 'true')).exitCode).toBe(255);
    await lab.net(1, 'up');
    expect((await lab.ssh(1, 'true')).exitCode).toBe(0);
  });
});

describe('a lab that is taken down', () => {
  it('leaves no process, namespace, interface, mount or file', async () => {
    const lab = new Lab({ name: 'smoke-down', nodes: 1 });
    await lab.up();
    await lab.down();
    const processes = await runProcess(['ps', '-eo', 'args']);
    expect(processes.stdout).not.toContain(lab.stateDir);
    expect((await runProcess(['cat', '/proc/mounts'])).stdout).not.toContain(lab.namespace);
    for (const path of [lab.stateDir, `/run/netns/${lab.namespace}`, `/etc/netns/${lab.namespace}`]) {
      expect(existsSync(path)).toBe(false);
    }
  });
});

const MAKE_A_BRICK = `set -e
pvcreate -q /dev/ubdb >/dev/null
vgcreate -q vg /dev/ubdb >/dev/null
lvcreate -q -y -L 1G --poolmetadatasize 8M -T vg/pool -V 1G -n brick >/dev/null
mkfs.xfs -q /dev/vg/brick
mkdir -p /var/lib/heketi/mounts/brick
mount /dev/vg/brick /var/lib/heketi/mounts/brick
printf '[Unit]\\n' > /etc/systemd/system/mortar-test.service
gluster --mode=script volume create one node1:/var/lib/heketi/mounts/brick/data >/dev/null
gluster --mode=script volume start one >/dev/null`;

const UNMAKE_THE_BRICK = `set -e
gluster --mode=script volume stop one force >/dev/null
gluster --mode=script volume delete one >/dev/null
umount /var/lib/heketi/mounts/brick
rm -r /var/lib/heketi /etc/systemd/system/mortar-test.service
vgremove -q -y vg >/dev/null
pvremove -q /dev/ubdb >/dev/null`;
