import { afterAll, beforeAll, expect } from 'vitest';
import { SshExecutor } from '../../src/executors/ssh/ssh-executor.ts';
import { realNodes } from '../contract/storage/real-nodes.ts';
import { describeStorage } from '../contract/storage/suite.ts';
import { Lab, type LabNode } from './lab.ts';
import type { NodeSnapshot } from './snapshot.ts';

/** The suite needs two nodes; others of the lab are left alone. */
const lab = new Lab({ nodes: 2 });
const [first, second] = lab.nodes as [LabNode, LabNode];
const [firstDisk = '', secondDisk = ''] = lab.disks;
const hostOf = ({ name }: LabNode) => ({ nodeId: name, address: name });
const snapshots = (): Promise<NodeSnapshot[]> =>
  Promise.all(lab.nodes.map(({ index }) => lab.snapshotNode(index)));

let before: NodeSnapshot[];
beforeAll(async () => {
  before = await snapshots();
});
afterAll(async () => {
  expect(await snapshots()).toEqual(before);
});

describeStorage(
  realNodes({
    name: 'real nodes',
    hosts: [hostOf(first), hostOf(second)],
    storageHosts: [first.address, second.address],
    // This machine: it is in the network of the nodes, and has no glusterd.
    deadHost: first.address.replace(/\d+$/, '1'),
    disks: [firstDisk, secondDisk],
    open: () =>
      Promise.resolve(
        new SshExecutor({ user: 'root', keyFiles: [lab.keyFile], knownHostsFiles: [lab.knownHostsFile] }),
      ),
  }),
);
