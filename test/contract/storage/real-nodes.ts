import type { Executor, Host } from '../../../src/executors/executor.ts';
import type { DiskContent, StorageEnvironment } from './environment.ts';

export interface RealNodes {
  readonly name: string;
  /** A new executor that reaches the hosts as root; the suite closes it. */
  open(): Promise<Executor>;
  /** Their disks, gluster and /var/lib/heketi are used up and given back. */
  readonly hosts: readonly [Host, Host];
  /** The addresses by which the nodes reach each other; those of the hosts when absent. */
  readonly storageHosts?: readonly [string, string];
  /** An address in the nodes' network at which nobody answers. */
  readonly deadHost: string;
  readonly disks: readonly [string, string];
}

const cleanTimeoutMs = 300_000;

/** Two real nodes as a place for the suite of storage commands. */
export function realNodes(nodes: RealNodes): StorageEnvironment {
  const { hosts, disks } = nodes;
  const sh = async (executor: Executor, host: Host, script: string): Promise<void> => {
    await executor.run(host, [{ label: 'prepare the node', argv: ['bash', '-c', script] }], {
      timeoutMs: cleanTimeoutMs,
    });
  };
  return {
    name: nodes.name,
    open: () => nodes.open(),
    hosts,
    storageHosts: nodes.storageHosts ?? [hosts[0].address, hosts[1].address],
    deadHost: nodes.deadHost,
    disks,
    noDisk: '/dev/no-such-disk',
    testTimeoutMs: 300_000,
    async reset(executor) {
      for (const script of [forgetVolumes, forgetPeers, cleanDisks(disks)]) {
        await Promise.all(hosts.map((host) => sh(executor, host, script)));
      }
    },
    prepare: (executor, host, content) => sh(executor, host, preparations(disks[0])[content]),
    mount: (executor, host, mountPoint) => sh(executor, host, `mount ${disks[0]} ${mountPoint}`),
    unmount: (executor, host, mountPoint) => sh(executor, host, `umount ${mountPoint}`),
    unfinishXfs: (executor, host, device) =>
      sh(executor, host, `xfs_db -x -c 'sb 0' -c 'write inprogress 1' ${device}`),
    setGlusterd: (executor, host, state) =>
      sh(
        executor,
        host,
        `${state === 'start' ? startGlusterd : 'systemctl stop glusterd'}; ${untilGlusterd(state)}`,
      ),
  };
}

/** systemd refuses the seventh start within an hour, unless it is told to forget the others. */
const startGlusterd = 'systemctl reset-failed glusterd; systemctl start glusterd';

const untilGlusterd = (state: 'start' | 'stop'): string =>
  state === 'stop'
    ? ':'
    : 'for i in $(seq 60); do gluster --mode=script pool list >/dev/null 2>&1 && exit 0; sleep 1; done; exit 1';

const forgetVolumes = `
${startGlusterd}
for i in $(seq 60); do gluster --mode=script pool list >/dev/null 2>&1 && break; sleep 1; done
for volume in $(gluster --mode=script volume list 2>/dev/null | grep -v "No volumes"); do
  gluster --mode=script volume stop $volume force >/dev/null 2>&1
  gluster --mode=script volume delete $volume >/dev/null 2>&1
done
true`;

/** Wiped rather than detached: that works whatever state a test has left. Cluster-wide options go, too. */
const forgetPeers = `
if [ -n "$(ls -A /var/lib/glusterd/peers /var/lib/glusterd/vols 2>/dev/null | grep -v :)" ] ||
  ! grep -qx global-option-version=0 /var/lib/glusterd/options; then
  systemctl stop glusterd
  pkill -x glusterfsd; pkill -x glusterfs
  rm -rf /var/lib/glusterd/peers/* /var/lib/glusterd/vols/* /var/lib/glusterd/options
  ${startGlusterd}
  for i in $(seq 60); do gluster --mode=script pool list >/dev/null 2>&1 && break; sleep 1; done
fi
true`;

const cleanDisks = (disks: readonly string[]): string => `
for each in $(grep -oE ' /(mnt|var/lib/heketi/mounts/[^ ]*) ' /proc/1/mountinfo); do umount -l $each; done
rm -f /etc/systemd/system/var-lib-heketi-*.mount /etc/systemd/system/multi-user.target.wants/var-lib-heketi-*.mount
for group in $(lvm vgs --noheadings -o vg_name); do lvm vgremove -qq -ff -y $group; done
for disk in ${disks.join(' ')}; do
  swapoff $disk 2>/dev/null
  lvm pvremove -qq -ff -y $disk 2>/dev/null
  wipefs -q --all $disk
  blockdev --rereadpt $disk
done
rm -rf --one-file-system /var/lib/heketi /srv/brick /srv/f
udevadm settle
true`;

/** A table with one partition of 3 GiB, written by hand: sfdisk is not on every node. */
const partitionTable =
  "printf '\\x00\\x20\\x21\\x00\\x83\\xfe\\xff\\xff\\x00\\x08\\x00\\x00\\x00\\x00\\x60\\x00'";

function preparations(disk: string): Readonly<Record<DiskContent, string>> {
  return {
    // Discarding 20 GiB first takes ten seconds.
    ext4: `mkfs.ext4 -q -F -E nodiscard ${disk}`,
    partition: `${partitionTable} | dd of=${disk} bs=1 seek=446 conv=notrunc status=none
printf '\\x55\\xaa' | dd of=${disk} bs=1 seek=510 conv=notrunc status=none; sync
blockdev --rereadpt ${disk}; udevadm settle`,
    swap: `mkswap -q ${disk}`,
    'foreign-group': `lvm vgcreate -qq somebodys ${disk} && lvm lvcreate -qq -n data -L 100M somebodys`,
  };
}
