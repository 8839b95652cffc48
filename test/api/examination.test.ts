import { describe, expect, it } from 'vitest';
import { loadNodes, replica3, startManager } from '../support/manager.ts';
import { mortarAt } from './cli/support.ts';

const path = '/internal/state/examine/gluster';

describe('GET /internal/state/examine/gluster', () => {
  it('shows what the nodes say beside what is on record, indented as Heketi does', async () => {
    const { wire, url } = await startManager();
    const { clusterId, nodeIds } = await loadNodes(wire, 3, 1);
    const volume = (await wire.finish('/volumes', { body: replica3(20, { block: true }) })).json();
    const block = (await wire.finish('/blockvolumes', { body: { size: 1 } })).json();
    const answer = await wire.send(path);
    const shown = answer.json();
    expect(answer.text).toBe(JSON.stringify(shown, null, 4));
    expect(shown.heketidb).toEqual((await wire.send('/db/dump')).json());
    expect(shown.report).toEqual(['OnDemand Examiner invoked while 0 ops are in flight']);
    const [{ ClusterHeketiID, NodesData }] = shown.clusters;
    expect(ClusterHeketiID).toBe(clusterId);
    expect(NodesData.map((node: { NodeHeketiID: string }) => node.NodeHeketiID).sort()).toEqual(
      [...nodeIds].sort(),
    );
    for (const node of NodesData) {
      expect(node.VolumeInfo).toMatchObject([{ name: volume.name, status: 'started' }]);
      expect(node.LVMPVInfo).toMatchObject([{ device: '/dev/sdb' }]);
      expect(node.LVMVGInfo).toHaveLength(1);
      expect(node.BricksMountStatus).toMatchObject([{ Device: expect.stringContaining('/dev/mapper/') }]);
      expect(node.BlockVolumeNames).toEqual([block.name]);
    }
    expect((await mortarAt(url)('server', 'state', 'examine', 'gluster')).stdout).toBe(answer.text);
  });

  it('says of a node that is off that nothing is known of it', async () => {
    const { wire, simulation } = await startManager();
    await loadNodes(wire, 3, 1);
    simulation.powerOff('node2');
    const shown = (await wire.send(path)).json();
    const seen = shown.clusters[0].NodesData.map((node: { LVMVGInfo: unknown }) => node.LVMVGInfo !== null);
    expect(seen.filter(Boolean)).toHaveLength(2);
    expect(shown.report.join('\n')).toMatch(/the node was not looked at: node [0-9a-f]+ \(node2\)/);
  });
});
