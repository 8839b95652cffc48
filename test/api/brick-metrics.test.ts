import { describe, expect, it } from 'vitest';
import { parseSamples, valuesOf } from '../support/exposition.ts';
import { loadNodes, replica3, startManager, type TestManager } from '../support/manager.ts';

const samplesOf = async ({ app, wire }: TestManager) => {
  await app.health.probeAll();
  return parseSamples((await wire.send('/metrics', { token: undefined })).text);
};

/** A volume of three copies on three nodes. @returns it with the brick on each node. */
async function withVolume() {
  const manager = await startManager();
  await loadNodes(manager.wire, 3, 1);
  const { id, name } = (await manager.wire.finish('/volumes', { body: replica3(10) })).json();
  const bricks = await manager.app.database.read.bricks.listByVolume(id);
  const nodes = await manager.app.database.read.nodes.listAll();
  const hostOf = (index: number): string =>
    nodes.find((node) => node.id === bricks[index]?.nodeId)?.manageNames[0] ?? '';
  return { manager, id: id as string, name: name as string, bricks, hostOf };
}

describe('the bricks in the metrics', () => {
  it('are nothing but a zero for each device while all is well', async () => {
    const { manager } = await withVolume();
    const samples = await samplesOf(manager);
    expect(valuesOf(samples, 'mortar_device_bricks_down')).toEqual([0, 0, 0]);
    expect(valuesOf(samples, 'mortar_device_heal_pending_entries')).toEqual([0, 0, 0]);
    expect(valuesOf(samples, 'mortar_brick_up')).toEqual([]);
    expect(valuesOf(samples, 'mortar_brick_heal_pending_entries')).toEqual([]);
  });

  it('are named with their volume when their process has died', async () => {
    const { manager, id, bricks, hostOf } = await withVolume();
    manager.simulation.endBrick(hostOf(1), bricks[1]?.path ?? '');
    const samples = await samplesOf(manager);
    const labels = { volume: id, brick: bricks[1]?.id ?? '', id: bricks[1]?.deviceId ?? '' };
    expect(valuesOf(samples, 'mortar_brick_up', labels)).toEqual([0]);
    expect(valuesOf(samples, 'mortar_brick_up')).toHaveLength(1);
    expect(valuesOf(samples, 'mortar_device_bricks_down', { id: bricks[1]?.deviceId ?? '' })).toEqual([1]);
  });

  it('are named with what others have to get from them', async () => {
    const { manager, id, name, bricks, hostOf } = await withVolume();
    const { nodeId = '', path = '' } = bricks[2] ?? {};
    const node = await manager.app.database.read.nodes.find(nodeId);
    const brick = `${node?.storageNames[0]}:${path}`;
    manager.simulation.setUnhealed(hostOf(0), name, { brick, entries: 12 });
    const samples = await samplesOf(manager);
    expect(valuesOf(samples, 'mortar_brick_heal_pending_entries', { volume: id })).toEqual([12, 12]);
    const onDevices = valuesOf(samples, 'mortar_device_heal_pending_entries');
    expect(onDevices.sort((a, b) => a - b)).toEqual([0, 12, 12]);
  });

  it('are not told of a node that does not answer', async () => {
    const { manager } = await withVolume();
    await samplesOf(manager);
    manager.simulation.powerOff('node2');
    expect(valuesOf(await samplesOf(manager), 'mortar_device_bricks_down')).toEqual([0, 0]);
  });

  it('are not told of a node any more that was set offline, since nobody asks it', async () => {
    const { manager, bricks, hostOf } = await withVolume();
    manager.simulation.endBrick(hostOf(1), bricks[1]?.path ?? '');
    expect(valuesOf(await samplesOf(manager), 'mortar_brick_up')).toEqual([0]);
    const path = `/nodes/${bricks[1]?.nodeId}/state`;
    await manager.wire.finish(path, { body: { state: 'offline' } });
    const samples = await samplesOf(manager);
    expect(valuesOf(samples, 'mortar_brick_up')).toEqual([]);
    expect(valuesOf(samples, 'mortar_device_bricks_down')).toEqual([0, 0]);
  });

  it('say nothing of what is to be healed in a volume without copies', async () => {
    const manager = await startManager();
    await loadNodes(manager.wire, 1, 1);
    await manager.wire.finish('/volumes', { body: { size: 2 } });
    const samples = await samplesOf(manager);
    expect(valuesOf(samples, 'mortar_device_bricks_down')).toEqual([0]);
    expect(valuesOf(samples, 'mortar_brick_heal_pending_entries')).toEqual([]);
  });
});
