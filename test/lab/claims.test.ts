import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ControlPlane } from '../kube/control-plane.ts';
import { namespace } from '../kube/objects.ts';
import { MortarProcess } from '../support/manager-process.ts';
import { ClientMount } from './client-mount.ts';
import { Lab } from './lab.ts';
import { managerEnvironment, startPlane, stopPlane } from './plane.ts';
import { Scene } from './scene.ts';

const team = 'team';
const patience = { timeout: 240_000, interval: 500 };
const lab = new Lab({ nodes: Number(process.env.MORTAR_LAB_NODES ?? 4) });
/** A class for each volume type, called by it. */
const volumeTypes = { copies: 'replicate:3', pieces: 'disperse:2:1', single: 'none' } as const;

interface PersistentVolume {
  readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
  readonly spec: {
    readonly capacity: { readonly storage: string };
    readonly glusterfs: { readonly endpoints: string; readonly path: string };
  };
}

describe('claims, with nodes that are reached through Kubernetes', () => {
  let plane: ControlPlane;
  let scene: Scene;

  beforeAll(async () => {
    plane = await startPlane(lab);
    scene = await Scene.open(lab.nodes.length, managerEnvironment(plane));
    await scene.loadTopology();
    await plane.kubectl(['apply', '-f', 'deploy/kubernetes/provisioner.yaml']);
    await plane.apply(namespace(team), secret(), ...Object.entries(volumeTypes).map(storageClass));
  });
  afterAll(async () => {
    await scene?.close();
    await stopPlane(plane, lab);
  });

  const secret = (): object => ({
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/glusterfs',
    metadata: { name: 'mortar-admin', namespace: 'mortar' },
    stringData: { key: scene.mortar.adminKey },
  });
  const storageClass = ([name, volumetype]: [string, string]): object => ({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name },
    provisioner: 'mortar.io/glusterfs',
    allowVolumeExpansion: true,
    parameters: {
      resturl: scene.mortar.url,
      restuser: 'admin',
      secretNamespace: 'mortar',
      secretName: 'mortar-admin',
      volumetype,
    },
  });
  const claim = (name: string, storage: string): object => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: team },
    spec: { accessModes: ['ReadWriteMany'], storageClassName: name, resources: { requests: { storage } } },
  });
  const get = async <T>(...words: string[]): Promise<T> =>
    JSON.parse(await plane.kubectl(['get', ...words, '-n', team, '-o', 'json'])) as T;
  const status = async (name: string): Promise<{ phase: string; capacity?: { storage: string } }> =>
    (await get<{ status: { phase: string; capacity?: { storage: string } } }>('pvc', name)).status;

  /** As the kubelet mounts it: by what PersistentVolume and Endpoints say. */
  async function mount(volume: PersistentVolume): Promise<ClientMount> {
    const { endpoints, path } = volume.spec.glusterfs;
    const { subsets } = await get<{ subsets: { addresses: { ip: string }[] }[] }>('endpoints', endpoints);
    const [first = '', ...others] = subsets.flatMap(({ addresses }) => addresses.map(({ ip }) => ip));
    return ClientMount.open(lab, 4, {
      mount: {
        glusterfs: {
          device: `${first}:${path}`,
          options: { 'backup-volfile-servers': others.join(','), 'log-level': 'ERROR' },
        },
      },
    });
  }

  it('are bound, mounted as their PersistentVolumes say, grown in use, and leave nothing', async () => {
    const loaded = await scene.pictures();
    const provisioner = new MortarProcess(
      [
        'provisioner',
        `--kubeconfig=${await plane.serviceAccountKubeconfig('mortar', 'mortar-provisioner')}`,
        '--namespace=mortar',
        '--http=off',
        '--retry-longest=5',
      ],
      { HOME: scene.folder },
    );
    await provisioner.says(/serving claims/);
    const names = Object.keys(volumeTypes);
    await plane.apply(...names.map((name) => claim(name, '2Gi')));
    for (const name of names)
      await expect.poll(async () => (await status(name)).phase, patience).toBe('Bound');
    expect(await scene.differences()).toEqual([]);

    for (const name of names) {
      const { volumeName } = (await get<{ spec: { volumeName: string } }>('pvc', name)).spec;
      const volume = await get<PersistentVolume>('pv', volumeName);
      expect(volume.spec.capacity.storage).toBe('2Gi');
      const mounted = await mount(volume);
      const gid = volume.metadata.annotations['pv.beta.kubernetes.io/gid'];
      expect(await mounted.owner(), name).toEqual({ gid, mode: '2775' });
      await mounted.write('kept', `of ${name}`);
      expect(await mounted.read('kept')).toBe(`of ${name}`);
      await mounted.close();
    }

    const { volumeName } = (await get<{ spec: { volumeName: string } }>('pvc', 'copies')).spec;
    const mounted = await mount(await get<PersistentVolume>('pv', volumeName));
    const before = await mounted.sizeKib();
    const wish = JSON.stringify({ spec: { resources: { requests: { storage: '3Gi' } } } });
    await plane.kubectl(['patch', 'pvc', 'copies', '-n', team, '-p', wish]);
    await expect.poll(async () => (await status('copies')).capacity?.storage, patience).toBe('3Gi');
    await expect.poll(() => mounted.sizeKib(), patience).toBeGreaterThan(before * 1.3);
    expect(await mounted.read('kept')).toBe('of copies');
    await mounted.close();

    await plane.kubectl(['delete', 'pvc', '-n', team, '--all', '--wait=false']);
    for (const kind of ['pvc', 'pv', 'endpoints', 'services'])
      await expect.poll(async () => (await get<{ items: unknown[] }>(kind)).items.length, patience).toBe(0);
    expect((await scene.mortar.wire.send('/volumes')).json().volumes).toEqual([]);
    expect(await scene.pictures()).toEqual(loaded);
  });
});
