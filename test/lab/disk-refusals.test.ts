import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { WireAnswer } from '../support/wire.ts';
import { Scene } from './scene.ts';
import type { NodeSnapshot } from './snapshot.ts';

const disk = '/dev/ubdb';

interface Finding {
  readonly found: string;
  /** Puts it there. */
  readonly make: string;
  readonly device?: string;
  /** What the refusal says was found. */
  readonly words: RegExp;
  /** It is taken all the same when its contents may be destroyed. */
  readonly isDestroyable?: boolean;
}

const lookAtDisk = `wipefs -n ${disk}; blkid -p ${disk}; lsblk -o NAME,TYPE,FSTYPE,MOUNTPOINTS
pvs -o pv_name,pv_uuid,vg_name; lvs -o lv_name,lv_uuid,lv_attr; swapon; cat /mnt/file 2>/dev/null
head -c 4M ${disk} | sha256sum; tail -c 1M ${disk} | sha256sum`;
/** Takes away whatever is there. */
const clean = `{ umount /mnt; swapoff ${disk}; vgremove -qq -ff -y somebodys; pvremove -qq -ff -y ${disk}; } 2>/dev/null
wipefs -qa ${disk}; blockdev --rereadpt ${disk}; udevadm settle`;
/** A boot sector with a table of partitions: none, or one. sfdisk is not on every node. */
const partitionTable = (entry: string): string =>
  [
    `printf '\\x01\\x02\\x03\\x04' | dd of=${disk} bs=1 seek=440 conv=notrunc status=none`,
    `printf '${entry}' | dd of=${disk} bs=1 seek=446 conv=notrunc status=none`,
    `printf '\\x55\\xaa' | dd of=${disk} bs=1 seek=510 conv=notrunc status=none`,
    `sync; blockdev --rereadpt ${disk}; udevadm settle`,
  ].join('\n');
/** From sector 2048 on, 3 GiB. */
const onePartition = '\\x00\\x20\\x21\\x00\\x83\\xfe\\xff\\xff\\x00\\x08\\x00\\x00\\x00\\x00\\x60\\x00';
const noPartition = '\\x00'.repeat(16);
const foreignGroup = `vgcreate -qq somebodys ${disk} && lvcreate -qq -Wn -n data -L 100M somebodys`;

const findings: readonly Finding[] = [
  {
    found: 'a file system',
    make: `mkfs.ext4 -q -F -E nodiscard ${disk}`,
    words: /it holds data: ext4 at 0x438/,
    isDestroyable: true,
  },
  {
    found: 'a mounted file system',
    make: `mkfs.ext4 -q -F -E nodiscard ${disk} && mount ${disk} /mnt && echo precious > /mnt/file && mount -o remount,ro /mnt`,
    words: /it is mounted at \/mnt/,
  },
  {
    found: 'an empty partition table',
    make: partitionTable(noPartition),
    words: /it has a partition table \(dos\)/,
    isDestroyable: true,
  },
  {
    found: 'a partition',
    make: partitionTable(onePartition),
    words: /it carries \/dev\/ubdb1 \(part\); it has a partition table \(dos\)/,
  },
  {
    found: 'swap in use',
    make: `mkswap -q ${disk} && swapon ${disk}`,
    words: /\/dev\/ubdb is used as swap/,
  },
  {
    found: 'a physical volume without a group',
    make: `pvcreate -qq ${disk}`,
    words: /it is the LVM physical volume \S+ without a volume group/,
    isDestroyable: true,
  },
  {
    found: 'a foreign volume group in use',
    make: foreignGroup,
    words: /it carries \/dev\/mapper\/somebodys-data \(lvm\); it belongs to the volume group somebodys/,
  },
  {
    found: 'an idle foreign volume group',
    make: `${foreignGroup} && vgchange -qq -an somebodys`,
    words: /it belongs to the volume group somebodys/,
  },
  {
    found: 'the system',
    device: '/dev/ubda',
    make: 'true',
    words: /the system lives on it \(\//,
  },
  { found: 'nothing', device: '/dev/ubdz', make: 'true', words: /there is no device \/dev\/ubdz/ },
  { found: 'a directory', device: '/etc', make: 'true', words: /\/etc \(\/etc\) is not a block device/ },
  {
    found: 'a regular file',
    device: '/etc/passwd',
    make: 'true',
    words: /\/etc\/passwd \(\/etc\/passwd\) is not a block device/,
  },
];

describe('disks that must not be taken', () => {
  let scene: Scene;
  let nodeId: string;
  let blank: NodeSnapshot;

  beforeAll(async () => {
    scene = await Scene.open(1);
    blank = await scene.lab.snapshotNode(1);
    const { wire } = scene.mortar;
    const cluster = (await wire.send('/clusters', { body: {} })).json().id as string;
    const hostnames = { manage: ['node1'], storage: [scene.lab.nodes[0]?.address] };
    const node = await wire.finish('/nodes', { body: { cluster, zone: 1, hostnames } });
    expect(node.status, node.text).toBe(200);
    nodeId = node.json().id;
  });

  afterEach(() => act(clean));

  afterAll(() => scene?.close());

  const act = async (script: string): Promise<string> => {
    const { exitCode, stdout, stderr } = await scene.lab.ssh(1, script);
    expect(exitCode, stderr).toBe(0);
    return stdout;
  };
  /** What is on the disk: signatures, LVM's view of it, and its first and last bytes themselves. */
  const picture = (): Promise<string> => act(lookAtDisk);
  const add = (name: string, destroydata: boolean): Promise<WireAnswer> =>
    scene.mortar.wire.finish('/devices', { body: { node: nodeId, name, destroydata } });
  const devices = async (): Promise<{ id: string; name: string }[]> =>
    (await scene.mortar.wire.send(`/nodes/${nodeId}`)).json().devices as { id: string; name: string }[];
  const giveBack = async (name: string): Promise<void> => {
    const { wire } = scene.mortar;
    const id = (await devices()).find((device) => device.name === name)?.id;
    for (const state of ['offline', 'failed']) {
      await wire.finish(`/devices/${id}/state`, { body: { state } });
    }
    const gone = await wire.finish(`/devices/${id}`, { method: 'DELETE' });
    expect(gone.status, gone.text).toBe(204);
  };

  it.each(findings)('with $found on it', async (finding) => {
    const { make, words, device = disk, isDestroyable = false } = finding;
    await act(make);
    const before = await picture();
    const refused = await add(device, false);
    expect(refused.status).toBe(500);
    expect(refused.text).toMatch(/^Initializing device \S+ failed/);
    expect(refused.text).toMatch(words);
    expect(/add it with destroydata/.test(refused.text)).toBe(isDestroyable);
    expect(await picture()).toEqual(before);

    const forced = await add(device, true);
    if (isDestroyable) {
      expect(forced.status, forced.text).toBe(204);
      await giveBack(device);
    } else {
      expect(forced.status).toBe(500);
      expect(forced.text).toMatch(words);
      expect(await picture()).toEqual(before);
      await act(clean);
    }
    expect(await devices()).toEqual([]);
  });

  it('that are ours already, under their name or another', async () => {
    expect((await add(disk, false)).status).toBe(204);
    const [{ id } = { id: '' }] = await devices();
    const before = await picture();
    const otherName = (await act('ls /dev/disk/by-id/*-1-1')).trim();
    for (const name of [disk, otherName]) {
      const refused = await add(name, false);
      expect(refused.text).toMatch(new RegExp(`it already is the device ${id}`));
      expect((await add(name, true)).text).toContain(`Device already in use (ID: ${id})`);
    }
    expect(await picture()).toEqual(before);
    await giveBack(disk);
  });

  it('but a partition that is named is taken, and the rest of its disk stays as it is', async () => {
    await act(
      `${partitionTable(onePartition)}; echo precious | dd of=${disk} bs=512 seek=1 status=none; sync`,
    );
    const startOfDisk = () => act(`head -c 1M ${disk} | sha256sum`);
    const before = await startOfDisk();
    const added = await add(`${disk}1`, false);
    expect(added.status, added.text).toBe(204);
    await giveBack(`${disk}1`);
    expect(await startOfDisk()).toBe(before);
    await act(clean);
    expect(await scene.lab.snapshotNode(1)).toEqual(blank);
  });

  it('leave nothing behind', async () => {
    await scene.removeTopology();
    expect(await scene.lab.snapshotNode(1)).toEqual(blank);
  });
});
