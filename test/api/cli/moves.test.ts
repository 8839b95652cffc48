import { describe, expect, it } from 'vitest';
import { hurriedClock } from '../../support/engine-bench.ts';
import { loadNodes, replica3, startManager } from '../../support/manager.ts';
import { mortarAt } from './support.ts';

/** Four nodes with a device each, and a volume of three copies on three of them. */
async function scene() {
  const manager = await startManager({ overrides: { clock: hurriedClock } });
  const { nodeIds } = await loadNodes(manager.wire, 4, 1);
  const volume = (await manager.wire.finish('/volumes', { body: replica3(2, { name: 'data' }) })).json();
  const used: string[] = volume.bricks.map(({ node }: { node: string }) => node);
  const free = nodeIds.find((id) => !used.includes(id)) ?? '';
  const deviceOf = async (node: string): Promise<string> =>
    (await manager.wire.send(`/nodes/${node}`)).json().devices[0].id;
  const bricksOn = async (node: string): Promise<number> =>
    (await manager.wire.send(`/nodes/${node}`)).json().devices[0].bricks.length;
  const [first = { id: '', node: '', device: '' }] = volume.bricks;
  return { ...manager, mortar: mortarAt(manager.url), volume, first, free, deviceOf, bricksOn };
}

describe('mortar brick replace', () => {
  it('shows where the brick would go, then lets it live there', async () => {
    const { mortar, first, free, bricksOn } = await scene();
    const plan = await mortar('brick', 'replace', '--plan', first.id);
    expect(plan).toMatchObject({ code: 0, stderr: '' });
    expect(plan.stdout).toMatch(/^All fit: 1 brick would be moved\n/);
    expect(plan.stdout).toContain(first.id);
    expect(await bricksOn(free)).toBe(0);
    expect(await mortar('brick', 'replace', first.id)).toEqual({
      code: 0,
      stdout: `Brick ${first.id} evicted\n`,
      // On a busy machine it is seen waiting for what is to be healed.
      stderr: expect.stringMatching(/^(Waiting: .*\n)*$/) as string,
    });
    expect([await bricksOn(free), await bricksOn(first.node)]).toEqual([1, 0]);
  });

  it('says what is missing, what is too much and what is unknown', async () => {
    const { mortar, first } = await scene();
    const words = [[], [first.id, first.id], ['0'.repeat(32)]];
    const said = await Promise.all(words.map((each) => mortar('brick', 'replace', ...each)));
    expect(said.map(({ code, stderr }) => [code, stderr])).toEqual([
      [255, 'Error: Brick id missing\n'],
      [255, 'Error: Too many arguments provided\n'],
      [255, 'Error: Id not found\n'],
    ]);
  });
});

describe('mortar device replace', () => {
  it('moves all bricks to the other device; the old one can be deleted then', async () => {
    const { mortar, first, free, deviceOf, bricksOn } = await scene();
    const to = await deviceOf(free);
    expect((await mortar('device', 'replace', '--plan', first.device, to)).stdout).toMatch(
      /^All fit: 1 brick/,
    );
    expect(await mortar('device', 'replace', first.device, to)).toEqual({
      code: 0,
      stdout: `Device ${first.device} is replaced by ${to}; delete it when its disk leaves\n`,
      stderr: '',
    });
    expect(await bricksOn(free)).toBe(1);
    expect((await mortar('device', 'delete', first.device)).stdout).toBe(`Device ${first.device} deleted\n`);
  });

  it('refuses itself, and a device whose node has a copy already', async () => {
    const { mortar, volume, first } = await scene();
    const itself = await mortar('device', 'replace', first.device, first.device);
    expect([itself.code, itself.stderr]).toEqual([255, 'Error: to: a device cannot replace itself\n']);
    const second = volume.bricks[1].device;
    const plan = await mortar('device', 'replace', '--plan', first.device, second);
    expect([plan.code, plan.stderr]).toEqual([255, 'Error: not every brick would find a place\n']);
    expect(plan.stdout).toContain('its node has another brick of the set');
  });
});

describe('mortar node replace', () => {
  it('moves all bricks to the devices of the other node; the old one can be deleted then', async () => {
    const { mortar, first, free, bricksOn } = await scene();
    expect((await mortar('node', 'replace', '--plan', first.node, free)).stdout).toMatch(/^All fit: 1 brick/);
    expect(await mortar('node', 'replace', first.node, free)).toEqual({
      code: 0,
      stdout: `Node ${first.node} is replaced by ${free}; delete its devices, then itself\n`,
      stderr: '',
    });
    expect([await bricksOn(free), await bricksOn(first.node)]).toEqual([1, 0]);
    expect((await mortar('device', 'delete', first.device)).code).toBe(0);
    expect((await mortar('node', 'delete', first.node)).stdout).toBe(`Node ${first.node} deleted\n`);
  });

  it('works for a node that is lost: nothing is sent to it', async () => {
    const { mortar, simulation, wire, first, free, bricksOn } = await scene();
    const host = (await wire.send(`/nodes/${first.node}`)).json().hostnames.manage[0];
    simulation.powerOff(host);
    expect((await mortar('node', 'lost', first.node)).stdout).toBe(
      `Node ${first.node} is lost; remove it to protect its data again\n`,
    );
    expect((await mortar('node', 'replace', first.node, free)).code).toBe(0);
    expect([await bricksOn(free), await bricksOn(first.node)]).toEqual([1, 0]);
  });

  it('refuses itself, a node without devices, one out of service and one of another cluster', async () => {
    const { mortar, wire, first, free, deviceOf } = await scene();
    const said = async (to: string): Promise<string> =>
      (await mortar('node', 'replace', first.node, to)).stderr;
    expect(await said(first.node)).toBe('Error: to: a node cannot replace itself\n');
    const cluster = (await wire.send('/clusters', { body: { file: true } })).json().id;
    const hostnames = { manage: ['far'], storage: ['192.0.2.9'] };
    const far = (await wire.finish('/nodes', { body: { zone: 1, cluster, hostnames } })).json().id;
    expect(await said(far)).toMatch(/has no device that is online: add one \(mortar device add --node=/);
    expect((await wire.finish('/devices', { body: { node: far, name: '/dev/sdb' } })).status).toBe(204);
    expect(await said(far)).toMatch(
      /^Error: to: the node .* is in the cluster .*; bricks stay in their cluster/,
    );
    await mortar('device', 'disable', await deviceOf(free));
    expect(await said(free)).toMatch(/has no device that is online/);
    await mortar('node', 'disable', free);
    expect(await said(free)).toMatch(/^Error: to: the node .* is offline, not online\n$/);
    expect((await wire.send(`/nodes/${first.node}`)).json().state).toBe('online');
  });
});

describe('mortar what-if', () => {
  it('tells what the loss of a node would do, and what is wrong with the question', async () => {
    const { mortar, first, free } = await scene();
    const told = await mortar('what-if', '--lose', 'node', first.node);
    expect(told.stdout).toContain('in use, less to spare');
    expect(told.stdout).toContain('All could be protected again: 1 brick fits on what is left');
    expect((await mortar('what-if', '--lose', 'node', free)).stdout).toBe(
      'Nothing: no volume has a brick there.\n',
    );
    const wrong = [
      ['--lose', 'disk', 'x'],
      ['--lose', 'node'],
      ['--lose', 'zone', 'one'],
      ['--lose', 'node', 'nobody'],
    ];
    const said = await Promise.all(wrong.map((each) => mortar('what-if', ...each)));
    expect(said.map(({ stderr }) => stderr)).toEqual([
      'Error: --lose takes one of node, zone, device\n',
      'Error: name at least one node\n',
      'Error: a zone is a whole number\n',
      'Error: there is no node nobody\n',
    ]);
  });
});
