import { describe, expect, it } from 'vitest';
import { hurriedClock } from '../support/engine-bench.ts';
import { loadNodes, replica3, startManager } from '../support/manager.ts';

const scene = async (nodes = 4, devices = 1) => {
  const manager = await startManager({ overrides: { clock: hurriedClock } });
  return { ...manager, ...(await loadNodes(manager.wire, nodes, devices)) };
};

describe('the eviction of a brick', () => {
  it('answers as the contract says', async () => {
    const { wire } = await scene();
    const volume = (await wire.finish('/volumes', { body: replica3(4) })).json();
    const path = `/bricks/to-evict/${volume.bricks[0].id}`;
    const wrong = await wire.send(path, { body: { healcheck: 'maybe' } });
    expect(wrong.status).toBe(400);
    expect(wrong.text).toContain('healcheck: maybe is not valid heal info check');
    expect((await wire.send('/bricks/to-evict/abc', { method: 'POST' })).status).toBe(404);
    expect((await wire.finish(path, { body: { healcheck: '' } })).status).toBe(204);
    expect((await wire.send(path, { method: 'POST' })).status).toBe(404);
  });

  it('keeps the volume from other changes, in the words of the contract', async () => {
    const { wire, simulation } = await scene(5);
    const volume = (await wire.finish('/volumes', { body: replica3(4) })).json();
    const [first, second] = volume.bricks;
    const [host = ''] = simulation.hosts();
    const names = simulation.picture(host).volumes[0]?.bricks ?? [];
    const brick = names.find((name) => name.includes(second.id)) ?? '';
    simulation.setUnhealed(host, volume.name, { brick, entries: 1_000_000_000 });
    const accepted = await wire.send(`/bricks/to-evict/${first.id}`, { method: 'POST' });
    const operation = (accepted.headers.get('location') ?? '').replace('/queue/', '');
    const again = await wire.send(`/bricks/to-evict/${first.id}`, { method: 'POST' });
    expect(again.status).toBe(500);
    expect(again.text).toContain(
      `Failed to set up brick eviction: Can not evict brick ${first.id}: brick is pending`,
    );
    expect((await wire.send(`/volumes/${volume.id}/expand`, { body: { expand_size: 1 } })).status).toBe(500);
    await wire.send(`/operations/${operation}/cancel`, { method: 'POST' });
  });
});

describe('a plan of moves', () => {
  it('shows old and new place of each brick, and changes nothing', async () => {
    const { wire, nodeIds, app } = await scene();
    for (const size of [2, 3]) await wire.finish('/volumes', { body: replica3(size) });
    const before = await app.database.read.bricks.listAll();
    const node = before[0]?.nodeId ?? '';
    const plan = (await wire.send('/replacements/plan', { body: { node } })).json();
    expect(plan.possible).toBe(true);
    expect(plan.moves).toHaveLength(before.filter(({ nodeId }) => nodeId === node).length);
    for (const { from, to } of plan.moves) {
      expect(from.node).toBe(node);
      expect(nodeIds).toContain(to.node);
      expect(to.node).not.toBe(node);
    }
    expect(await app.database.read.bricks.listAll()).toEqual(before);
  });

  it('says why a brick finds no place, and wants one subject', async () => {
    const { wire, app } = await scene(3);
    await wire.finish('/volumes', { body: replica3(2) });
    const [brick] = await app.database.read.bricks.listAll();
    const plan = (await wire.send('/replacements/plan', { body: { brick: brick?.id } })).json();
    expect(plan).toMatchObject({ possible: false, moves: [{ brick: brick?.id }] });
    expect(plan.moves[0].refusal).toContain('its node has another brick of the set');
    const vague = await wire.send('/replacements/plan', { body: {} });
    expect(vague.status).toBe(400);
    expect(vague.text).toContain('name exactly one of brick, device and node');
  });
});

describe('what if something were lost', () => {
  it('names the volumes that would suffer, the worst first, and whether all could be protected again', async () => {
    const { wire, app } = await scene(4);
    const safe = (await wire.finish('/volumes', { body: replica3(2) })).json();
    const alone = (await wire.finish('/volumes', { body: { size: 2 } })).json();
    const node = alone.bricks[0].node as string;
    const report = (await wire.send('/what-if', { body: { nodes: [node] } })).json();
    expect(report.volumes[0]).toMatchObject({ id: alone.id, effect: 'lost' });
    expect(report.beyond_repair).toEqual([alone.bricks[0].id]);
    expect(report.all_protected_again).toBe(false);
    const others = report.volumes.slice(1);
    expect(
      others.every(
        ({ id, effect }: { id: string; effect: string }) => id === safe.id && effect === 'degraded',
      ),
    ).toBe(true);
    const free = (await app.database.read.nodes.listAll()).find(
      ({ id }) => ![...safe.bricks, ...alone.bricks].some((brick: { node: string }) => brick.node === id),
    );
    const harmless = { nodes: free === undefined ? [] : [free.id] };
    expect((await wire.send('/what-if', { body: harmless })).json()).toMatchObject({
      volumes: [],
      all_protected_again: true,
    });
    const zones = (await wire.send('/what-if', { body: { zones: [1, 2, 3] } })).json();
    expect(zones.volumes.map(({ effect }: { effect: string }) => effect)).toEqual(['lost', 'lost']);
  });
});
