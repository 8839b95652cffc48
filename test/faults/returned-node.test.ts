import { describe, expect, it } from 'vitest';
import { brickPath, volumeGroupName } from '../../src/storage/naming.ts';
import { findDifferences } from '../support/checker.ts';
import { hurriedClock } from '../support/engine-bench.ts';
import { loadNodes, replica3, startManager, type TestManager } from '../support/manager.ts';
import { simulatedFacts } from '../support/simulated-facts.ts';

const differences = ({ app, simulation }: TestManager): Promise<string[]> =>
  findDifferences(app.database.read, { factsOf: (host) => simulatedFacts(simulation, host) });

interface Old {
  readonly clusterId: string;
  readonly deviceId: string;
  readonly brickIds: readonly string[];
}

/** Four nodes with a disk each and three volumes; the first node died, was declared lost, emptied and deleted. */
async function afterLoss(): Promise<TestManager & Old> {
  const manager = await startManager({ overrides: { clock: hurriedClock } });
  const { wire, simulation, app } = manager;
  const { clusterId, nodeIds } = await loadNodes(wire, 4, 1);
  for (const size of [3, 4, 5])
    expect((await wire.finish('/volumes', { body: replica3(size) })).status).toBe(200);
  const lost = nodeIds[0] ?? '';
  const [device] = await app.database.read.devices.listByNode(lost);
  const deviceId = device?.id ?? '';
  const bricks = await app.database.read.bricks.listByDevice(deviceId);
  expect(bricks.length).toBeGreaterThan(0);
  simulation.powerOff('node1');
  await wire.send(`/nodes/${lost}/lost`, { method: 'POST' });
  const removed = await wire.finish(`/nodes/${lost}/state`, { body: { state: 'failed' } });
  expect(removed.status, removed.text).toBe(204);
  expect((await wire.finish(`/devices/${deviceId}`, { method: 'DELETE' })).status).toBe(204);
  expect((await wire.finish(`/nodes/${lost}`, { method: 'DELETE' })).status).toBe(204);
  return { ...manager, clusterId, deviceId, brickIds: bricks.map(({ id }) => id) };
}

/** Takes a machine of the same names and addresses in. */
async function addAgain({ wire, clusterId }: TestManager & Old): Promise<string> {
  const answer = await wire.finish('/nodes', {
    body: { zone: 1, cluster: clusterId, hostnames: { manage: ['node1'], storage: ['192.0.2.1'] } },
  });
  expect(answer.status, answer.text).toBe(200);
  return answer.json().id as string;
}

const addDisk = ({ wire }: TestManager, node: string, destroydata: boolean) =>
  wire.finish('/devices', { body: { node, name: '/dev/sdb', destroydata } });

describe.each([
  ['installed anew', (it: TestManager) => it.simulation.reinstall('node1')],
  ['switched on again as it was', (it: TestManager) => it.simulation.powerOn('node1')],
])('a node of the same names that was %s', (_, comeBack) => {
  it('is taken in, and its disk with the old bricks on the word that they may be destroyed', async () => {
    const it = await afterLoss();
    comeBack(it);
    const nodeId = await addAgain(it);
    const refused = await addDisk(it, nodeId, false);
    expect(refused.status).toBe(500);
    expect(refused.text).toContain(`it was the device /dev/sdb (${it.deviceId}) of the node node1`);
    expect(refused.text).toContain('what it held is still on it');
    expect(refused.text).toContain('To destroy what is on it, add it with destroydata');
    expect(it.simulation.picture('node1').volumeGroups).toHaveLength(1);

    const added = await addDisk(it, nodeId, true);
    expect(added.status, added.text).toBe(204);
    expect(await differences(it)).toEqual([]);
    const [device] = await it.app.database.read.devices.listByNode(nodeId);
    expect(device?.foreignKib).toBe(0);
    expect(device?.id).not.toBe(it.deviceId);
  });

  it('takes bricks again, also those of volumes that it had before', async () => {
    const it = await afterLoss();
    comeBack(it);
    const nodeId = await addAgain(it);
    expect((await addDisk(it, nodeId, true)).status).toBe(204);
    const [brick] = await it.app.database.read.bricks.listAll();
    const evicted = await it.wire.finish(`/bricks/to-evict/${brick?.id}`, { method: 'POST' });
    expect(evicted.status, evicted.text).toBe(204);
    const [device] = await it.app.database.read.devices.listByNode(nodeId);
    expect(await it.app.database.read.bricks.listByDevice(device?.id ?? '')).toHaveLength(1);
    it.simulation.powerOff('node1');
    it.simulation.powerOn('node1');
    expect(await differences(it)).toEqual([]);
    const { findings } = await it.app.doctor.look();
    expect(findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
  });
});

describe('the disk of a returned node is left alone', () => {
  const returned = async (): Promise<TestManager & Old & { nodeId: string; group: string }> => {
    const it = await afterLoss();
    it.simulation.powerOn('node1');
    return { ...it, nodeId: await addAgain(it), group: volumeGroupName(it.deviceId) };
  };
  const expectUntouched = ({ simulation, group, brickIds }: Awaited<ReturnType<typeof returned>>): void => {
    const { volumeGroups, mounts } = simulation.picture('node1');
    expect(volumeGroups.map(({ name }) => name)).toEqual([group]);
    expect(mounts.filter(({ mountPoint }) => mountPoint.includes(group))).toHaveLength(brickIds.length);
  };

  it('while a gluster volume has a brick on it', async () => {
    const it = await returned();
    const path = brickPath(it.deviceId, it.brickIds[0] ?? '');
    it.simulation.act('node1', ['rm', '-rf', path]);
    const made = it.simulation.act('node1', [
      'gluster',
      'volume',
      'create',
      'theirs',
      `192.0.2.1:${path}`,
      'force',
      '--xml',
    ]);
    expect(made.stdout).toContain('<opRet>0</opRet>');
    const refused = await addDisk(it, it.nodeId, true);
    expect(refused.status).toBe(500);
    expect(refused.text).toContain('the gluster volume theirs has bricks below');
    expectUntouched(it);
  });

  it('while something else has a volume in its group', async () => {
    const it = await returned();
    it.simulation.takeExtents('node1', it.group, 5, 'theirs');
    const refused = await addDisk(it, it.nodeId, true);
    expect(refused.status).toBe(500);
    expect(refused.text).toContain(`${it.group} also holds what is no brick of ours: ${it.group}/theirs`);
    expectUntouched(it);
  });

  it('while one of its bricks is mounted somewhere else', async () => {
    const it = await returned();
    it.simulation.mount('node1', `/dev/mapper/${it.group}-brick_${it.brickIds[0]}`, '/mnt/look');
    const refused = await addDisk(it, it.nodeId, true);
    expect(refused.status).toBe(500);
    expect(refused.text).toContain('it is mounted at /mnt/look');
    expectUntouched(it);
  });

  it('when its volume group says that it is of another cluster', async () => {
    const it = await returned();
    const change = [
      '--deltag',
      `mortar.cluster=${it.clusterId}`,
      '--addtag',
      `mortar.cluster=${'f'.repeat(32)}`,
    ];
    it.simulation.act('node1', ['lvm', 'vgchange', '-qq', ...change, it.group]);
    const refused = await addDisk(it, it.nodeId, true);
    expect(refused.status).toBe(500);
    expect(refused.text).toContain(`it belongs to the volume group ${it.group}`);
    expectUntouched(it);
  });
});
