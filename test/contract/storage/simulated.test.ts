import type { Executor } from '../../../src/executors/executor.ts';
import { createSimulatedExecutor, Simulation } from '../../../src/executors/simulated/simulated-executor.ts';
import type { StorageEnvironment } from './environment.ts';
import { describeStorage } from './suite.ts';

const hosts = [
  { nodeId: 'n1', address: 'gl1.example' },
  { nodeId: 'n2', address: 'gl2.example' },
] as const;
const disks = ['/dev/sdb', '/dev/sdc'] as const;
const contents = { ext4: 'ext4', partition: 'partitions', swap: 'swap', 'foreign-group': 'lvm' } as const;

const newSimulation = (): Simulation =>
  new Simulation({
    description: {
      unlistedNodes: false,
      nodes: [
        ...hosts.map(({ address }, index) => ({
          host: address,
          storageHosts: [`192.0.2.${index + 1}`],
          disks: disks.map((path) => ({ path, sizeGiB: 20 })),
        })),
        { host: 'off.example', storageHosts: ['192.0.2.99'], power: 'off' as const },
      ],
    },
  });

let simulation = newSimulation();
let inner = createSimulatedExecutor({ simulation });

/** Goes to the simulation as it is after the last reset. */
const executor: Executor = {
  name: 'simulated',
  run: (host, commands, options) => inner.run(host, commands, options),
  forget: (nodeId) => inner.forget(nodeId),
  close: () => Promise.resolve(),
};

const environment: StorageEnvironment = {
  name: 'simulated',
  hosts,
  storageHosts: ['192.0.2.1', '192.0.2.2'],
  deadHost: '192.0.2.99',
  disks,
  noDisk: '/dev/sdz',
  testTimeoutMs: 10_000,
  open: () => Promise.resolve(executor),
  reset: () => {
    simulation = newSimulation();
    inner = createSimulatedExecutor({ simulation });
    return Promise.resolve();
  },
  prepare: (_, host, content) =>
    Promise.resolve(simulation.putContent(host.address, disks[0], contents[content])),
  mount: (_, host, mountPoint) => Promise.resolve(simulation.mount(host.address, disks[0], mountPoint)),
  unmount: (_, host, mountPoint) => {
    simulation.act(host.address, ['umount', mountPoint]);
    return Promise.resolve();
  },
  unfinishXfs: (_, host, device) =>
    Promise.resolve(simulation.putContent(host.address, device, 'unfinished-xfs')),
  setGlusterd: (_, host, state) => {
    simulation.act(host.address, ['systemctl', state, 'glusterd']);
    return Promise.resolve();
  },
};

describeStorage(environment);
