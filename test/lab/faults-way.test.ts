import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FaultBench, replica2, replica3 } from './fault-bench.ts';
import { recordFault } from './fault-table.ts';

/** The way to a node fails: for the manager, for its peers, or for good. */
describe('the way to a node', () => {
  let bench: FaultBench;

  beforeAll(async () => {
    // A connection that broke silently is noticed after three signs of life without answer.
    bench = await FaultBench.open({ MORTAR_SSH_KEEPALIVE_SECONDS: '2' });
  });
  afterEach(async () => {
    await bench.mend();
    await bench.expectNothingLeft();
  });
  afterAll(() => bench?.close());

  const powerOn = async (node: number): Promise<void> => {
    await bench.lab.start(node);
    await bench.lab.waitReady(node);
  };
  /** Until then gluster would wait for the peer with whatever it is told to do, ten minutes long. */
  const untilPeersMiss = async (node: number): Promise<void> => {
    for (const other of [1, 2, 3].filter((index) => index !== node))
      await expect
        .poll(() => bench.act(other, 'gluster pool list'), { timeout: 120_000, interval: 1000 })
        .toContain('Disconnected');
  };
  const isThere = async (name: string): Promise<boolean> =>
    (await bench.act(1, 'gluster volume list 2>/dev/null || true')).split('\n').includes(name);

  it('sshd stopped: named, and nothing is made elsewhere', async () => {
    // Whoever connects to port 9 starts sshd again: nothing else gets in then.
    await bench.act(2, 'systemd-run -q systemd-socket-activate -l 9 systemctl start ssh');
    bench.mendWith(async () => {
      await bench.lab.exec(['bash', '-c', 'exec 3<>/dev/tcp/node2/9']);
      await bench.lab.waitReady(2);
    });
    await bench.act(2, 'systemd-run -q sh -c "systemctl stop ssh; pkill -KILL -x sshd"');
    await expect.poll(async () => (await bench.lab.ssh(2, 'true')).exitCode, { timeout: 30_000 }).toBe(255);

    const problem = await bench.refused({ ...replica3, name: 'nosshd' });
    expect(problem).toMatchObject({
      code: 'node.unreachable',
      detail: expect.stringMatching(/^node2: .*connection refused$/),
    });
    expect(await isThere('nosshd')).toBe(false);
    recordFault({ fault: 'sshd stopped on a node', seen: problem.detail, left: 'nothing' });
  });

  it('a node off before: named; what can do without it is made elsewhere', async () => {
    await bench.lab.kill(2);
    bench.mendWith(() => powerOn(2));
    const problem = await bench.refused(replica3);
    expect(problem).toMatchObject({ code: 'node.unreachable', detail: expect.stringMatching(/^node2: /) });
    await untilPeersMiss(2);
    const volume = await bench.created(replica2);
    await bench.mend();
    await bench.delete(volume.id);
    recordFault({
      fault: 'a node off before a creation',
      seen: problem.detail,
      left: 'nothing; a volume that can do without the node is made on the others',
    });
  });

  it('a node off in the middle: named; its part is taken away when it is back', async () => {
    await bench.replaceProgram(2, '/usr/sbin/mkfs.xfs', 'reached; sleep 1000');
    const creation = bench.create({ ...replica3, name: 'middle' });
    await bench.untilReached(2);
    await bench.lab.kill(2);
    bench.mendWith(() => powerOn(2));
    const answer = await creation;
    expect(answer.status).toBe(500);
    const problem = answer.json();
    expect(problem).toMatchObject({
      code: expect.stringMatching(/^node\.(connection_lost|unreachable)$/),
      detail: expect.stringMatching(/^node2: /),
    });
    expect(await isThere('middle')).toBe(false);
    recordFault({
      fault: 'a node off in the middle of a creation',
      seen: problem.detail,
      left: 'on that node its part of the volume, counted as used until the node is back; then nothing',
    });
  });

  it('a node off while a creation is undone: the rest goes at once, its part when it is back', async () => {
    await bench.replaceProgram(1, '/usr/sbin/mkfs.xfs', 'echo "no space in this test" >&2; exit 1');
    await bench.replaceProgram(
      2,
      '/usr/sbin/lvm',
      // Only once: after the boot Mortar may be quicker than the mending.
      'if [ "$1" = lvremove ] && ! [ -e $real.once ]; then touch $real.once; sync; reached; sleep 1000; fi; exec -a "$0" $real "$@"',
    );
    const creation = bench.create(replica3);
    await bench.untilReached(2);
    await bench.lab.kill(2);
    bench.mendWith(() => powerOn(2));
    const problem = (await creation).json();
    expect(problem).toMatchObject({
      code: 'node.command_failed',
      detail: expect.stringMatching(/^node1: make an XFS on .*no space in this test \(exit code 1\)$/),
    });
    recordFault({
      fault: 'a node off while a creation is undone',
      seen: problem.detail,
      left: 'on that node its part of the volume, counted as used until the node is back; then nothing',
    });
  });

  it('packets lost and late: everything is done, only slower', async () => {
    await bench.lab.net(2, { delayMs: 200, lossPercent: 20 });
    bench.mendWith(() => bench.lab.net(2, 'clear'));
    const volume = await bench.created(replica3);
    expect(volume.bricks).toHaveLength(3);
    await bench.delete(volume.id);
    recordFault({ fault: '20 % of packets lost, 200 ms delay', seen: 'success, later', left: 'nothing' });
  });
});
