import { describe, expect, it } from 'vitest';
import { findDifferences } from '../support/checker.ts';
import { hurriedClock } from '../support/engine-bench.ts';
import { loadNodes, replica3, startManager, type TestManager } from '../support/manager.ts';
import { simulatedFacts } from '../support/simulated-facts.ts';

const start = async (nodes = 4, devices = 2): Promise<TestManager> => {
  const manager = await startManager({ overrides: { clock: hurriedClock } });
  await loadNodes(manager.wire, nodes, devices);
  return manager;
};

const differences = ({ app, simulation }: TestManager): Promise<string[]> =>
  findDifferences(app.database.read, { factsOf: (host) => simulatedFacts(simulation, host) });

const isDataLost = ({ simulation }: TestManager): boolean =>
  simulation.hosts().some((host) => simulation.picture(host).volumes.some((volume) => volume.isDataLost));

const durabilities = {
  none: { size: 4 },
  'replica 2': { size: 4, durability: { type: 'replicate', replicate: { replica: 2 } } },
  'replica 3': replica3(4),
  arbiter: replica3(4, { glustervolumeoptions: ['user.heketi.arbiter true'] }),
  'disperse 2+1': { size: 4, durability: { type: 'disperse', disperse: { data: 2, redundancy: 1 } } },
  'two sets of replica 3': replica3(900),
};

describe('a brick that is moved', () => {
  it.each(Object.entries(durabilities))(
    '%s: is made elsewhere, filled, and then removed',
    async (_name, body) => {
      const manager = await start();
      const { wire } = manager;
      const volume = (await wire.finish('/volumes', { body })).json();
      for (const brick of volume.bricks) {
        const evicted = await wire.finish(`/bricks/to-evict/${brick.id}`, { method: 'POST' });
        expect(evicted.status, evicted.text).toBe(204);
      }
      const after = (await wire.send(`/volumes/${volume.id}`)).json();
      const ids = (list: { id: string }[]): string[] => list.map(({ id }) => id);
      expect(after.bricks).toHaveLength(volume.bricks.length);
      expect(ids(after.bricks).filter((id) => ids(volume.bricks).includes(id))).toEqual([]);
      expect(after.size).toBe(volume.size);
      expect(await differences(manager)).toEqual([]);
      expect(isDataLost(manager)).toBe(false);
    },
  );
});
