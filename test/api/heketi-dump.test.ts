import { describe, expect, it } from 'vitest';
import { loadNodes, replica3, startManager } from '../support/manager.ts';

const arbiter = { glustervolumeoptions: ['user.heketi.arbiter true'] };

describe('GET /db/dump', () => {
  it('shows everything on record with the keys and the indentation of Heketi', async () => {
    const { wire, app } = await startManager();
    const { clusterId, nodeIds } = await loadNodes(wire, 3, 1);
    const [nodeId = ''] = nodeIds;
    await wire.send(`/nodes/${nodeId}/tags`, { body: { change_type: 'set', tags: { rack: 'r7' } } });
    const snapshot = { enable: true, factor: 1.5 };
    const volume = (await wire.finish('/volumes', { body: replica3(10, { gid: 2001, snapshot }) })).json();
    const answer = await wire.send('/db/dump');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=UTF-8');
    const dump = answer.json();
    expect(answer.text).toBe(JSON.stringify(dump, null, 4));
    expect(Object.keys(dump)).toEqual([
      'clusterentries',
      'volumeentries',
      'brickentries',
      'nodeentries',
      'deviceentries',
      'blockvolumeentries',
      'dbattributeentries',
      'pendingoperations',
    ]);
    expect(dump.clusterentries[clusterId]).toEqual({
      Info: {
        id: clusterId,
        nodes: [...nodeIds].sort(),
        volumes: [volume.id],
        block: true,
        file: true,
        blockvolumes: [],
      },
    });
    const { bricks: shownBricks, glustervolumeoptions, ...shown } = volume;
    const brickIds = (shownBricks as { id: string }[]).map(({ id }) => id);
    expect(dump.volumeentries[volume.id]).toEqual({
      Info: shown,
      Bricks: brickIds,
      GlusterVolumeOptions: glustervolumeoptions,
      Pending: { Id: '' },
    });
    const [brick] = shownBricks;
    const record = await app.database.read.bricks.find(brick.id as string);
    expect(dump.brickentries[brick.id]).toEqual({
      Info: brick,
      TpSize: record?.poolKib,
      PoolMetadataSize: record?.metadataKib,
      Pending: { Id: '' },
      LvmThinPool: `tp_${brick.id}`,
      LvmLv: '',
      SubType: 1,
    });
    const node = (await wire.send(`/nodes/${nodeId}`)).json();
    const { devices, state, ...info } = node;
    expect(dump.nodeentries[nodeId]).toEqual({ State: state, Info: info, Devices: [devices[0].id] });
    const { bricks: _, state: deviceState, ...deviceInfo } = devices[0];
    expect(dump.deviceentries[devices[0].id]).toEqual({
      State: deviceState,
      Info: deviceInfo,
      Bricks: brickIds.filter((id) => dump.brickentries[id].Info.node === nodeId),
      NodeId: nodeId,
      ExtentSize: 4096,
    });
    expect(dump.dbattributeentries.DB_HAS_PENDING_OPS_BUCKET).toEqual({
      Key: 'DB_HAS_PENDING_OPS_BUCKET',
      Value: 'yes',
    });
    expect(dump.pendingoperations).toEqual({});
  });

  it('is empty maps for an empty database', async () => {
    const { wire } = await startManager();
    const dump = (await wire.send('/db/dump')).json();
    expect(dump.clusterentries).toEqual({});
    expect(dump.brickentries).toEqual({});
  });

  it('marks arbiter bricks, and what an operation holds', async () => {
    const { wire, simulation } = await startManager();
    await loadNodes(wire, 3, 1);
    const first = (await wire.finish('/volumes', { body: replica3(10, arbiter) })).json();
    const hold = simulation.addFault({ label: /^mount /, effect: { kind: 'hang' } });
    const { headers } = await wire.send('/volumes', { body: replica3(10, arbiter) });
    const operationId = (headers.get('location') ?? '').slice('/queue/'.length);
    const dump = (await wire.send('/db/dump')).json();
    const kinds = (shown: { id: string }[]) => shown.map(({ id }) => dump.brickentries[id].SubType as number);
    expect(kinds(first.bricks).filter((kind) => kind === 2)).toHaveLength(1);
    const operation = dump.pendingoperations[operationId];
    expect(operation).toMatchObject({ Id: operationId, Type: 1, Status: '' });
    expect(operation.Actions).toHaveLength(4);
    const { Id: volumeId } = operation.Actions.find(({ Change }: { Change: number }) => Change === 2);
    expect(dump.volumeentries[volumeId].Pending.Id).toBe(operationId);
    for (const id of dump.volumeentries[volumeId].Bricks)
      expect(dump.brickentries[id].Pending.Id).toBe(operationId);
    expect((await wire.send('/db/check')).json()).toMatchObject({
      volumes: { total: 2, pending: 1, ok: 2 },
      bricks: { total: 6, pending: 3, ok: 6 },
      totalinconsistencies: 0,
    });
    hold.remove();
  });

  it('is for the administrator only', async () => {
    const { wire } = await startManager();
    for (const path of ['/db/dump', '/db/check'])
      expect((await wire.send(path, { user: 'user' })).status).toBe(401);
  });
});

describe('GET /db/check', () => {
  it('counts each kind of object in the form of Heketi', async () => {
    const { wire } = await startManager();
    await loadNodes(wire, 3, 1);
    await wire.finish('/volumes', { body: replica3(10) });
    const fine = (total: number) => ({ total, pending: 0, ok: total, notok: 0, inconsistencies: null });
    expect((await wire.send('/db/check')).json()).toEqual({
      clusters: fine(1),
      volumes: fine(1),
      bricks: fine(3),
      nodes: fine(3),
      devices: fine(3),
      blockvolumes: fine(0),
      dbattributes: fine(0),
      pendingoperations: fine(0),
      totalinconsistencies: 0,
    });
  });
});
