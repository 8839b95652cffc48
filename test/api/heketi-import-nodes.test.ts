import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createSimulatedExecutor, Simulation } from '../../src/executors/simulated/simulated-executor.ts';
import { type ImportReport, type ImportRequest, importHeketi } from '../../src/heketi-import.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { storageCommands } from '../../src/settings.ts';
import { loadNodes, replica3, startManager, type TestManager, testConfig } from '../support/manager.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const newSimulation = (): Simulation =>
  new Simulation({ resolveStorageHost: async (name) => name.replace(/^192\.0\.2\./, 'node') });

interface Scene {
  readonly old: TestManager;
  readonly simulation: Simulation;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests bend dumps into any shape
  readonly dump: () => Promise<any>;
}

/** A manager whose dump stands for that of the old server. */
async function scene(): Promise<Scene> {
  const simulation = newSimulation();
  const old = await startManager({ simulation });
  await loadNodes(old.wire, 6, 1);
  return { old, simulation, dump: async () => (await old.wire.send('/db/dump')).json() };
}

function take(
  folder: string,
  dump: unknown,
  simulation: Simulation,
  change: Partial<ImportRequest> = {},
): Promise<ImportReport> {
  const config = testConfig(folder);
  return importHeketi({
    databasePath: join(folder, 'mortar.db'),
    name: 'heketi.json',
    text: JSON.stringify(dump),
    clock: systemClock,
    defaults: { averageFileKib: 64, zoneChecking: 'soft' },
    leaveOutClones: false,
    nodes: {
      executor: async () => createSimulatedExecutor({ simulation }),
      commands: storageCommands(config),
      mountSettings: config.mounts,
      poolLimitPercent: config.lvm.poolLimitPercent,
      settings: { nodesAtOnce: 4, deadlineMs: 60_000 },
    },
    isChecked: true,
    isDryRun: false,
    ...change,
  });
}

const nodesOf = (simulation: Simulation) =>
  Array.from({ length: 6 }, (_, index) => simulation.picture(`node${index + 1}`));

describe('a dump beside its nodes', () => {
  it('gets the brick sets and the UUID of each volume from gluster, and agrees with the nodes', async () => {
    const { old, simulation, dump } = await scene();
    const arbiter = { glustervolumeoptions: ['user.heketi.arbiter true'] };
    const bodies = [
      replica3(10),
      replica3(8, arbiter),
      { size: 8, durability: { type: 'disperse', disperse: { data: 4, redundancy: 2 } } },
    ];
    for (const body of bodies) {
      const { id } = (await old.wire.finish('/volumes', { body })).json();
      await old.wire.finish(`/volumes/${id}/expand`, { body: { expand_size: 8 } });
    }
    const { taken, findings, notes } = await take(temporaryFolder(), await dump(), simulation);
    expect(notes).toEqual([]);
    expect(findings).toEqual([]);
    const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
    expect([...taken.bricks].sort(byId)).toEqual(await old.app.database.read.bricks.listAll());
    expect([...taken.volumes].sort(byId)).toEqual(await old.app.database.read.volumes.listAll());
  });

  it('is refused by --check when data is out of reach; a dry run tells it', async () => {
    const { old, simulation, dump } = await scene();
    const { id } = (await old.wire.finish('/volumes', { body: replica3(10) })).json();
    simulation.act('node1', ['gluster', 'volume', 'stop', `vol_${id}`, 'force', '--xml', '--mode=script']);
    const text = await dump();
    await expect(take(temporaryFolder(), text, simulation)).rejects.toMatchObject({
      code: 'import.refused',
      message: expect.stringContaining('gluster says that it is stopped') as string,
    });
    const { findings } = await take(temporaryFolder(), text, simulation, { isDryRun: true });
    expect(findings?.map(({ kind }) => kind)).toContain('volume-stopped');
    await take(temporaryFolder(), text, simulation, { isChecked: false });
  });

  it('says which nodes did not answer', async () => {
    const { old, simulation, dump } = await scene();
    await old.wire.finish('/volumes', { body: replica3(10) });
    const text = await dump();
    simulation.setReachable('node2', false);
    const { notes } = await take(temporaryFolder(), text, simulation, { isChecked: false });
    expect(notes).toEqual([expect.stringMatching(/node [0-9a-f]{32} \(node2\) did not answer/)]);
  });

  it('is refused by --check when no node of a cluster answers: that is no agreement', async () => {
    const { old, simulation, dump } = await scene();
    await old.wire.finish('/volumes', { body: replica3(10) });
    const text = await dump();
    for (let index = 1; index <= 6; index += 1) simulation.setReachable(`node${index}`, false);
    await expect(take(temporaryFolder(), text, simulation)).rejects.toMatchObject({
      code: 'import.refused',
      message: expect.stringMatching(/cluster [0-9a-f]{32}: no node of it answers for gluster/) as string,
    });
  });

  it('tells whether a growth that was cut off has come to its end', async () => {
    const { old, simulation, dump } = await scene();
    const { id } = (await old.wire.finish('/volumes', { body: replica3(10) })).json();
    const before = await dump();
    await old.wire.finish(`/volumes/${id}/expand`, { body: { expand_size: 10 } });
    const after = await dump();
    const operationId = 'f'.repeat(32);
    const added = (after.volumeentries[id].Bricks as string[]).filter(
      (brick) => before.brickentries[brick] === undefined,
    );
    after.volumeentries[id].Info.size = 10;
    after.volumeentries[id].Pending.Id = operationId;
    for (const brick of added) after.brickentries[brick].Pending.Id = operationId;
    const Actions = [
      ...added.map((Id) => ({ Change: 1, Id, Delta: null })),
      { Change: 5, Id: id, Delta: 10 },
    ];
    after.pendingoperations[operationId] = {
      Id: operationId,
      Timestamp: 1_700_000_000,
      Type: 3,
      Actions,
      Status: 'stale',
    };
    const { taken } = await take(temporaryFolder(), after, simulation);
    expect(taken.volumes[0]?.sizeGib).toBe(20);
    expect(taken.fates[0]?.words).toContain('counts as grown by 10 GiB');

    // The same, cut off before gluster had them: the new bricks go when the import is confirmed.
    const second = (await old.wire.finish('/volumes', { body: replica3(10) })).json();
    const strays = await dump();
    const [...bricks] = strays.volumeentries[second.id].Bricks as string[];
    simulation.act('node1', ['gluster', 'volume', 'stop', second.name, 'force', '--xml', '--mode=script']);
    simulation.act('node1', ['gluster', 'volume', 'delete', second.name, '--xml', '--mode=script']);
    delete strays.volumeentries[second.id];
    const { Info } = strays.clusterentries[strays.volumeentries[id].Info.cluster];
    Info.volumes = [id];
    strays.volumeentries[id].Bricks.push(...bricks);
    for (const brick of bricks) {
      strays.brickentries[brick].Info.volume = id;
      strays.brickentries[brick].Pending.Id = operationId;
    }
    strays.pendingoperations = {
      [operationId]: { ...after.pendingoperations[operationId], Actions: [{ Change: 5, Id: id, Delta: 10 }] },
    };
    const folder = temporaryFolder();
    await old.app.stop();
    unmark(simulation);
    await take(folder, strays, simulation);
    const manager = await startManager({ folder, simulation });
    const devices = await manager.app.database.read.devices.usageOfAll();
    await manager.wire.send('/backups/restored/confirm', { method: 'POST' });
    const unfinished = async () => (await manager.app.database.read.operations.listUnfinished()).length;
    await expect.poll(unfinished, { timeout: 60_000 }).toBe(0);
    expect(await manager.app.database.read.bricks.listAll()).toHaveLength(6);
    const freed = (await manager.app.database.read.devices.usageOfAll()).reduce(
      (sum, d) => sum + d.usedKib,
      0,
    );
    expect(freed).toBeLessThan(devices.reduce((sum, d) => sum + d.usedKib, 0));
  });
});

describe('an imported database beside the old server', () => {
  it('is served read-only: everything is shown, nothing is changed, no node is touched', async () => {
    const { old, simulation, dump } = await scene();
    const { id } = (await old.wire.finish('/volumes', { body: replica3(10) })).json();
    const shown = (await old.wire.send(`/volumes/${id}`)).json();
    const cut = (await old.wire.finish('/volumes', { body: replica3(10) })).json();
    const text = await dump();
    const operationId = 'e'.repeat(32);
    text.volumeentries[cut.id].Pending.Id = operationId;
    for (const brick of cut.bricks) text.brickentries[brick.id].Pending.Id = operationId;
    const Actions = [{ Change: 4, Id: cut.id, Delta: null }];
    text.pendingoperations[operationId] = { Id: operationId, Timestamp: 1, Type: 2, Actions, Status: '' };
    const folder = temporaryFolder();
    await take(folder, text, simulation);
    const before = structuredClone(nodesOf(simulation));
    const manager = await startManager({
      folder,
      simulation,
      env: { HEKETI_DEFAULT_STATE: 'read-only' },
    });
    expect((await manager.wire.send('/admin')).json()).toEqual({ state: 'read-only' });
    expect((await manager.wire.send(`/volumes/${id}`)).json()).toEqual(shown);
    expect((await manager.wire.send('/volumes', { body: replica3(1) })).status).toBe(503);
    expect((await manager.wire.send('/backups/restored/confirm', { method: 'POST' })).status).toBe(503);
    await manager.app.doctor.look();
    expect(nodesOf(simulation)).toEqual(before);
    expect((await manager.app.database.read.operations.find(operationId))?.state).toBe('planned');
    await old.app.stop();
    unmark(simulation);
    const volumes = () => simulation.picture('node1').volumes.map(({ name }) => name);
    await manager.app.stop();
    const { app, wire } = await startManager({ folder, simulation });
    await wire.send('/backups/restored/confirm', { method: 'POST' });
    const unfinished = async () => (await app.database.read.operations.listUnfinished()).length;
    await expect.poll(unfinished, { timeout: 60_000 }).toBe(0);
    expect(volumes(), 'the deletion that was cut off is completed').toEqual([`vol_${id}`]);
    expect(nodesOf(simulation).flatMap((node) => node.logicalVolumes).length).toBe(
      before.flatMap((node) => node.logicalVolumes).length / 2,
    );
  });
});

/** Takes away all that Mortar writes on nodes and Heketi does not. */
function unmark(simulation: Simulation): void {
  const act = (host: string, ...argv: string[]): void =>
    expect(simulation.act(host, argv).exitCode, argv.join(' ')).toBe(0);
  for (const [index, { volumeGroups, logicalVolumes }] of nodesOf(simulation).entries()) {
    const marks = (tags: readonly string[]) => tags.flatMap((tag) => ['--deltag', tag]);
    for (const { name, tags } of volumeGroups) act(`node${index + 1}`, 'vgchange', ...marks(tags), name);
    for (const { volumeGroup, name, tags } of logicalVolumes)
      if (tags.length > 0) act(`node${index + 1}`, 'lvchange', ...marks(tags), `${volumeGroup}/${name}`);
  }
  for (const { name, options } of nodesOf(simulation)[0]?.volumes ?? [])
    for (const key of Object.keys(options).filter((option) => option.startsWith('user.mortar.')))
      act('node1', 'gluster', 'volume', 'set', name, key, 'none', '--xml', '--mode=script');
}

describe('an imported database after the switch', () => {
  it('has volumes that grow at once, and go like others once the doctor has marked them', async () => {
    const { old, simulation, dump } = await scene();
    const { id } = (await old.wire.finish('/volumes', { body: replica3(10) })).json();
    const text = await dump();
    await old.app.stop();
    unmark(simulation);
    const folder = temporaryFolder();
    const { findings } = await take(folder, text, simulation);
    expect(new Set(findings?.map(({ kind, severity }) => `${severity} ${kind}`))).toEqual(
      new Set(['info brick-imprint-missing', 'info device-imprint-outdated', 'info volume-imprint-outdated']),
    );
    const { app, wire } = await startManager({ folder, simulation });
    await wire.finish(`/volumes/${id}/expand`, { body: { expand_size: 10 } });
    const { findings: unmarked } = await app.doctor.look();
    const body = { findings: unmarked.filter(({ isSafe }) => isSafe).map((finding) => finding.id) };
    const { started } = (await wire.send('/doctor/fix', { body })).json();
    expect(started.filter((start: { refused: unknown }) => start.refused !== null)).toEqual([]);
    const unfinished = async () => (await app.database.read.operations.listUnfinished()).length;
    await expect.poll(unfinished, { timeout: 60_000 }).toBe(0);
    expect((await app.doctor.look()).findings).toEqual([]);
    await wire.finish(`/volumes/${id}`, { method: 'DELETE' });
    expect(nodesOf(simulation).flatMap(({ logicalVolumes }) => logicalVolumes)).toEqual([]);
    expect(nodesOf(simulation).flatMap(({ volumes }) => volumes)).toEqual([]);
  });

  it('has its block volumes, with the passwords that the nodes know, and they go like others', async () => {
    const { old, simulation, dump } = await scene();
    await old.wire.finish('/volumes', { body: replica3(20, { block: true }) });
    const made = (await old.wire.finish('/blockvolumes', { body: { size: 5, auth: true } })).json();
    const text = await dump();
    const records = await old.app.database.read.blockVolumes.listAll();
    await old.app.stop();
    const folder = temporaryFolder();
    const { taken, findings } = await take(folder, text, simulation);
    expect(findings).toEqual([]);
    expect(taken.blockVolumes).toEqual(records);
    const { app, wire } = await startManager({ folder, simulation });
    expect((await wire.send(`/blockvolumes/${made.id}`)).json()).toEqual(made);
    await wire.finish(`/blockvolumes/${made.id}`, { method: 'DELETE' });
    expect(await app.database.read.blockVolumes.listAll()).toEqual([]);
  });
});
