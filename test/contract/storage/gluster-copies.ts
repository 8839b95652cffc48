import { expect } from 'vitest';
import type { Command } from '../../../src/executors/executor.ts';
import { markForVolume, unmount } from '../../../src/storage/filesystem/brick-folder.ts';
import { writeFile } from '../../../src/storage/filesystem/files.ts';
import { parseSnapshots } from '../../../src/storage/gluster/snapshots.ts';
import type { GlusterVolume } from '../../../src/storage/gluster/volume-info.ts';
import { type Bench, gluster, group, lvm } from './bench.ts';

interface Story {
  readonly bench: Bench;
  readonly refused: (command: Command) => Promise<{ readonly words: string }>;
  readonly look: (name: string) => Promise<GlusterVolume | undefined>;
  /** Of the thin volume that all bricks of v1 on a node are on. */
  readonly mount: Command;
  readonly top: string;
}

/** What a restoration relies on: gluster takes bricks for its own by their mark, whatever thin volume they are on. */
export async function runOnCopies({ bench, refused, look, mount, top }: Story): Promise<void> {
  const memo = `${top}/memo`;
  const write = (text: string) =>
    Promise.all(bench.hosts.map((host) => bench.run(writeFile(memo, text), host)));
  const stop = gluster.stopIdleVolume('v1');
  await write('then');
  await bench.run([gluster.createSnapshot('s1', 'v1', 'mark'), gluster.activateSnapshot('s1')]);
  await write('now');
  const told = parseSnapshots(await bench.output(gluster.snapshotInfo('v1')));
  const copy = { source: `${told?.[0]?.volumeName}_0`, copy: 'brick_g1_new', tags: ['mortar.restore=1'] };
  for (const host of bench.hosts) {
    await bench.run([lvm.copyThinVolume(group, copy)], host);
    const again = await bench.refusal(lvm.copyThinVolume(group, copy), host);
    expect(again.stderr).toContain('already exists');
    const volumes = await bench.volumes(host);
    expect(volumes.find(({ name }) => name === 'brick_g1_new')).toMatchObject({
      pool: 'tp_g1',
      sizeKib: volumes.find(({ name }) => name === 'brick_g1')?.sizeKib,
      tags: ['mortar.restore=1'],
    });
    const missing = await bench.refusal(lvm.copyThinVolume(group, { ...copy, source: 'none' }), host);
    expect(missing.stderr).toContain('Snapshot origin LV none not found');
  }
  await bench.run([stop]);
  expect((await refused(stop)).words).toContain('is not in the started state');
  for (const host of bench.hosts) {
    await expect
      .poll(async () =>
        bench.run([unmount(top)], host).then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
    await bench.run(
      [
        lvm.renameLogicalVolume(group, 'brick_g1', 'brick_g1_old'),
        lvm.renameLogicalVolume(group, 'brick_g1_new', 'brick_g1'),
        mount,
      ],
      host,
    );
    const taken = lvm.renameLogicalVolume(group, 'brick_g1', 'brick_g1_old');
    expect((await bench.refusal(taken, host)).stderr).toContain('already exists in volume group');
    const gone = lvm.renameLogicalVolume(group, 'brick_g1_new', 'brick_g1_newer');
    expect((await bench.refusal(gone, host)).stderr).toContain('not found in volume group');
    expect(await bench.output({ label: 'read it', argv: ['cat', memo] }, host)).toBe('then');
  }
  expect((await refused(gluster.startVolume('v1'))).words).toContain('Volume id mismatch');
  const uuid = (await look('v1'))?.uuid ?? '';
  for (const host of bench.hosts)
    await bench.run(
      ['a', 'g'].map((name) => markForVolume(`${top}/${name}`, uuid)),
      host,
    );
  await bench.run([gluster.startVolume('v1'), gluster.deleteSnapshot('s1')]);
  for (const host of bench.hosts) {
    await bench.run([lvm.removeLogicalVolumes([`${group}/brick_g1_old`])], host);
    expect((await bench.volumes(host)).filter(({ pool }) => pool === 'tp_g1')).toHaveLength(1);
  }
}
