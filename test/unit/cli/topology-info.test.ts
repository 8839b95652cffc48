import { describe, expect, it } from 'vitest';
import type { TopologyCluster } from '../../../src/client/shapes.ts';
import { jsonAnswer, textAnswer } from '../client/support.ts';
import {
  brickId,
  brickPath,
  clusterId,
  device,
  deviceId,
  node,
  nodeId,
  volume,
  volumeId,
} from './samples.ts';
import { mortar, type Routes, withoutColours } from './support.ts';

const [firstBrick] = volume().bricks;
const brick = firstBrick ?? expect.fail('the sample has a brick');

const topology = (...clusters: Partial<TopologyCluster>[]): Routes => ({
  'GET /topology': jsonAnswer({
    clusters: clusters.map((change) => ({
      id: clusterId,
      file: true,
      block: true,
      blockvolumes: [],
      nodes: [],
      volumes: [],
      ...change,
    })),
  }),
});

const oneBrick = volume({ size: 2, bricks: [{ ...brick, size: 2097152 }] });

const volumeBlock = `
\tName: vol_${volumeId}
\tSize: 2
\tId: ${volumeId}
\tCluster Id: ${clusterId}
\tMount: 10.0.0.1:vol_${volumeId}
\tMount Options: backup-volfile-servers=10.0.0.2,10.0.0.3
\tDurability Type: replicate
\tReplica: 3
\tSnapshot: Disabled

\t\tBricks:
\t\t\tId: ${brickId}
\t\t\tPath: ${brickPath}
\t\t\tSize (GiB): 2
\t\t\tNode: ${nodeId}
\t\t\tDevice: ${deviceId}

`;

const nodeHead = `
\tNode Id: ${nodeId}
\tState: online
\tCluster Id: ${clusterId}
\tZone: 1
\tManagement Hostnames: gl1.example
\tStorage Hostnames: 10.0.0.1
`;

const nodeBlock = `${nodeHead}\tTags: rack:r7

\tDevices:
\t\tId:${deviceId}   State:online    Size (GiB):500     Used (GiB):10      Free (GiB):489     
\t\t\tTags: disk:ssd

\t\t\tKnown Paths: /dev/vdb /dev/disk/by-id/virtio-abc

\t\t\tBricks:
\t\t\t\tId:${brickId}   Size (GiB):10      Path: ${brickPath}
`;

const clusterHead = `
Cluster Id: ${clusterId}

    File:  true
    Block: true

    Volumes:
`;

describe('topology info', () => {
  it('prints what heketi-cli prints, its tabs, blanks and empty lines included', async () => {
    const { stdout } = await mortar(['topology', 'info'], topology({ volumes: [oneBrick], nodes: [node()] }));
    expect(stdout).toBe(`${clusterHead}${volumeBlock}\n\n    Nodes:\n${nodeBlock}\n`);
  });

  it('separates volumes and nodes by empty lines', async () => {
    const plain = node({ tags: {}, devices: [] });
    const routes = topology({ volumes: [oneBrick, oneBrick], nodes: [plain, plain] });
    const { stdout } = await mortar(['topology', 'info'], routes);
    const nodes = `${nodeHead}\tDevices:\n`.repeat(2);
    expect(stdout).toBe(`${clusterHead}${volumeBlock}${volumeBlock}\n\n    Nodes:\n${nodes}\n`);
  });

  it('prints clusters one after the other; an empty one has two empty lines for its volumes', async () => {
    const { stdout } = await mortar(['topology', 'info'], topology({}, { file: false }));
    const empty = (file: boolean): string =>
      `\nCluster Id: ${clusterId}\n\n    File:  ${file}\n    Block: true\n\n    Volumes:\n\n\n    Nodes:\n`;
    expect(stdout).toBe(`${empty(true)}${empty(false)}\n`);
  });

  it('prints one newline when there is nothing', async () => {
    expect((await mortar(['topology', 'info'], topology())).stdout).toBe('\n');
  });

  it('tells of dispersed volumes, snapshots, several names and devices without aliases', async () => {
    const dispersed = volume({
      bricks: [],
      durability: { type: 'disperse', replicate: {}, disperse: { data: 4, redundancy: 2 } },
      snapshot: { enable: true, factor: 2 },
    });
    const named = node({
      state: 'failed',
      hostnames: { manage: ['a', 'b'], storage: ['1', '2'] },
      tags: { z: '1', a: '2' },
      devices: [device({ paths: [], tags: {}, bricks: [], state: 'failed' })],
    });
    const { stdout } = await mortar(['topology', 'info'], topology({ volumes: [dispersed], nodes: [named] }));
    expect(stdout).toContain(
      '\tDurability Type: disperse\n\tDisperse Data: 4\n\tDisperse Redundancy: 2\n\tSnapshot: Enabled\n\tSnapshot Factor: 2.00\n\n\t\tBricks:\n\n\n    Nodes:\n',
    );
    expect(stdout).toContain('\tState: removed\n');
    expect(stdout).toContain(
      '\tManagement Hostnames: a, b\n\tStorage Hostnames: 1, 2\n\tTags: a:2 z:1\n\n\tDevices:\n',
    );
    expect(stdout).toContain('     \n\t\t\tKnown Paths: /dev/vdb\n\n\t\t\tBricks:\n');
  });

  it('prints JSON without block volumes, keys in the order of the contract', async () => {
    const { stdout } = await mortar(['topology', 'info', '--json'], topology({}));
    expect(stdout).toBe(
      `{"clusters":[{"volumes":[],"nodes":[],"id":"${clusterId}","block":true,"file":true}]}`,
    );
  });

  it('shows a person tables, nodes by name', async () => {
    const nodes = ['node10', 'node9'].map((name) => node({ hostnames: { manage: [name], storage: ['1'] } }));
    const { stdout } = await mortar(['topology', 'info'], topology({ nodes }), { isTTY: true });
    expect(withoutColours(stdout)).toMatch(/node9[^]*node10/);
  });

  it('fails in the words of the server', async () => {
    const routes = { 'GET /topology': textAnswer(401, 'Administrator access required') };
    expect(await mortar(['topology', 'info'], routes)).toMatchObject({
      code: 255,
      stderr: 'Error: Administrator access required\n',
    });
  });
});
