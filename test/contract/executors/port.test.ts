import { createSimulatedExecutor, Simulation } from '../../../src/executors/simulated/simulated-executor.ts';
import { describePort, type PortChoice } from './port.ts';
import { transports } from './transports.ts';

const simulated: PortChoice = {
  name: 'simulated',
  open: () => {
    const executor = createSimulatedExecutor({ simulation: new Simulation() });
    return Promise.resolve({
      executor,
      host: { nodeId: 'n1', address: 'node.example' },
      close: () => executor.close(),
    });
  },
};

for (const choice of [simulated, ...transports]) describePort(choice);
