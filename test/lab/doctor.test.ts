import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scene } from './scene.ts';
import type { NodeSnapshot } from './snapshot.ts';

interface WireFinding {
  readonly id: string;
  readonly kind: string;
  readonly node: string | null;
  readonly mend: string;
  readonly evidence: string;
}

describe('the doctor on real nodes', () => {
  let scene: Scene;
  let blank: NodeSnapshot[];
  let loaded: NodeSnapshot[];

  const wire = () => scene.mortar.wire;
  const look = async (): Promise<WireFinding[]> => {
    const answer = await wire().finish('/doctor/runs', { method: 'POST' });
    expect(answer.status, answer.text).toBe(200);
    return answer.json().findings as WireFinding[];
  };
  const kinds = async (): Promise<string[]> => (await look()).map(({ kind }) => kind).sort();
  /** Mends all that can be mended safely, with the command line. */
  const fixSafely = async (): Promise<void> => {
    const outcome = await scene.mortar.cli('doctor', '--fix', '--all-safe', '--yes');
    expect(outcome.exitCode, outcome.stdout + outcome.stderr).toBe(0);
  };
  const volumeOf = async (body: object) => {
    const answer = await wire().finish('/volumes', { body });
    expect(answer.status, answer.text).toBe(200);
    return answer.json();
  };
  const replicate = { durability: { type: 'replicate', replicate: { replica: 3 } } };

  beforeAll(async () => {
    scene = await Scene.open(3, { MORTAR_DOCTOR_QUARANTINE_DAYS: '0' });
    blank = await scene.pictures();
    await scene.loadTopology();
    loaded = await scene.pictures();
  });

  afterAll(() => scene?.close());

  it('finds nothing on nodes that are as they should be', async () => {
    expect(await look()).toEqual([]);
    const outcome = await scene.mortar.cli('doctor');
    expect(outcome).toMatchObject({ exitCode: 0, stdout: 'Nodes and database agree.\n' });
  });

  it('finds a dead brick process, a brick that is not mounted and a unit that is gone, and mends them', async () => {
    const volume = await volumeOf({ size: 2, ...replicate });
    expect(await look()).toEqual([]);
    const [brick] = volume.bricks as { id: string; path: string; node: string }[];
    const { hostnames } = (await wire().send(`/nodes/${brick?.node}`)).json();
    const index = scene.lab.nodes.find(({ name }) => name === hostnames.manage[0])?.index ?? 0;
    const point = brick?.path.replace(/\/brick$/, '') ?? '';

    await scene.lab.ssh(index, ['pkill', '-9', '-f', `glusterfsd.*${brick?.id}`]);
    expect(await kinds()).toEqual(['brick-offline']);
    await scene.lab.ssh(index, ['umount', point]);
    const unit = (
      await scene.lab.ssh(index, ['systemd-escape', '--path', '--suffix=mount', point])
    ).stdout.trim();
    await scene.lab.ssh(index, ['rm', '-f', `/etc/systemd/system/multi-user.target.wants/${unit}`]);
    expect(await kinds()).toEqual(['boot-mount-missing', 'brick-not-mounted']);
    const shown = await scene.mortar.cli('doctor');
    expect(shown.exitCode).toBe(2);
    expect(shown.stdout).toContain(`nothing is mounted at ${point}`);
    await fixSafely();
    expect(await look()).toEqual([]);
    expect(await scene.differences()).toEqual([]);

    await scene.lab.ssh(index, ['gluster', '--mode=script', 'volume', 'stop', volume.name, 'force']);
    const [stopped] = await look();
    expect(stopped).toMatchObject({ kind: 'volume-stopped', mend: 'start-volume' });
    const fixed = await scene.mortar.cli('doctor', '--fix', stopped?.id ?? '', '--yes');
    expect(fixed.exitCode, fixed.stderr).toBe(0);
    expect(await look()).toEqual([]);

    await scene.lab.ssh(index, ['systemctl', 'stop', 'glusterd']);
    expect(await kinds()).toContain('glusterd-down');
    await scene.lab.ssh(index, ['systemctl', 'start', 'glusterd']);
    await expect.poll(kinds, { timeout: 30_000, interval: 1000 }).toEqual([]);
  });

  it('rebuilds a database that was deleted: every answer is as before', async () => {
    await volumeOf({
      size: 2,
      gid: 2000,
      durability: { type: 'disperse', disperse: { data: 2, redundancy: 1 } },
    });
    await volumeOf({ size: 3, name: 'plain', glustervolumeoptions: ['', 'performance.cache-size 1MB'] });
    const grown = await volumeOf({
      size: 2,
      ...replicate,
      glustervolumeoptions: ['user.heketi.arbiter true'],
    });
    await wire().finish(`/volumes/${grown.id}/expand`, { body: { expand_size: 2 } });
    const before = (await wire().send('/topology')).json();
    expect(before.clusters[0].volumes).toHaveLength(4);

    await scene.mortar.stop();
    for (const ending of ['', '-wal', '-shm'])
      rmSync(`${scene.mortar.databasePath}${ending}`, { force: true });
    await scene.mortar.start();
    expect((await wire().send('/topology')).json()).toEqual({ clusters: [] });
    const hosts = scene.lab.nodes.map(({ name }) => `--host=${name}`);
    const outcome = await scene.mortar.cli('rebuild', ...hosts, '--yes');
    expect(outcome.exitCode, outcome.stdout + outcome.stderr).toBe(0);
    expect((await wire().send('/topology')).json()).toEqual(before);
    expect(await look()).toEqual([]);
    expect(await scene.differences()).toEqual([]);
  });

  it('puts an orphan into quarantine, keeps it, and destroys it on request', async () => {
    const { nodes } = (await wire().send('/topology')).json().clusters[0];
    const host = nodes[0].hostnames.manage[0] as string;
    const index = scene.lab.nodes.find(({ name }) => name === host)?.index ?? 0;
    const group = `vg_${nodes[0].devices[0].id}`;
    const id = 'feedfacefeedfacefeedfacefeedface';
    const made = [
      'lvcreate',
      '-q',
      '--poolmetadataspare',
      'n',
      '--thin',
      `${group}/tp_${id}`,
      '-L',
      '64M',
      '-V',
      '64M',
      '-n',
      `brick_${id}`,
    ];
    await scene.lab.ssh(index, [...made, '--addtag', 'mortar', '--addtag', `mortar.brick=${id}`]);
    const orphan = (await look()).find(({ kind }) => kind === 'orphan-brick');
    expect(orphan?.evidence).toContain(`tp_${id}`);
    const added = await scene.mortar.cli('doctor', 'quarantine', 'add', orphan?.id ?? '');
    expect(added.exitCode, added.stdout + added.stderr).toBe(0);
    const listed = await scene.mortar.cli('doctor', 'quarantine', 'list');
    expect(listed.stdout).toContain(`brick ${id} in ${group}`);
    const [item] = (await wire().send('/doctor/quarantine')).json().items;
    const gone = await scene.mortar.cli('doctor', 'quarantine', 'destroy', item.id as string, '--yes');
    expect(gone.exitCode, gone.stderr).toBe(0);
    expect(await kinds()).toEqual([]);
  });

  it('leaves the nodes as they were', async () => {
    for (const id of (await wire().send('/volumes')).json().volumes)
      expect((await wire().finish(`/volumes/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect(await scene.pictures()).toEqual(loaded);
    await scene.removeTopology();
    expect(await scene.pictures()).toEqual(blank);
  });
});
