import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeBatches } from '../contract/executors/batch.ts';
import { describeCutOffs } from '../contract/executors/cut-off.ts';
import { describePort } from '../contract/executors/port.ts';
import type { Transport, TransportChoice } from '../contract/executors/transports.ts';
import type { ControlPlane } from '../kube/control-plane.ts';
import { executorFor, manager, storage } from '../kube/pods.ts';
import { Lab } from './lab.ts';
import { nodePlace } from './node-place.ts';
import { managerEnvironment, startPlane, stopPlane } from './plane.ts';
import { Scene } from './scene.ts';

const lab = new Lab({ nodes: Number(process.env.MORTAR_LAB_NODES ?? 4) });
let plane: ControlPlane;

beforeAll(async () => {
  plane = await startPlane(lab);
});
afterAll(() => stopPlane(plane, lab));

const realNode: TransportChoice = {
  name: 'real node behind Kubernetes',
  open: (): Promise<Transport> => {
    const executor = executorFor(plane, { findPodsBy: 'daemonset' });
    return Promise.resolve({
      executor,
      host: { nodeId: 'n1', address: 'node1' },
      place: nodePlace(lab, 1),
      manager: ['kubernetes', 'node1', plane.kubeconfig(manager), storage],
      close: () => executor.close(),
    });
  },
};

describePort(realNode);
describeBatches(realNode);
describeCutOffs(realNode);

/** Leaves the container for LVM, as `docs/kubernetes.md` says, and remembers what it was asked to run. */
const wrapper = '/usr/local/sbin/exec-on-host';
const wrapperLog = '/run/exec-on-host.log';

async function putWrapper(): Promise<void> {
  const text = `#!/bin/sh\necho "$2" >>${wrapperLog}\nexec nsenter --target 1 --mount --uts --ipc --net -- "$@"\n`;
  const write = `cat >${wrapper} && chmod 755 ${wrapper} && rm -f ${wrapperLog}`;
  for (const [index] of lab.nodes.entries()) await lab.ssh(index + 1, write, { stdin: text });
}

async function wrapped(k: number): Promise<string[]> {
  const { stdout } = await lab.ssh(k, `sort -u ${wrapperLog}`);
  return stdout.trim().split('\n');
}

describe('a manager that reaches its nodes through Kubernetes', () => {
  let scene: Scene;

  beforeAll(async () => {
    await putWrapper();
    scene = await Scene.open(lab.nodes.length, {
      ...managerEnvironment(plane),
      MORTAR_LVM_WRAPPER: wrapper,
    });
  });
  afterAll(() => scene?.close());

  it('loads the topology, makes and deletes a volume, and leaves nothing', async () => {
    const { wire } = scene.mortar;
    await scene.loadTopology();
    const loaded = await scene.pictures();
    const created = await wire.finish('/volumes', {
      body: { size: 1, durability: { type: 'replicate', replicate: { replica: 3 } } },
    });
    expect(created.status, created.text).toBe(200);
    const { id, bricks } = created.json() as { id: string; bricks: unknown[] };
    expect(bricks).toHaveLength(3);
    expect(await scene.differences()).toEqual([]);
    expect((await wire.finish(`/volumes/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect(await scene.pictures()).toEqual(loaded);
  });

  it('ran LVM through the program that leaves the container', async () => {
    const asked = await Promise.all(lab.nodes.map((_, index) => wrapped(index + 1)));
    const all = ['lvcreate', 'lvremove', 'lvs', 'pvcreate', 'vgcreate'];
    expect(asked.flat()).toEqual(expect.arrayContaining(all));
  });
});
