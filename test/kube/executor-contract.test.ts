import { afterAll, beforeAll } from 'vitest';
import { describeBatches } from '../contract/executors/batch.ts';
import { describeCutOffs } from '../contract/executors/cut-off.ts';
import { thisMachine } from '../contract/executors/place.ts';
import { describePort } from '../contract/executors/port.ts';
import type { Transport, TransportChoice } from '../contract/executors/transports.ts';
import { ControlPlane } from './control-plane.ts';
import { namespace, node, pod } from './objects.ts';
import { executorFor, executorRole, manager, storage } from './pods.ts';

let plane: ControlPlane;

beforeAll(async () => {
  plane = await ControlPlane.start({ users: [manager] });
  await plane.apply(namespace(storage), node('n1'), ...executorRole());
  const labels = { 'glusterfs-node': 'n1' };
  await plane.apply(pod({ name: 'gluster-1', namespace: storage, node: 'n1', labels }));
  await plane.kubectl(['wait', '--for=condition=Ready', 'pod/gluster-1', '-n', storage, '--timeout=60s']);
});
afterAll(() => plane?.stop());

/** The pod's commands run on this machine, through the API server and kwok. */
const inPod: TransportChoice = {
  name: 'kubernetes',
  open: (): Promise<Transport> => {
    const executor = executorFor(plane);
    return Promise.resolve({
      executor,
      host: { nodeId: 'n1', address: 'n1' },
      place: thisMachine,
      manager: ['kubernetes', 'n1', plane.kubeconfig(manager), storage],
      close: () => executor.close(),
    });
  },
};

describePort(inPod);
describeBatches(inPod);
describeCutOffs(inPod);
