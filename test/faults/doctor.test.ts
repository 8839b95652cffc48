import { describe, expect, it } from 'vitest';
import type { FindingKind } from '../../src/doctor/finding.ts';
import { unitName } from '../../src/storage/filesystem/mounts.ts';
import {
  act,
  type DoctorScene,
  differences,
  fix,
  kindsOf,
  scene,
  unmountBehind,
} from '../support/doctor-scene.ts';
import { loadNodes, replica3, startManager } from '../support/manager.ts';

const unitFolder = '/etc/systemd/system';

interface Breakage {
  readonly kind: FindingKind;
  readonly how: string;
  readonly act: (it: DoctorScene) => Promise<void> | void;
  /** Findings that come with it. */
  readonly with?: readonly FindingKind[];
}

/** What Mortar can mend: broken behind its back, found, mended, and as before. */
const mendable: readonly Breakage[] = [
  { kind: 'brick-not-mounted', how: 'a brick is unmounted', act: unmountBehind },
  {
    kind: 'brick-offline',
    how: 'a brick process dies',
    act: ({ simulation, host, brick }) => simulation.endBrick(host, brick.path),
  },
  {
    kind: 'volume-stopped',
    how: 'a volume is stopped',
    act: (it) => act(it, it.host, 'gluster', 'volume', 'stop', it.name, 'force', '--xml'),
  },
  {
    kind: 'boot-mount-missing',
    how: 'the mount unit of a brick is removed',
    act: (it) =>
      act(
        it,
        it.host,
        'rm',
        '-f',
        `${unitFolder}/${unitName(it.at)}`,
        `${unitFolder}/multi-user.target.wants/${unitName(it.at)}`,
      ),
  },
  {
    kind: 'boot-mount-missing',
    how: 'the mount unit of a brick is disabled',
    act: (it) => act(it, it.host, 'rm', '-f', `${unitFolder}/multi-user.target.wants/${unitName(it.at)}`),
  },
  {
    kind: 'boot-mount-differs',
    how: 'the mount unit of a brick is edited',
    act: ({ simulation, host, at }) => {
      const text = `[Mount]\nWhat=/dev/sdz\nWhere=${at}\nType=xfs\nOptions=rw\n`;
      simulation.act(host, ['install', '-m', '0644', '/dev/stdin', `${unitFolder}/${unitName(at)}`], text);
    },
  },
  {
    kind: 'boot-mount-stray',
    how: 'a mount unit of no brick lies about',
    act: ({ simulation, host }) => {
      const point = '/var/lib/heketi/mounts/vg_x/brick_y';
      const text = `[Mount]\nWhat=/dev/sdz\nWhere=${point}\nType=xfs\nOptions=rw\n`;
      simulation.act(host, ['install', '-m', '0644', '/dev/stdin', `${unitFolder}/${unitName(point)}`], text);
    },
  },
  {
    kind: 'folder-stray',
    how: 'an empty mount point is left over',
    act: (it) => act(it, it.host, 'mkdir', '-p', `${it.at}x`),
  },
  {
    kind: 'device-imprint-outdated',
    how: 'the tags of a volume group are taken off',
    act: (it) =>
      act(
        it,
        it.host,
        'lvm',
        'vgchange',
        '--deltag',
        'mortar.node.zone=1',
        '--deltag',
        'mortar.node.zone=2',
        '--deltag',
        'mortar.node.zone=3',
        it.group,
      ),
  },
  {
    kind: 'brick-imprint-missing',
    how: 'the tags of a pool are taken off',
    act: (it) =>
      act(
        it,
        it.host,
        'lvm',
        'lvchange',
        '--deltag',
        `mortar.brick=${it.brick.id}`,
        `${it.group}/${it.brick.poolName}`,
      ),
  },
  {
    kind: 'volume-imprint-outdated',
    how: 'an option with its imprint is taken off',
    act: (it) => act(it, it.host, 'gluster', 'volume', 'set', it.name, 'user.mortar.size', 'none', '--xml'),
  },
  {
    kind: 'space-differs',
    how: 'somebody takes room in a volume group',
    act: ({ simulation, host, group }) => simulation.takeExtents(host, group, 10, 'backup'),
    with: ['foreign-volume'],
  },
];

describe('the doctor', () => {
  it('finds nothing where nothing is wrong, whatever was done before', async () => {
    const it = await scene();
    const { wire } = it;
    expect(await it.look()).toEqual([]);
    await wire.finish('/volumes', {
      body: { size: 3, durability: { type: 'disperse', disperse: { data: 2, redundancy: 1 } } },
    });
    await wire.finish('/volumes', {
      body: replica3(3, { glustervolumeoptions: ['user.heketi.arbiter true'] }),
    });
    await wire.finish('/volumes', { body: { size: 5, snapshot: { enable: true, factor: 1.5 } } });
    await wire.finish(`/volumes/${it.volumeId}/expand`, { body: { expand_size: 3 } });
    const gone = (await wire.finish('/volumes', { body: replica3(2) })).json();
    await wire.finish(`/volumes/${gone.id}`, { method: 'DELETE' });
    expect(await it.look()).toEqual([]);
    expect(it.app.doctor.summary().counts).toEqual([]);
  });

  it.each(mendable)('$kind: $how; it is found, mended, and as before', async (breakage) => {
    const it = await scene();
    await breakage.act(it);
    const findings = await it.look();
    expect(kindsOf(findings).sort()).toEqual([breakage.kind, ...(breakage.with ?? [])].sort());
    const finding = findings.find(({ kind }) => kind === breakage.kind);
    if (finding === undefined) throw new Error('not found');
    const operation = await fix(it, finding);
    expect(operation).toMatchObject({ state: 'done', error: null });
    expect(kindsOf(await it.look())).toEqual(breakage.with ?? []);
    if (breakage.with === undefined) expect(await differences(it)).toEqual([]);
  });
});

/** What a person has to decide: found and explained, and left alone. */
const byHand: readonly (Breakage & { readonly kinds: readonly FindingKind[] })[] = [
  {
    kind: 'node-unreachable',
    how: 'a node is cut off',
    act: ({ simulation, host }) => simulation.setReachable(host, false),
    kinds: ['node-unreachable'],
  },
  {
    kind: 'glusterd-down',
    how: 'glusterd is stopped',
    act: (it) => act(it, it.host, 'systemctl', 'stop', 'glusterd'),
    kinds: ['glusterd-down'],
  },
  {
    kind: 'group-missing',
    how: 'a disk is pulled out',
    act: async ({ simulation, host, brick, app }) => {
      const device = await app.database.read.devices.find(brick.deviceId);
      simulation.pullDisk(host, device?.name ?? '');
    },
    kinds: ['group-missing'],
  },
  {
    kind: 'brick-volume-missing',
    how: 'the logical volumes of a brick are removed',
    act: (it) => {
      unmountBehind(it);
      act(it, it.host, 'lvm', 'lvremove', '-f', `${it.group}/${it.brick.poolName}`);
    },
    kinds: ['brick-volume-missing', 'space-differs'],
  },
  {
    kind: 'brick-mount-differs',
    how: 'something else is mounted in the place of a brick',
    act: (it) => {
      unmountBehind(it);
      it.simulation.addDisk(it.host, { path: '/dev/sdq', sizeGiB: 1 });
      it.simulation.putContent(it.host, '/dev/sdq', 'xfs');
      it.simulation.mount(it.host, '/dev/sdq', it.at);
    },
    kinds: ['brick-mount-differs'],
  },
  {
    kind: 'brick-folder-missing',
    how: 'the directory of a brick is removed',
    act: (it) => {
      it.simulation.endBrick(it.host, it.brick.path);
      act(it, it.host, 'rm', '-rf', it.brick.path);
    },
    kinds: ['brick-folder-missing'],
  },
  {
    kind: 'pool-data-full',
    how: 'a thin pool is nearly full',
    act: ({ simulation, host, group, brick }) =>
      simulation.setUsage(host, { group, volume: brick.poolName }, 96.5),
    kinds: ['pool-data-full'],
  },
  {
    kind: 'volume-missing',
    how: 'a volume is deleted in gluster',
    act: (it) => {
      act(it, it.host, 'gluster', 'volume', 'stop', it.name, 'force', '--xml');
      act(it, it.host, 'gluster', 'volume', 'delete', it.name, '--xml');
    },
    kinds: ['volume-missing'],
  },
  {
    kind: 'volume-foreign',
    how: 'somebody else has a volume',
    act: ({ simulation, host }) => simulation.makeForeignVolume(host, 'theirs'),
    kinds: ['volume-foreign'],
  },
  {
    kind: 'peer-unknown',
    how: 'somebody probes a peer',
    act: (it) => {
      it.simulation.picture('stranger');
      act(it, it.host, 'gluster', 'peer', 'probe', 'stranger', '--xml');
    },
    kinds: ['peer-unknown'],
  },
  {
    kind: 'folder-stray',
    how: 'a folder that is not empty lies about',
    act: (it) => {
      act(it, it.host, 'mkdir', '-p', `${it.at}x`);
      it.simulation.act(it.host, ['install', '-m', '0644', '/dev/stdin', `${it.at}x/notes`], 'mine');
    },
    kinds: ['folder-stray'],
  },
];

describe('the doctor leaves to people', () => {
  it.each(byHand)('$kind: $how', async (breakage) => {
    const it = await scene();
    await breakage.act(it);
    const before = it.simulation.picture(it.host);
    const findings = await it.look();
    expect(kindsOf(findings).sort()).toEqual([...breakage.kinds].sort());
    const finding = findings.find(({ kind }) => kind === breakage.kind);
    expect(finding).toMatchObject({ mend: { action: 'none' }, isSafe: false });
    expect(finding?.evidence).not.toBe('');
    const refused = (await it.wire.send('/doctor/fix', { body: { findings: [finding?.id] } })).json();
    expect(refused.started[0]).toMatchObject({
      operation: null,
      refused: expect.stringContaining(finding?.advice ?? ''),
    });
    expect(it.simulation.picture(it.host)).toEqual(before);
  });

  it('what it could not see again: an unreachable node hides its findings, it does not heal them', async () => {
    const it = await scene();
    unmountBehind(it);
    await it.look();
    it.simulation.setReachable(it.host, false);
    // Gluster's other nodes still say that the process does not run; why, only the node could say.
    expect(kindsOf(await it.look()).sort()).toEqual(['brick-offline', 'node-unreachable']);
    const known = await it.app.doctor.findings();
    expect(kindsOf(known).sort()).toEqual(['brick-not-mounted', 'brick-offline', 'node-unreachable']);
    expect(it.app.doctor.summary().counts).toContainEqual({
      kind: 'brick-not-mounted',
      severity: 'error',
      count: 1,
    });
    it.simulation.setReachable(it.host, true);
    expect(kindsOf(await it.look())).toEqual(['brick-not-mounted']);
    expect((await it.app.doctor.findings())[0]?.firstSeenMs).toBe(
      known.find(({ kind }) => kind === 'brick-not-mounted')?.firstSeenMs,
    );
  });

  it('a mend that finds its object held by another operation', async () => {
    const it = await scene();
    unmountBehind(it);
    const [finding] = await it.look();
    await it.app.database.write((tx) => tx.volumes.update(it.volumeId, { operationId: 'other' }));
    const answer = await it.wire.send('/doctor/fix', { body: { findings: [finding?.id] } });
    expect(answer.json().started[0].refused).toContain('in use');
  });
});

describe('peers', () => {
  it('that gluster has lost are probed again', async () => {
    const manager = await startManager();
    const { clusterId } = await loadNodes(manager.wire, 3, 1);
    act(manager, 'node1', 'gluster', 'peer', 'detach', '192.0.2.3', '--xml');
    const { findings } = await manager.app.doctor.look();
    expect(findings).toMatchObject([{ kind: 'peer-missing', clusterId, isSafe: true }]);
    const [finding] = findings;
    if (finding === undefined) throw new Error('not found');
    expect(await fix(manager, finding)).toMatchObject({ state: 'done' });
    expect((await manager.app.doctor.look()).findings).toEqual([]);
    expect(await differences(manager)).toEqual([]);
  });
});

describe('on a busy system', () => {
  it('looks find nothing, whatever is under way', async () => {
    const it = await scene();
    const { wire } = it;
    it.simulation.setLatency({ perBatchMs: 5 });
    const state = { isOver: false };
    const round = async (): Promise<void> => {
      const made = await Promise.all([2, 3].map((size) => wire.finish('/volumes', { body: replica3(size) })));
      const ids = made.map((answer) => answer.json().id as string);
      await wire.finish(`/volumes/${ids[0]}/expand`, { body: { expand_size: 2 } });
      await Promise.all(ids.map((id) => wire.finish(`/volumes/${id}`, { method: 'DELETE' })));
    };
    const work = (async () => {
      for (let rounds = 0; rounds < 4; rounds += 1) await round();
    })().finally(() => {
      state.isOver = true;
    });
    const found: string[] = [];
    let looks = 0;
    while (!state.isOver) {
      const findings = await it.look();
      found.push(...findings.map(({ kind, object, evidence }) => `${kind} ${object} ${evidence}`));
      looks += 1;
    }
    await work;
    expect(looks).toBeGreaterThan(1);
    expect(found).toEqual([]);
  });
});
