import { describe, expect, it } from 'vitest';
import type { Command, Executor, Host } from '../../src/executors/executor.ts';
import type { Simulation } from '../../src/executors/simulated/simulated-executor.ts';
import { loadNodes, startManager, type TestManager } from '../support/manager.ts';

const wanted = { size: 1, durability: { type: 'replicate', replicate: { replica: 3 } } };
const strangersNode = 'node2';

const valueAfter = (argv: readonly string[], option: string): string => argv[argv.indexOf(option) + 1] ?? '';

/** Somebody makes a logical volume of the very name that Mortar is about to use, on one node, in the last moment. */
const withStranger =
  (simulation: () => Simulation, kind: 'brick' | 'pool') =>
  (inner: Executor): Executor => ({
    name: inner.name,
    forget: (nodeId) => inner.forget(nodeId),
    close: () => inner.close(),
    run: (host: Host, commands: readonly Command[], options) => {
      const create = commands.find(({ argv }) => argv.includes('lvcreate'))?.argv;
      if (host.address === strangersNode && create !== undefined) {
        const [group = '', pool = ''] = valueAfter(create, '--thin').split('/');
        const name = kind === 'brick' ? valueAfter(create, '--name') : pool;
        simulation().act(host.address, ['lvm', 'lvcreate', '-qq', '-L', '100M', '-n', name, group]);
      }
      return inner.run(host, commands, options);
    },
  });

const volumesOn = (manager: TestManager, node: string): string[] => {
  const fields = ['-o', 'vg_name,lv_name,pool_lv'];
  const report = ['--reportformat', 'json', '--units', 'k', '--nosuffix', ...fields];
  const { stdout } = manager.simulation.act(node, ['lvm', 'lvs', '-a', ...report]);
  const answer = JSON.parse(stdout) as { report: [{ lv: { lv_name: string; pool_lv: string }[] }] };
  return answer.report[0].lv.map(({ lv_name, pool_lv }) =>
    pool_lv === '' ? lv_name : `${lv_name} in ${pool_lv}`,
  );
};

describe('a logical volume of the same name that is not ours', () => {
  it.each(['brick', 'pool'] as const)('as %s keeps a volume from being made, and stays', async (kind) => {
    const manager: TestManager = await startManager({ wrap: withStranger(() => manager.simulation, kind) });
    await loadNodes(manager.wire, 3, 1);
    const answer = await manager.wire.finish('/volumes', { body: wanted });
    expect(answer.status).toBe(500);
    expect(answer.text).toMatch(/^node2: make the thin volume brick_\w+: [^]*already exists/);
    expect(volumesOn(manager, 'node1')).toEqual([]);
    expect(volumesOn(manager, 'node3')).toEqual([]);
    expect(volumesOn(manager, strangersNode)).toEqual([
      expect.stringMatching(kind === 'brick' ? /^brick_\w+$/ : /^tp_\w+$/),
    ]);
  });

  it('keeps a brick from being deleted as ours when its mark is gone, and says so', async () => {
    const manager = await startManager();
    await loadNodes(manager.wire, 3, 1);
    const volume = (await manager.wire.finish('/volumes', { body: wanted })).json();
    const [brick] = (await manager.app.database.read.bricks.listAll()).filter(
      ({ volumeId }) => volumeId === volume.id,
    );
    const nodes = await manager.app.database.read.nodes.listAll();
    const host = nodes.find(({ id }) => id === brick?.nodeId)?.manageNames[0] ?? '';
    const pool = `vg_${brick?.deviceId}/${brick?.poolName}`;
    const mark = `mortar.brick=${brick?.id}`;
    manager.simulation.act(host, ['lvm', 'lvchange', '-qq', '--deltag', mark, pool]);
    const accepted = await manager.wire.send(`/volumes/${volume.id}`, { method: 'DELETE' });
    const path = `/operations/${accepted.headers.get('location')?.split('/').at(-1)}`;
    await expect
      .poll(async () => (await manager.wire.send(path)).json().waiting?.reason, { timeout: 20_000 })
      .toContain(`but not its mark (the LVM tag ${mark} on its pool), so it is not removed`);
    expect(volumesOn(manager, host)).toContain(brick?.poolName);
    manager.simulation.act(host, ['lvm', 'lvchange', '-qq', '--addtag', mark, pool]);
    await expect.poll(() => volumesOn(manager, host), { timeout: 20_000 }).toEqual([]);
  });
});
