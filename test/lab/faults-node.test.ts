import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FaultBench, replica3 } from './fault-bench.ts';
import { recordFault } from './fault-table.ts';
import { Mortar } from './mortar.ts';

const nothing = 'nothing';

/** A node answers, but does not do what it should. */
describe('a node', () => {
  let bench: FaultBench;

  beforeAll(async () => {
    bench = await FaultBench.open();
  });
  afterEach(async () => {
    await bench.mend();
    await bench.expectNothingLeft();
  });
  afterAll(() => bench?.close());

  // systemd refuses the seventh start within an hour, unless it is told to forget the others.
  const startGlusterd = 'systemctl reset-failed glusterd; systemctl start glusterd';
  const groupsOf = async (node: number): Promise<string[]> =>
    (await bench.act(node, 'vgs --noheadings -o vg_name')).trim().split(/\s+/);

  it('whose glusterd is stopped keeps a volume from being made', async () => {
    await bench.breakNode(2, 'systemctl stop glusterd', startGlusterd);
    const problem = await bench.refused(replica3);
    expect(problem).toMatchObject({ detail: expect.stringMatching(/not connected|glusterd/) });
    await bench.mend();
    await bench.lab.waitReady(2);
    await expect
      .poll(() => bench.act(1, 'gluster pool list'), { timeout: 60_000 })
      .not.toContain('Disconnected');
    recordFault({ fault: 'glusterd stopped on a node', seen: problem.detail, left: nothing });
  });

  it('that may write nothing where bricks are mounted says so', async () => {
    const root = '/var/lib/heketi';
    await bench.breakNode(
      2,
      `mount --bind ${root} ${root} && mount -o remount,ro,bind ${root}`,
      `umount ${root}`,
    );
    const problem = await bench.refused(replica3);
    expect(problem).toMatchObject({
      code: 'node.command_failed',
      detail: expect.stringMatching(/^node2: make .*Read-only file system/),
    });
    recordFault({
      fault: 'a read-only file system where bricks are mounted',
      seen: problem.detail,
      left: nothing,
    });
  });

  it('whose volume groups somebody else has filled says how much is missing', async () => {
    const groups = await groupsOf(2);
    const fill = groups.map((group) => `lvcreate -qq -Wn -n somebodys -l 100%FREE ${group}`).join(' && ');
    await bench.breakNode(2, fill, groups.map((group) => `lvremove -qq -f ${group}/somebodys`).join(' && '));
    const [, filled] = await bench.scene.pictures();
    const problem = await bench.refused(replica3);
    expect(problem).toMatchObject({
      code: 'node.command_failed',
      detail: expect.stringMatching(
        /^node2: make the thin volume brick_\w+: [^]*insufficient free space \(0 extents\)/,
      ),
    });
    await bench.scene.mortar.settle();
    expect((await bench.scene.pictures())[1]).toEqual(filled);
    recordFault({ fault: 'a volume group filled behind our back', seen: problem.detail, left: nothing });
  });

  it('that has a logical volume of the same name keeps it', async () => {
    // Brick ids are random, so the stranger comes just before ours.
    const [group = ''] = await groupsOf(2);
    const stranger = `if [ "$1" = lvcreate ]; then
  words=" $* "; name=\${words#* --name }; name=\${name%% *}
  group=\${words#* --thin }; group=\${group%%/*}
  (exec -a lvm $real lvcreate -qq -Wn -L 100M -n "$name" "$group") && echo precious > "/dev/$group/$name"
fi
exec -a "$0" $real "$@"`;
    await bench.replaceProgram(2, '/usr/sbin/lvm', stranger);
    const problem = await bench.refused(replica3);
    expect(problem).toMatchObject({
      code: 'node.command_failed',
      detail: expect.stringMatching(/^node2: make the thin volume (brick_\w+): [^]*"\1" already exists/),
    });
    await bench.scene.mortar.settle();
    const { logicalVolumes } = await bench.lab.snapshotNode(2);
    expect(logicalVolumes, `in ${group}`).toMatchObject([
      { lv_name: expect.stringMatching(/^brick_/), pool_lv: '' },
    ]);
    const [{ vg_name, lv_name } = {}] = logicalVolumes;
    expect(await bench.act(2, `head -c 8 /dev/${vg_name}/${lv_name}`)).toBe('precious');
    await bench.act(2, `lvremove -qq -f ${vg_name}/${lv_name}`);
    recordFault({
      fault: 'a logical volume of the same name that is not ours',
      seen: problem.detail,
      left: 'nothing of ours; the stranger as it was',
    });
  });

  it('on which gluster has a volume of the same name keeps it', async () => {
    await bench.breakNode(
      1,
      `mkdir -p /srv/somebodys && gluster --mode=script volume create taken ${bench.lab.nodes[0]?.address}:/srv/somebodys/brick force`,
      'gluster --mode=script volume delete taken; rm -rf /srv/somebodys',
    );
    const before = await bench.act(1, 'gluster volume info taken');
    const problem = await bench.refused({ ...replica3, name: 'taken' });
    expect(problem).toMatchObject({
      code: 'gluster.foreign_volume',
      detail: expect.stringContaining('taken'),
    });
    await bench.scene.mortar.settle();
    expect(await bench.act(1, 'gluster volume info taken')).toBe(before);
    recordFault({
      fault: 'a gluster volume of the same name that is not ours',
      seen: problem.detail,
      left: 'nothing of ours; the stranger as it was',
    });
  });

  it('on which a command hangs has it ended at the deadline', async () => {
    const { mortar, folder } = bench.scene;
    await mortar.stop();
    const impatient = new Mortar(bench.lab, folder, {
      env: { MORTAR_OPERATIONS_COMMAND_TIMEOUT_SECONDS: '15' },
    });
    await impatient.start();
    await bench.replaceProgram(2, '/usr/sbin/mkfs.xfs', 'sleep 12345 & sleep 12345');
    try {
      const problem = (
        await impatient.wire.finish('/volumes', { body: replica3, headers: { accept: 'application/json' } })
      ).json();
      expect(problem).toMatchObject({
        code: 'node.command_timeout',
        detail: expect.stringMatching(
          /^node2: make an XFS on .*: did not end within the 15 s of its batch and was ended/,
        ),
      });
      expect((await bench.lab.ssh(2, ['pgrep', '-f', 'sleep 12345'])).exitCode).toBe(1);
      await impatient.settle();
      recordFault({
        fault: 'a command that hangs',
        seen: problem.detail,
        left: `${nothing}: the command is ended on the node`,
      });
    } finally {
      await impatient.stop();
      await mortar.start();
    }
  });

  it('whose clock is wrong does its work', async () => {
    const now = (): string => `date -s @${Math.round(Date.now() / 1000)}`;
    bench.mendWith(() => bench.act(2, now()));
    for (const shift of ['+3 hours', '-6 hours']) {
      await bench.act(2, `date -s "${shift}"`);
      const volume = await bench.created(replica3);
      expect(volume.bricks).toHaveLength(3);
      await bench.delete(volume.id);
    }
    recordFault({ fault: "a node's clock hours ahead or behind", seen: 'success', left: nothing });
  });

  it('whose disks have changed their names is known by what is on them', async () => {
    const restart = async (swapDisks: boolean): Promise<void> => {
      await bench.lab.kill(2);
      await bench.lab.start(2, { swapDisks });
      await bench.lab.waitReady(2);
    };
    const before = await bench.created(replica3);
    await restart(true);
    bench.mendWith(() => restart(false));
    expect(await bench.scene.differences()).toEqual([]);
    const during = await bench.created({ ...replica3, size: 12 });
    expect(await bench.scene.differences()).toEqual([]);
    await bench.delete(before.id);
    await bench.delete(during.id);
    recordFault({ fault: 'disks that swap their names at a reboot', seen: 'success', left: nothing });
  });
});
