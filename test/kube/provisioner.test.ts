import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, onTestFailed, onTestFinished } from 'vitest';
import { loadNodes, startManager, type TestManager, testKeys } from '../support/manager.ts';
import { MortarProcess } from '../support/manager-process.ts';
import { ControlPlane } from './control-plane.ts';
import { namespace, node } from './objects.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- objects of any kind
type Any = any;

const manifests = 'deploy/kubernetes';
/** Creations that are raced with deletions and kills. */
const races = Number(process.env.MORTAR_KUBE_RACES ?? 40);
const patience = { timeout: 150_000, interval: 200 };
/** The binder looks at claims every two seconds, some at a time. */
const patienceForAll = { ...patience, timeout: Math.max(patience.timeout, races * 2000) };

let plane: ControlPlane;
/** That of the service account of the manifest, with nothing but its role. */
let kubeconfig = '';

beforeAll(async () => {
  plane = await ControlPlane.start();
  await plane.apply(namespace('team'), node('node-1'));
  await plane.kubectl(['apply', '-f', `${manifests}/provisioner.yaml`]);
  kubeconfig = await plane.serviceAccountKubeconfig('mortar', 'mortar-provisioner');
});
afterAll(() => plane?.stop());

/** A provisioner as a process of its own, under its role. */
function startProvisioner(...flags: string[]): MortarProcess {
  const provisioner = new MortarProcess(
    [
      'provisioner',
      `--kubeconfig=${kubeconfig}`,
      '--namespace=mortar',
      '--http=127.0.0.1:0',
      '--retry-longest=2',
      ...flags,
    ],
    { HOME: plane.folder },
  );
  onTestFailed(() => console.error(provisioner.stderr));
  return provisioner;
}

/** A manager of so many nodes, and the classes of the example with its address and key. */
async function startStorage(nodes: number): Promise<TestManager> {
  const manager = await startManager();
  await loadNodes(manager.wire, nodes, 1);
  const text = readFileSync(`${manifests}/storage-classes.yaml`, 'utf8')
    .replaceAll('http://mortar.mortar:8080', manager.url)
    .replace('the admin key of Mortar', testKeys.admin);
  // Whoever was killed before cannot give its lease back.
  await plane.kubectl(['delete', 'leases', '--all', '-n', 'mortar']);
  await plane.kubectl(['delete', 'storageclass', '--all']);
  await plane.kubectl(['apply', '-f', '-'], { stdin: text });
  return manager;
}

const claim = (name: string, storageClassName: string, storage = '1Gi'): object => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name, namespace: 'team' },
  spec: { accessModes: ['ReadWriteMany'], storageClassName, resources: { requests: { storage } } },
});

const list = async (kind: string): Promise<Any[]> =>
  JSON.parse(await plane.kubectl(['get', kind, '--all-namespaces', '-o', 'json'])).items;
const get = async (...words: string[]): Promise<Any> =>
  JSON.parse(await plane.kubectl(['get', ...words, '-n', 'team', '-o', 'json']));
const phaseOf = async (name: string): Promise<string> => (await get('pvc', name)).status.phase;
const eventsOf = async (name: string, reason: string): Promise<string[]> =>
  (await list('events'))
    .filter((event) => event.involvedObject.name === name && event.reason === reason)
    .map(({ message }) => message as string);
const deleteClaims = (...names: string[]): Promise<string> =>
  plane.kubectl(['delete', 'pvc', '-n', 'team', '--wait=false', ...names]);

/** What of volumes there is, in Kubernetes and in Mortar. */
async function leftIn({ wire }: TestManager): Promise<string[]> {
  const objects = await Promise.all(['pv', 'pvc', 'endpoints', 'services'].map(list));
  const ours = objects
    .flat()
    .filter(({ metadata }) => metadata.namespace !== 'default' && metadata.namespace !== 'kube-system')
    .map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  return [...ours, ...((await wire.send('/volumes')).json().volumes as string[])];
}

const isServing = ({ child, stderr }: MortarProcess): boolean =>
  child.exitCode === null && child.signalCode === null && stderr.includes('"serving claims"');

describe('claims of a real control plane', () => {
  it('of each volume type are bound by the binder, grow, and leave nothing', async () => {
    const manager = await startStorage(6);
    const provisioner = startProvisioner();
    await plane.apply(
      claim('copies', 'gluster-replica-3', '1100Mi'),
      claim('pieces', 'gluster-disperse', '5Gi'),
      claim('scratch', 'gluster-scratch'),
    );
    await expect.poll(() => phaseOf('copies'), patience).toBe('Bound');
    await expect.poll(() => phaseOf('pieces'), patience).toBe('Bound');
    // It waits for a pod.
    expect(await phaseOf('scratch')).toBe('Pending');
    await plane.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'consumer', namespace: 'team' },
      spec: {
        containers: [{ name: 'main', image: 'none' }],
        volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'scratch' } }],
        terminationGracePeriodSeconds: 0,
      },
    });
    await expect.poll(() => phaseOf('scratch'), patience).toBe('Bound');

    const copies = await get('pvc', 'copies');
    const uid = copies.metadata.uid as string;
    const volume = await get('pv', `pvc-${uid}`);
    expect(volume).toMatchObject({
      metadata: {
        annotations: {
          'pv.beta.kubernetes.io/gid': '2000',
          'pv.kubernetes.io/provisioned-by': 'mortar.io/glusterfs',
          'gluster.org/type': 'file',
        },
      },
      spec: {
        capacity: { storage: '2Gi' },
        persistentVolumeReclaimPolicy: 'Delete',
        storageClassName: 'gluster-replica-3',
        glusterfs: { endpoints: `glusterfs-dynamic-${uid}`, endpointsNamespace: 'team', path: `pvc-${uid}` },
      },
    });
    expect((await get('endpoints', `glusterfs-dynamic-${uid}`)).subsets[0].addresses).toHaveLength(6);
    expect((await get('service', `glusterfs-dynamic-${uid}`)).metadata.labels).toMatchObject({
      'gluster.kubernetes.io/provisioned-for-pvc': 'copies',
    });
    const pieces = await get('pv', `pvc-${(await get('pvc', 'pieces')).metadata.uid}`);
    expect(pieces.metadata.annotations['pv.beta.kubernetes.io/gid']).toBe('40000');
    const piecesId = pieces.metadata.annotations['gluster.kubernetes.io/heketi-volume-id'];
    expect((await manager.wire.send(`/volumes/${piecesId}`)).json().durability).toMatchObject({
      type: 'disperse',
      disperse: { data: 4, redundancy: 2 },
    });
    await expect.poll(() => eventsOf('copies', 'ProvisioningSucceeded'), patience).toHaveLength(1);

    const grow = { spec: { resources: { requests: { storage: '3Gi' } } } };
    await plane.kubectl(['patch', 'pvc', 'copies', '-n', 'team', '-p', JSON.stringify(grow)]);
    await expect.poll(async () => (await get('pvc', 'copies')).status.capacity.storage, patience).toBe('3Gi');
    const { status } = await get('pvc', 'copies');
    expect(status.allocatedResources).toEqual({ storage: '3Gi' });
    expect([status.allocatedResourceStatuses, status.conditions]).toEqual([undefined, undefined]);
    const id = volume.metadata.annotations['gluster.kubernetes.io/heketi-volume-id'];
    expect((await manager.wire.send(`/volumes/${id}`)).json().size).toBe(3);

    const kept = `pvc-${(await get('pvc', 'scratch')).metadata.uid}`;
    await plane.kubectl(['delete', 'pod', 'consumer', '-n', 'team']);
    await deleteClaims('copies', 'pieces', 'scratch');
    await expect
      .poll(async () => (await list('pv')).map(({ status }) => status.phase), patience)
      .toEqual(['Released']);
    // What is retained goes when the administrator says so.
    const policy = { spec: { persistentVolumeReclaimPolicy: 'Delete' } };
    await plane.kubectl(['patch', 'pv', kept, '-p', JSON.stringify(policy)]);
    await expect.poll(() => leftIn(manager), patience).toEqual([]);
    const end = await provisioner.end('SIGTERM');
    expect([end.code, end.stderr.includes('"level":40')]).toEqual([0, false]);
  });

  it('that cannot be served are told why, and nobody is asked for more than the role allows', async () => {
    const manager = await startStorage(3);
    const provisioner = startProvisioner();
    await plane.apply(
      claim('pieces', 'gluster-disperse', '5Gi'),
      claim('huge', 'gluster-replica-3', '900Ti'),
    );
    await expect
      .poll(async () => (await eventsOf('pieces', 'ProvisioningFailed'))[0], patience)
      .toMatch(/6 nodes|nodes/);
    await expect.poll(async () => (await eventsOf('huge', 'ProvisioningFailed'))[0], patience).toMatch(/GiB/);
    await deleteClaims('pieces', 'huge');
    await expect.poll(() => leftIn(manager), patience).toEqual([]);
    expect((await provisioner.end('SIGTERM')).stderr).not.toMatch(/forbidden/i);
  });

  it('are served again after the API server was away', async () => {
    const manager = await startStorage(3);
    const provisioner = startProvisioner('--lease-seconds=120');
    await provisioner.says(/serving claims/);
    await plane.stopApiServer();
    await plane.startApiServer();
    await plane.apply(claim('after', 'gluster-replica-3'));
    await expect.poll(() => phaseOf('after'), patience).toBe('Bound');
    await deleteClaims('after');
    await expect.poll(() => leftIn(manager), patience).toEqual([]);
    await provisioner.end('SIGTERM');
  });

  it(`created, deleted and raced with kills of the leader, ${races} times, leave nothing`, async () => {
    const manager = await startStorage(3);
    const start = (): MortarProcess => startProvisioner('--lease-seconds=3');
    const running = [start(), start()];
    // As the Deployment does: two are there, however they end.
    const supervisor = setInterval(() => {
      for (const [index, { child }] of running.entries())
        if (child.exitCode !== null || child.signalCode !== null) running[index] = start();
    }, 100);
    onTestFinished(() => clearInterval(supervisor));
    const names = Array.from({ length: races }, (_, index) => `race-${index}`);
    const batch = 10;
    for (let at = 0; at < names.length; at += batch) {
      const now = names.slice(at, at + batch);
      await expect.poll(() => running.some(isServing), patience).toBe(true);
      await plane.apply(...now.map((name) => claim(name, 'gluster-replica-3')));
      // Half of them go while their volumes are being made; whoever leads is killed at the same time.
      const doomed = now.filter((_, index) => index % 2 === 0);
      const leaders = running.filter(isServing).map(({ child }) => child.kill('SIGKILL'));
      expect(leaders).toHaveLength(1);
      await deleteClaims(...doomed);
      const kept = now.filter((name) => !doomed.includes(name));
      for (const name of kept) await expect.poll(() => phaseOf(name), patience).toBe('Bound');
    }
    await expect.poll(async () => (await list('pv')).length, patience).toBe(Math.floor(races / 2));
    const volumes = (await manager.wire.send('/volumes')).json().volumes as string[];
    const gids = (await list('pv')).map(({ metadata }) => metadata.annotations['pv.beta.kubernetes.io/gid']);
    expect([volumes.length, new Set(gids).size]).toEqual([gids.length, gids.length]);
    await plane.kubectl(['delete', 'pvc', '-n', 'team', '--all', '--wait=false']);
    await expect.poll(() => leftIn(manager), patienceForAll).toEqual([]);
    clearInterval(supervisor);
    await Promise.all(running.map((each) => each.end('SIGTERM')));
  });
});
