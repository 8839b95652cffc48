import { describe, expect, it } from 'vitest';
import { loadNodes, replica3, startManager } from '../support/manager.ts';
import { mortarAt } from './cli/support.ts';

async function scene(body: object) {
  const manager = await startManager();
  const { nodeIds } = await loadNodes(manager.wire, 3, 1);
  const volume = (await manager.wire.finish('/volumes', { body })).json();
  return { ...manager, volume, nodeIds };
}

describe('what is to be healed', () => {
  it('is nothing in a volume whose bricks all answer', async () => {
    const { wire, volume } = await scene(replica3(1));
    const report = (await wire.send(`/volumes/${volume.id}/heal-info`)).json();
    expect(report).toMatchObject({ volume: volume.id, redundant: true, healed: true, pending_entries: 0 });
    expect(report.bricks).toHaveLength(3);
    for (const brick of report.bricks)
      expect(brick).toMatchObject({ connected: true, pending_entries: 0, set: 0 });
  });

  it('is unknown of a brick whose node is away', async () => {
    const { wire, simulation, volume, nodeIds, url } = await scene(replica3(1));
    simulation.powerOff('node2');
    const report = (await wire.send(`/volumes/${volume.id}/heal-info`)).json();
    expect(report.healed).toBe(false);
    const away = report.bricks.filter(({ connected }: { connected: boolean }) => !connected);
    expect(away).toMatchObject([{ node: nodeIds[1], node_name: 'node2', pending_entries: null }]);
    const { stdout } = await mortarAt(url)('volume', 'heal-info', volume.id);
    expect(stdout).toMatch(new RegExp(`^${volume.name}: 1 of 3 bricks do not answer\n`));
    expect(stdout).toMatch(/ node2 +no +\?\n/);
  });

  it('is no question for a volume without copies', async () => {
    const { wire, volume } = await scene({ size: 1 });
    expect((await wire.send(`/volumes/${volume.id}/heal-info`)).json()).toMatchObject({
      redundant: false,
      bricks: [],
    });
  });

  it('is not told of a volume that there is not', async () => {
    const { wire } = await startManager();
    const answer = await wire.send(`/volumes/${'0'.repeat(32)}/heal-info`);
    expect([answer.status, answer.text]).toEqual([404, 'Id not found\n']);
  });
});
