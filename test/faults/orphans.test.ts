import { copyFileSync, mkdtempSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Finding, FindingKind } from '../../src/doctor/finding.ts';
import { act, differences, fix, scene } from '../support/doctor-scene.ts';
import { replica3, startManager, type TestManager } from '../support/manager.ts';

describe('orphans', () => {
  /** Forgets a volume in the database alone. */
  async function forgetVolume({ app }: TestManager, volumeId: string): Promise<void> {
    await app.database.write(async (tx) => {
      await tx.bricks.delete(await tx.bricks.listByVolume(volumeId));
      await tx.volumes.delete(volumeId);
    });
  }

  it('a volume that the database has lost is taken up again, to the last answer', async () => {
    const it = await scene();
    const before = (await it.wire.send(`/volumes/${it.volumeId}`)).json();
    await forgetVolume(it, it.volumeId);
    const findings = await it.look();
    const orphan = findings.find(({ kind }) => kind === 'volume-orphan');
    expect(orphan).toMatchObject({ mend: { action: 'adopt-volume' }, isSafe: false });
    // Its bricks hold data that a volume uses: they cannot even be put into quarantine.
    const bricks = findings.filter(({ kind }) => kind === 'orphan-brick');
    expect(bricks.map(({ mend }) => mend.action)).toEqual(['none', 'none', 'none']);
    if (orphan === undefined) throw new Error('not found');
    expect(await fix(it, orphan)).toMatchObject({ state: 'done', resultPath: `/volumes/${it.volumeId}` });
    expect((await it.wire.send(`/volumes/${it.volumeId}`)).json()).toEqual(before);
    expect(await it.look()).toEqual([]);
    expect(await differences(it)).toEqual([]);
  });

  it('go into quarantine, are kept for their stay, and are destroyed only on request', async () => {
    const it = await scene();
    await forgetVolume(it, it.volumeId);
    const isolate = async (finding: Finding) => {
      const answer = await it.wire.send('/doctor/quarantine', { body: { findings: [finding.id] } });
      const [start] = answer.json().started;
      expect(start.refused).toBeNull();
      expect(await it.app.engine.whenEnded(start.operation as string)).toMatchObject({ state: 'done' });
    };
    const items = async () => (await it.wire.send('/doctor/quarantine')).json().items;

    const orphan = (await it.look()).find(({ kind }) => kind === 'volume-orphan');
    if (orphan === undefined) throw new Error('not found');
    await isolate(orphan);
    expect(it.simulation.picture(it.host).volumes[0]?.status).toBe('stopped');
    const [volume] = await items();
    expect(volume).toMatchObject({ kind: 'volume', object: `gluster volume ${it.name}` });
    const early = await it.wire.send(`/doctor/quarantine/${volume.id}`, { method: 'DELETE' });
    expect(early.status).toBe(409);
    expect(early.text).toContain('stays in quarantine until');
    expect(it.simulation.picture(it.host).volumes).toHaveLength(1);

    // Out again, and in again: nothing is lost by it.
    const released = await it.wire.finish(`/doctor/quarantine/${volume.id}/release`, { method: 'POST' });
    expect(released.status, released.text).toBe(204);
    expect(await items()).toEqual([]);
  });

  it('are destroyed when their stay is over: first the volume, then its bricks, and nothing is left', async () => {
    const it = await scene({ MORTAR_DOCTOR_QUARANTINE_DAYS: '0' });
    const foreign = it.simulation.picture(it.host).logicalVolumes.length;
    await forgetVolume(it, it.volumeId);
    const isolateAll = async (kind: FindingKind) => {
      const wanted = (await it.look()).filter(
        (finding) => finding.kind === kind && finding.mend.action !== 'none',
      );
      const answer = await it.wire.send('/doctor/quarantine', {
        body: { findings: wanted.map(({ id }) => id) },
      });
      for (const { operation } of answer.json().started)
        expect(await it.app.engine.whenEnded(operation as string)).toMatchObject({ error: null });
      return wanted.length;
    };
    const destroyAll = async () => {
      for (const { id } of (await it.wire.send('/doctor/quarantine')).json().items) {
        const gone = await it.wire.finish(`/doctor/quarantine/${id}`, { method: 'DELETE' });
        expect(gone.status, gone.text).toBe(204);
      }
    };
    expect(await isolateAll('volume-orphan')).toBe(1);
    await destroyAll();
    expect(it.simulation.picture(it.host).volumes).toEqual([]);
    expect(it.simulation.picture(it.host).logicalVolumes).toHaveLength(foreign);
    expect(await isolateAll('orphan-brick')).toBe(3);
    const marked = it.simulation.picture(it.host);
    expect(marked.mounts).toEqual([]);
    expect(
      marked.logicalVolumes.every(({ tags }) => tags.some((tag) => tag.startsWith('mortar.quarantine='))),
    ).toBe(true);
    await destroyAll();
    expect(await it.look()).toEqual([]);
    expect(await differences(it)).toEqual([]);
  });

  it('that somebody took into use again are not destroyed', async () => {
    const it = await scene({ MORTAR_DOCTOR_QUARANTINE_DAYS: '0' });
    await forgetVolume(it, it.volumeId);
    const orphan = (await it.look()).find(({ kind }) => kind === 'volume-orphan');
    await it.app.doctor.isolate([orphan?.id ?? '']).then(async ([start]) => {
      if (start !== undefined && 'operation' in start) await it.app.engine.whenEnded(start.operation.id);
    });
    const [item] = (await it.wire.send('/doctor/quarantine')).json().items;
    act(it, it.host, 'gluster', 'volume', 'start', it.name, '--xml');
    const answer = await it.wire.finish(`/doctor/quarantine/${item.id}`, { method: 'DELETE' });
    expect(answer.status).toBe(500);
    expect(answer.text).toContain('is started by now');
    expect(it.simulation.picture(it.host).volumes).toHaveLength(1);
  });
});

describe('a database that is older than the nodes', () => {
  it('takes up again what came after it: volumes, grown volumes, devices; and names what went', async () => {
    const it = await scene();
    const { wire, app, simulation, folder } = it;
    const gone = (await wire.finish('/volumes', { body: replica3(2) })).json();
    const copy = `${folder}/older.db`;
    await app.database.copyTo(copy);
    const node = it.brick.nodeId;
    expect((await wire.finish('/devices', { body: { node, name: '/dev/sdx' } })).status).toBe(204);
    const late = (await wire.finish('/volumes', { body: replica3(3) })).json();
    await wire.finish(`/volumes/${it.volumeId}/expand`, { body: { expand_size: 3 } });
    await wire.finish(`/volumes/${gone.id}`, { method: 'DELETE' });
    const before = (await wire.send('/topology')).json();

    await app.stop();
    const older = mkdtempSync(`${folder}-`);
    copyFileSync(copy, `${older}/mortar.db`);
    const next = await startManager({ simulation, folder: older });
    const outcome = await next.app.doctor.reconcile(new AbortController().signal);
    expect(outcome.refused).toEqual([]);
    expect(outcome.left.map(({ kind, object }) => `${kind}: ${object}`)).toEqual([
      `volume-gone: volume ${gone.id} (${gone.name})`,
    ]);
    const [left] = outcome.left;
    if (left === undefined) throw new Error('nothing left');
    expect(await fix(next, left)).toMatchObject({ state: 'done' });
    expect((await next.wire.send('/topology')).json()).toEqual(before);
    expect((await next.wire.send(`/volumes/${late.id}`)).json()).toEqual(late);
    expect(await differences(next)).toEqual([]);
  });
});
