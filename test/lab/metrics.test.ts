import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseSamples, valuesOf } from '../support/exposition.ts';
import { ClientMount } from './client-mount.ts';
import { Scene } from './scene.ts';

const body = { size: 2, durability: { type: 'replicate', replicate: { replica: 3 } } };

describe('the metrics of real nodes', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await Scene.open(3, { MORTAR_HEALTH_ENABLED: 'true', MORTAR_HEALTH_INTERVAL_SECONDS: '5' });
    await scene.loadTopology();
  });

  afterAll(() => scene?.close());

  it('name a brick whose process has died, and what is to be healed since', async () => {
    const { wire } = scene.mortar;
    const volume = (await wire.finish('/volumes', { body })).json();
    const info = await scene.lab.ssh(1, ['gluster', 'volume', 'info', volume.name]);
    const [victim = 1, client = 2] = [...info.stdout.matchAll(/^Brick\d+: (\S+)/gm)].map(([, brick]) =>
      scene.nodeOf(brick ?? ''),
    );
    const mount = await ClientMount.open(scene.lab, client, volume);
    await scene.lab.ssh(victim, ['pkill', '-9', '-x', 'glusterfsd']);
    await mount.write('during', 'written while a brick was away');
    const told = async (name: string): Promise<number[]> =>
      valuesOf(parseSamples((await wire.send('/metrics')).text), name, { volume: volume.id });
    const down = { timeout: 120_000, interval: 1000 };
    await expect.poll(() => told('mortar_brick_up'), down).toEqual([0]);
    await expect.poll(async () => (await told('mortar_brick_heal_pending_entries')).length, down).toBe(2);

    await scene.lab.ssh(client, ['gluster', 'volume', 'start', volume.name, 'force']);
    await expect.poll(() => told('mortar_brick_up'), down).toEqual([]);
    await expect
      .poll(() => told('mortar_brick_heal_pending_entries'), { ...down, timeout: 300_000 })
      .toEqual([]);
    await mount.close();
    expect((await wire.finish(`/volumes/${volume.id}`, { method: 'DELETE' })).status).toBe(204);
  });
});
