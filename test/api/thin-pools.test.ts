import { describe, expect, it } from 'vitest';
import { parseSamples, valuesOf } from '../support/exposition.ts';
import { loadNodes, replica3, startManager, type TestManager } from '../support/manager.ts';

interface Brick {
  readonly id: string;
  readonly device: string;
  readonly host: string;
}

/** A manager with so many nodes and a volume of three copies. */
async function withVolume(nodes: number, env: Readonly<Record<string, string>> = {}) {
  const manager = await startManager({ env });
  const { nodeIds } = await loadNodes(manager.wire, nodes, 1);
  const volume = (await manager.wire.finish('/volumes', { body: replica3(10) })).json();
  const hosts = new Map<string, string>();
  for (const id of nodeIds) {
    const node = (await manager.wire.send(`/nodes/${id}`)).json();
    hosts.set(id, node.hostnames.manage[0]);
  }
  const bricks: Brick[] = volume.bricks.map((brick: Record<string, string>) => ({
    id: brick.id ?? '',
    device: brick.device ?? '',
    host: hosts.get(brick.node ?? '') ?? '',
  }));
  const [brick] = bricks;
  if (brick === undefined) throw new Error('the volume has no brick');
  return { manager, volume, bricks, brick };
}

const fill = ({ simulation }: TestManager, { id, device, host }: Brick, data: number, metadata?: number) =>
  simulation.setUsage(host, { group: `vg_${device}`, volume: `tp_${id}` }, data, metadata);

const samplesOf = async ({ wire }: TestManager) =>
  parseSamples((await wire.send('/metrics', { token: undefined })).text);

describe('the thin pools', () => {
  it('are in the metrics: the fullest of each device, and those that are nearly full with their volume', async () => {
    const { manager, volume, bricks, brick } = await withVolume(3);
    expect(valuesOf(await samplesOf(manager), 'mortar_device_thin_pool_data_percent')).toEqual([]);
    fill(manager, brick, 81.5, 22.25);
    await manager.app.health.probeAll();
    const samples = await samplesOf(manager);
    const labels = {
      hostname: brick.host,
      id: brick.device,
      pool: `tp_${brick.id}`,
      volume: volume.id,
      brick: brick.id,
    };
    expect(valuesOf(samples, 'mortar_thin_pool_data_percent', labels)).toEqual([81.5]);
    expect(valuesOf(samples, 'mortar_thin_pool_metadata_percent')).toEqual([]);
    const device = { hostname: brick.host, id: brick.device };
    expect(valuesOf(samples, 'mortar_device_thin_pool_data_percent', device)).toEqual([81.5]);
    expect(valuesOf(samples, 'mortar_device_thin_pool_metadata_percent', device)).toEqual([22.25]);
    expect(valuesOf(samples, 'mortar_device_thin_pool_data_percent')).toHaveLength(bricks.length);
  });

  it.each([
    ['data', 95, undefined],
    ['metadata', 10, 95.5],
  ])(
    'whose %s are at the limit keep new bricks from their device; the refusal says which and why',
    async (_, data, metadata) => {
      const { manager, volume, brick } = await withVolume(3);
      fill(manager, brick, data, metadata);
      await manager.app.doctor.look();
      const created = await manager.wire.finish('/volumes', { body: replica3(5) });
      expect(created.status).toBe(500);
      expect(created.text).toContain(`${brick.host} /dev/sdb: its thin pool tp_${brick.id} is nearly full`);
      expect(created.text).toContain('no new bricks from 95 % on');
      expect(created.text).toContain(`make room in the thin pools of device /dev/sdb of node ${brick.host}`);
      const grown = await manager.wire.finish(`/volumes/${volume.id}/expand`, { body: { expand_size: 5 } });
      expect([grown.status, grown.text]).toEqual([500, expect.stringContaining(`tp_${brick.id}`)]);
    },
  );

  it('keep the bricks of others away, too: nothing is moved or replaced onto their device', async () => {
    const { manager, bricks } = await withVolume(4);
    const { wire, app } = manager;
    const used = new Set(bricks.map(({ device }) => device));
    const second = (await wire.finish('/volumes', { body: replica3(10) })).json();
    const own = second.bricks.find(({ device }: Brick) => !used.has(device));
    const node = (await wire.send(`/nodes/${own.node}`)).json();
    fill(manager, { id: own.id, device: own.device, host: node.hostnames.manage[0] }, 99);
    await app.health.probeAll();
    const [evicted] = bricks;
    const answer = await wire.finish(`/bricks/to-evict/${evicted?.id}`, { body: {} });
    expect(answer.status).toBe(500);
    expect(answer.text).toContain(`its thin pool tp_${own.id} is nearly full, 99 % of its data`);
    const old = evicted?.device ?? '';
    const replaced = await wire.finish(`/devices/${old}/replace`, { body: { to: own.device } });
    expect(replaced.status).toBe(500);
    expect(replaced.text).toContain('no device was found to replace it');
  });

  it('that were emptied or removed let new bricks in again', async () => {
    const { manager, volume, brick } = await withVolume(3);
    fill(manager, brick, 97);
    await manager.app.health.probeAll();
    expect((await manager.wire.finish('/volumes', { body: replica3(5) })).status).toBe(500);
    fill(manager, brick, 60);
    await manager.app.health.probeAll();
    expect((await manager.wire.finish('/volumes', { body: replica3(5) })).status).toBe(200);
    fill(manager, brick, 97);
    await manager.app.health.probeAll();
    await manager.wire.finish(`/volumes/${volume.id}`, { method: 'DELETE' });
    // Nobody has looked since: the pool is known to be gone.
    expect(valuesOf(await samplesOf(manager), 'mortar_thin_pool_data_percent', { brick: brick.id })).toEqual(
      [],
    );
    expect((await manager.wire.finish('/volumes', { body: replica3(5) })).status).toBe(200);
  });

  it('are full from the configured limit on, for the doctor as well', async () => {
    const { manager, brick } = await withVolume(3, { MORTAR_LVM_POOL_LIMIT_PERCENT: '50' });
    fill(manager, brick, 51);
    const { findings } = await manager.app.doctor.look();
    expect(findings).toMatchObject([{ kind: 'pool-data-full', severity: 'error' }]);
    expect((await manager.wire.finish('/volumes', { body: replica3(5) })).text).toContain(
      'no new bricks from 50 %',
    );
  });

  it('keep nothing away with the limit 0, and are told all the same', async () => {
    const { manager, brick } = await withVolume(3, { MORTAR_LVM_POOL_LIMIT_PERCENT: '0' });
    fill(manager, brick, 100, 100);
    const { findings } = await manager.app.doctor.look();
    expect(findings.map(({ kind, severity }) => [kind, severity])).toEqual([
      ['pool-data-full', 'error'],
      ['pool-metadata-full', 'error'],
    ]);
    expect((await manager.wire.finish('/volumes', { body: replica3(5) })).status).toBe(200);
  });

  it('of a node whose LVM does not answer stay as they were, and the node counts as up', async () => {
    const { manager, brick } = await withVolume(3);
    fill(manager, brick, 97);
    await manager.app.health.probeAll();
    manager.simulation.addFault({
      label: /^list all logical volumes/,
      effect: { kind: 'fail' },
      times: 'always',
    });
    await manager.app.health.probeAll();
    expect((await manager.wire.finish('/volumes', { body: replica3(5) })).text).toContain(`tp_${brick.id}`);
    const samples = await samplesOf(manager);
    expect(valuesOf(samples, 'mortar_thin_pool_data_percent', { brick: brick.id })).toEqual([97]);
  });
});
