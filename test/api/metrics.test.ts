import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseSamples, type Sample, valuesOf } from '../support/exposition.ts';
import { loadNodes, replica3, startManager, type TestManager } from '../support/manager.ts';

const scrape = async ({ wire }: TestManager): Promise<Sample[]> => {
  const answer = await wire.send('/metrics', { token: undefined });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  return parseSamples(answer.text);
};

describe('the metrics', () => {
  it('are there without a token and before there is a cluster', async () => {
    const samples = await scrape(await startManager());
    expect(valuesOf(samples, 'heketi_up')).toEqual([1]);
    expect(valuesOf(samples, 'heketi_cluster_count')).toEqual([0]);
    expect(valuesOf(samples, 'mortar_queue_waiting')).toEqual([0]);
    expect(valuesOf(samples, 'process_resident_memory_bytes')[0]).toBeGreaterThan(0);
  });

  it('tell of clusters, nodes and devices what the API tells', async () => {
    const manager = await startManager();
    const { clusterId, nodeIds } = await loadNodes(manager.wire, 3, 2);
    const volume = await manager.wire.finish('/volumes', { body: replica3(10) });
    const samples = await scrape(manager);
    expect(valuesOf(samples, 'heketi_volumes_count', { cluster: clusterId })).toEqual([1]);
    expect(valuesOf(samples, 'heketi_nodes_count', { cluster: clusterId })).toEqual([3]);
    expect(valuesOf(samples, 'heketi_device_count', { hostname: 'node1' })).toEqual([2]);
    for (const id of nodeIds) {
      const node = (await manager.wire.send(`/nodes/${id}`)).json();
      for (const device of node.devices) {
        const labels = {
          cluster: clusterId,
          hostname: node.hostnames.manage[0],
          storage_hostname: node.hostnames.storage[0],
          id: device.id,
          device: device.name,
          pv_uuid: device.pv_uuid,
        };
        const { total, free, used } = device.storage;
        expect(valuesOf(samples, 'heketi_device_size', labels)).toEqual([total]);
        expect(valuesOf(samples, 'heketi_device_free', labels)).toEqual([free]);
        expect(valuesOf(samples, 'heketi_device_used_bytes', labels)).toEqual([used * 1024]);
        expect(valuesOf(samples, 'heketi_device_brick_count', labels)).toEqual([device.bricks.length]);
      }
    }
    expect(volume.status).toBe(200);
  });

  it('follow every change between two scrapes', async () => {
    const manager = await startManager();
    const { nodeIds } = await loadNodes(manager.wire, 3, 1);
    const bricks = async (): Promise<number[]> =>
      valuesOf(await scrape(manager), 'heketi_device_brick_count');
    expect(await bricks()).toEqual([0, 0, 0]);
    const { id } = (await manager.wire.finish('/volumes', { body: replica3(10) })).json();
    expect(await bricks()).toEqual([1, 1, 1]);
    await manager.wire.finish(`/volumes/${id}`, { method: 'DELETE' });
    expect(await bricks()).toEqual([0, 0, 0]);
    const node = (await manager.wire.send(`/nodes/${nodeIds[0]}`)).json();
    for (const state of ['offline', 'failed'])
      await manager.wire.finish(`/devices/${node.devices[0].id}/state`, { body: { state } });
    await manager.wire.finish(`/devices/${node.devices[0].id}`, { method: 'DELETE' });
    expect(await bricks()).toEqual([0, 0]);
  });

  it('count operations by their state and by their end', async () => {
    const manager = await startManager();
    await loadNodes(manager.wire, 3, 1);
    const before =
      valuesOf(await scrape(manager), 'mortar_operations_ended_total', { state: 'done' })[0] ?? 0;
    const held = manager.simulation.addFault({ label: /^mount /, effect: { kind: 'hang' } });
    const queue = (await manager.wire.send('/volumes', { body: replica3(10) })).headers.get('location') ?? '';
    const samples = await scrape(manager);
    expect(valuesOf(samples, 'mortar_operations', { state: 'running' })).toEqual([1]);
    expect(valuesOf(samples, 'heketi_operations_total_count')).toEqual([1]);
    expect(valuesOf(samples, 'heketi_operations_inFlight_count')).toEqual([1]);
    held.remove();
    while ((await manager.wire.send(queue)).headers.get('x-pending') === 'true');
    const after = await scrape(manager);
    expect(valuesOf(after, 'mortar_operations', { state: 'running' })).toEqual([0]);
    expect(valuesOf(after, 'mortar_operations_ended_total', { state: 'done' })).toEqual([before + 1]);
  });

  it('tell the age of the newest backup, and that backups fail', async () => {
    const manager = await startManager({ env: { MORTAR_BACKUP_INTERVAL_HOURS: '0' } });
    const none = await scrape(manager);
    expect(valuesOf(none, 'mortar_backup_newest_timestamp_seconds')).toEqual([]);
    expect(valuesOf(none, 'mortar_backup_age_seconds')).toEqual([]);
    expect(valuesOf(none, 'mortar_backup_failing')).toEqual([0]);
    const made = (await manager.wire.send('/backups', { method: 'POST' })).json();
    const good = await scrape(manager);
    const [madeAt = 0] = valuesOf(good, 'mortar_backup_newest_timestamp_seconds');
    expect(madeAt * 1000).toBe(Date.parse(made.created));
    expect(valuesOf(good, 'mortar_backup_age_seconds')[0]).toBeGreaterThanOrEqual(0);

    const folder = join(manager.folder, 'backups');
    rmSync(folder, { recursive: true });
    writeFileSync(folder, 'a file where the folder belongs');
    expect((await manager.wire.send('/backups', { method: 'POST' })).status).toBe(500);
    const failing = await scrape(manager);
    expect(valuesOf(failing, 'mortar_backup_failing')).toEqual([1]);
    expect(valuesOf(failing, 'mortar_backup_failures_total')).toEqual([1]);
    // The one that was made is not forgotten for that.
    expect(valuesOf(failing, 'mortar_backup_newest_timestamp_seconds')).toEqual([madeAt]);
    rmSync(folder);
    expect((await manager.wire.send('/backups', { method: 'POST' })).status).toBe(201);
    const again = await scrape(manager);
    expect(valuesOf(again, 'mortar_backup_failing')).toEqual([0]);
    expect(valuesOf(again, 'mortar_backup_failures_total')).toEqual([1]);
  });
});
