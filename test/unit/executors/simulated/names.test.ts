import { describe, expect, it } from 'vitest';
import { Simulation } from '../../../../src/executors/simulated/simulated-executor.ts';
import { preflightCommands } from '../../../../src/storage/node/preflight.ts';
import { type Bench, benchOf, brickCommands, deviceCommands, gluster, newBench, pathOf } from './support.ts';

const storageHost = (node: number): string => `192.0.2.${node}`;
const nodes = [1, 2, 3];
const volume = gluster.createVolume({
  name: 'v1',
  durability: { type: 'replicate', replica: 3, arbiter: false },
  bricks: nodes.map((node) => `${storageHost(node)}:${pathOf(`b${node}`)}`),
});

/** Nodes come one after the other: a look at the node, then a probe of its storage name from the first. */
async function addNodes({ run }: Bench, order: readonly number[]): Promise<void> {
  await run('n1', preflightCommands());
  for (const node of order) await run(`n${node}`, preflightCommands());
  for (const node of [2, 3]) await run('n1', [gluster.probePeer(storageHost(node))]);
}

const makeBricks = async ({ run }: Bench): Promise<void> => {
  for (const node of nodes) await run(`n${node}`, [...deviceCommands(), ...brickCommands(`b${node}`)]);
};

describe('storage host names', () => {
  it('that are told mean the nodes that were told', async () => {
    const bench = newBench();
    for (const node of nodes) bench.simulation.nameNode(`n${node}`, storageHost(node));
    await addNodes(bench, [2, 3]);
    await makeBricks(bench);
    await bench.run('n2', [volume, gluster.startVolume('v1')]);
    expect(bench.simulation.picture('n3').runningBricks).toEqual([pathOf('b3')]);
    expect(bench.simulation.hosts()).toEqual(['n1', 'n2', 'n3']);
  });

  it('are asked for, where somebody knows', async () => {
    const asked: string[] = [];
    const simulation = new Simulation({
      resolveStorageHost: (name) => {
        asked.push(name);
        return Promise.resolve(`n${name.at(-1)}`);
      },
    });
    const bench = benchOf(simulation);
    await addNodes(bench, [3, 2]);
    await makeBricks(bench);
    await bench.run('n2', [volume, gluster.startVolume('v1')]);
    expect(simulation.picture('n3').runningBricks).toEqual([pathOf('b3')]);
    expect(asked.sort()).toEqual(nodes.map(storageHost));
  });

  it('that nobody tells are learned from probes, and corrected by bricks', async () => {
    const bench = newBench();
    // The probes will take the second and the third node for each other.
    await addNodes(bench, [2, 3]);
    await makeBricks(bench);
    await bench.run('n2', [volume, gluster.startVolume('v1')]);
    for (const node of nodes) {
      expect(bench.simulation.picture(`n${node}`)).toMatchObject({
        runningBricks: [pathOf(`b${node}`)],
        volumes: [{ name: 'v1', status: 'started' }],
      });
    }
    const names = (address: string) =>
      bench.simulation
        .picture('n1')
        .peers.find(({ uuid }) => uuid === bench.simulation.picture(address).peers.at(-1)?.uuid)?.names;
    expect(nodes.map((node) => names(`n${node}`))).toEqual(nodes.map((node) => [storageHost(node)]));
    expect(bench.simulation.hosts()).toEqual(['n1', 'n2', 'n3']);
  });

  it('of nodes in two pools are corrected too', async () => {
    const bench = newBench();
    for (const node of ['n1', 'x1', 'n2', 'x2']) await bench.run(node, preflightCommands());
    await bench.run('n1', [gluster.probePeer('192.0.2.2')]);
    await bench.run('x1', [gluster.probePeer('198.51.100.2')]);
    for (const [address, id] of [
      ['n1', 'b1'],
      ['n2', 'b2'],
    ] as const) {
      await bench.run(address, [...deviceCommands(), ...brickCommands(id)]);
    }
    const bricks = [`192.0.2.1:${pathOf('b1')}`, `192.0.2.2:${pathOf('b2')}`];
    await bench.run('n1', [gluster.createVolume({ name: 'v1', durability: { type: 'none' }, bricks })]);
    expect(bench.simulation.picture('n2').volumes).toHaveLength(1);
    expect(bench.simulation.picture('x2').peers).toHaveLength(2);
    expect(bench.simulation.picture('x2').volumes).toEqual([]);
  });

  it('that are the manage addresses need nothing', async () => {
    const bench = newBench();
    for (const node of ['n1', 'n2']) await bench.run(node, [...deviceCommands(), ...brickCommands('b1')]);
    const bricks = ['n1', 'n2'].map((node) => `${node}:${pathOf('b1')}`);
    await bench.run('n1', [
      gluster.probePeer('n2'),
      gluster.createVolume({ name: 'v1', durability: { type: 'none' }, bricks }),
    ]);
    expect(bench.simulation.hosts()).toEqual(['n1', 'n2']);
  });

  it('become nodes of their own when no other node can be meant', async () => {
    const bench = newBench();
    await bench.run('n1', [gluster.probePeer('192.0.2.2')]);
    expect(bench.simulation.hosts()).toEqual(['n1', '192.0.2.2']);
  });

  it('resolve to nothing when only listed nodes exist', async () => {
    const bench = newBench({
      description: { unlistedNodes: false, nodes: [{ host: 'n1' }, { host: 'n2' }] },
    });
    await bench.run('n2', preflightCommands());
    expect((await bench.failure('n1', [gluster.probePeer('192.0.2.2')])).details).toMatchObject({
      stdout: expect.stringContaining('Transport endpoint is not connected'),
    });
  });
});
