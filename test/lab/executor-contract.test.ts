import { SshExecutor } from '../../src/executors/ssh/ssh-executor.ts';
import { describeBatches } from '../contract/executors/batch.ts';
import { describeCutOffs } from '../contract/executors/cut-off.ts';
import { describePort } from '../contract/executors/port.ts';
import type { Transport, TransportChoice } from '../contract/executors/transports.ts';
import { Lab } from './lab.ts';
import { nodePlace } from './node-place.ts';

const lab = new Lab({ nodes: 1 });
const port = 22;

const realNode: TransportChoice = {
  name: 'real node',
  open: (): Promise<Transport> => {
    const executor = new SshExecutor({
      user: 'root',
      port,
      keyFiles: [lab.keyFile],
      knownHostsFiles: [lab.knownHostsFile],
    });
    return Promise.resolve({
      executor,
      host: { nodeId: 'n1', address: 'node1' },
      place: nodePlace(lab, 1),
      manager: ['ssh', 'node1', String(port), lab.keyFile, lab.knownHostsFile],
      close: () => executor.close(),
    });
  },
};

describePort(realNode);
describeBatches(realNode);
describeCutOffs(realNode);
