import { describe, expect, it } from 'vitest';
import { FakeKube } from '../support/fake-kube.ts';
import { loadNodes, replica3, startManager, type TestManager } from '../support/manager.ts';
import { putClaim, putClass, startProvisioner } from '../support/provisioner.ts';

const claims = 'persistentvolumeclaims';

async function scene(
  change: Parameters<typeof putClass>[2] = {},
): Promise<{ kube: FakeKube; manager: TestManager }> {
  const manager = await startManager();
  await loadNodes(manager.wire, 3, 1);
  const kube = new FakeKube();
  putClass(kube, manager.url, change);
  return { kube, manager };
}

const volumesOf = async ({ wire }: TestManager): Promise<string[]> =>
  (await wire.send('/volumes')).json().volumes;
const phaseOf = (kube: FakeKube, name: string): string => kube.get(claims, name, 'team')?.status.phase;
async function untilBound(kube: FakeKube, name: string): Promise<void> {
  await expect.poll(() => phaseOf(kube, name)).toBe('Bound');
}
const eventsOf = (kube: FakeKube, reason: string): string[] =>
  kube
    .all('events')
    .filter((event) => event.reason === reason)
    .map(({ message }) => message as string);

/** What there still is beside what the administrator made. */
async function leftIn(kube: FakeKube, manager: TestManager): Promise<unknown[]> {
  const kinds = ['persistentvolumes', claims, 'endpoints', 'services'];
  return [...kinds.flatMap((kind) => kube.all(kind)), ...(await volumesOf(manager))];
}

describe('a claim', () => {
  it('gets a volume with all that the class says', async () => {
    const { kube, manager } = await scene({
      mountOptions: ['acl'],
      reclaimPolicy: 'Retain',
      parameters: { gidMin: '40000', gidMax: '50000', volumeoptions: 'client.ssl off' },
    });
    startProvisioner(kube);
    const uid = putClaim(kube, 'data', { size: '1100Mi' });
    await untilBound(kube, 'data');
    const [volume] = kube.all('persistentvolumes');
    const made = (
      await manager.wire.send(
        `/volumes/${volume.metadata.annotations['gluster.kubernetes.io/heketi-volume-id']}`,
      )
    ).json();
    expect(made).toMatchObject({
      name: `pvc-${uid}`,
      size: 2,
      gid: 40000,
      durability: { type: 'replicate', replicate: { replica: 3 } },
      glustervolumeoptions: expect.arrayContaining(['client.ssl off']),
    });
    expect(volume).toMatchObject({
      metadata: {
        name: `pvc-${uid}`,
        annotations: {
          'pv.beta.kubernetes.io/gid': '40000',
          'pv.kubernetes.io/provisioned-by': 'mortar.io/glusterfs',
        },
      },
      spec: {
        capacity: { storage: '2Gi' },
        accessModes: ['ReadWriteMany'],
        claimRef: { uid, name: 'data', namespace: 'team' },
        mountOptions: ['acl'],
        persistentVolumeReclaimPolicy: 'Retain',
        storageClassName: 'gluster',
        glusterfs: { endpoints: `glusterfs-dynamic-${uid}`, endpointsNamespace: 'team', path: `pvc-${uid}` },
      },
    });
    expect(kube.get('endpoints', `glusterfs-dynamic-${uid}`, 'team').subsets[0].addresses).toHaveLength(3);
    expect(kube.get('services', `glusterfs-dynamic-${uid}`, 'team').metadata.labels).toEqual({
      'gluster.kubernetes.io/provisioned-for-pvc': 'data',
    });
    await expect.poll(() => kube.get(claims, 'data', 'team').metadata.finalizers).toEqual([]);
    await expect.poll(() => eventsOf(kube, 'ProvisioningSucceeded')).toHaveLength(1);
  });

  it('and others get groups of their own', async () => {
    const { kube } = await scene();
    startProvisioner(kube);
    for (const name of ['a', 'b', 'c']) putClaim(kube, name);
    for (const name of ['a', 'b', 'c']) await untilBound(kube, name);
    const gids = kube
      .all('persistentvolumes')
      .map(({ metadata }) => metadata.annotations['pv.beta.kubernetes.io/gid']);
    expect(new Set(gids)).toEqual(new Set(['2000', '2001', '2002']));
  });

  it('is deleted with everything that was made for it', async () => {
    const { kube, manager } = await scene();
    startProvisioner(kube);
    putClaim(kube, 'data');
    await untilBound(kube, 'data');
    kube.delete(claims, 'data', 'team');
    await expect.poll(() => leftIn(kube, manager)).toEqual([]);
  });

  it('is deleted even when its class is gone', async () => {
    const { kube, manager } = await scene();
    startProvisioner(kube);
    putClaim(kube, 'data');
    await untilBound(kube, 'data');
    kube.delete('storageclasses', 'gluster');
    kube.delete(claims, 'data', 'team');
    await expect.poll(() => leftIn(kube, manager)).toEqual([]);
  });

  it('that is deleted while its volume is being made leaves nothing', async () => {
    const { kube, manager } = await scene();
    manager.simulation.setLatency({ perBatchMs: 100 });
    startProvisioner(kube);
    putClaim(kube, 'data');
    await expect
      .poll(async () => (await manager.wire.send('/operations')).json().in_flight)
      .toBeGreaterThan(0);
    kube.delete(claims, 'data', 'team');
    await expect.poll(() => leftIn(kube, manager)).toEqual([]);
  });

  it('grows', async () => {
    const { kube, manager } = await scene();
    startProvisioner(kube);
    putClaim(kube, 'data');
    await untilBound(kube, 'data');
    kube.change(claims, 'data', 'team', ({ spec }) => (spec.resources.requests.storage = '3Gi'));
    await expect.poll(() => kube.get(claims, 'data', 'team').status.capacity.storage).toBe('3Gi');
    expect(kube.all('persistentvolumes')[0].spec.capacity.storage).toBe('3Gi');
    expect(kube.get(claims, 'data', 'team').status.conditions).toEqual([]);
    const [id] = await volumesOf(manager);
    expect((await manager.wire.send(`/volumes/${id}`)).json().size).toBe(3);
    await expect.poll(() => eventsOf(kube, 'VolumeResizeSuccessful')).toHaveLength(1);
  });

  it('without room waits, is told why and how much there is, and is served when room appears', async () => {
    const { kube, manager } = await scene();
    const plan = await manager.wire.send('/volumes/plan', { body: replica3(999_999) });
    const fitting = plan.json().refusals[0].largest_size_gib as number;
    startProvisioner(kube);
    putClaim(kube, 'first', { size: `${fitting}Gi` });
    await untilBound(kube, 'first');
    putClaim(kube, 'second', { size: `${fitting}Gi` });
    await expect.poll(() => eventsOf(kube, 'ProvisioningFailed').join()).toMatch(/class gluster: .*free/s);
    expect(phaseOf(kube, 'second')).toBe('Pending');
    kube.delete(claims, 'first', 'team');
    await untilBound(kube, 'second');
    kube.delete(claims, 'second', 'team');
    await expect.poll(() => leftIn(kube, manager)).toEqual([]);
  });

  it('of the in-tree class is served, under our own name', async () => {
    const { kube } = await scene({ provisioner: 'kubernetes.io/glusterfs' });
    startProvisioner(kube);
    kube.put(claims, {
      metadata: {
        name: 'old',
        namespace: 'team',
        annotations: { 'volume.beta.kubernetes.io/storage-class': 'gluster' },
      },
      spec: { resources: { requests: { storage: '1Gi' } } },
      status: { phase: 'Pending' },
    });
    await untilBound(kube, 'old');
    expect(kube.all('persistentvolumes')[0].metadata.annotations['pv.kubernetes.io/provisioned-by']).toBe(
      'mortar.io/glusterfs',
    );
  });

  it('may ask for the form of the CSI driver', async () => {
    const { kube, manager } = await scene({ parameters: { volumeform: 'csi' } });
    startProvisioner(kube);
    const uid = putClaim(kube, 'data');
    await untilBound(kube, 'data');
    const [id] = await volumesOf(manager);
    expect(kube.all('persistentvolumes')[0].spec.csi).toMatchObject({
      driver: 'csi.mortar.io',
      volumeHandle: id,
      volumeAttributes: { volume: `pvc-${uid}` },
    });
    expect(kube.all('endpoints')).toEqual([]);
  });
});

describe('what is wrong is told on the claim', () => {
  it.each([
    [{ parameters: { volumetyp: 'none' } }, /unknown parameters: "volumetyp"/],
    [{ parameters: { secretName: 'nobody' } }, /there is no secret storage\/nobody; make it/],
    [
      { parameters: { resturl: 'http://127.0.0.1:1' } },
      /Mortar at http:\/\/127.0.0.1:1 cannot be reached: .*refused/,
    ],
    [{ parameters: { volumetype: 'replicate:7' } }, /Invalid replica value/],
    [{ parameters: { clusterid: 'f'.repeat(32) } }, /Cluster id f+ not found/],
  ])('%j', async (change, words) => {
    const { kube, manager } = await scene(change);
    startProvisioner(kube);
    putClaim(kube, 'data');
    await expect.poll(() => eventsOf(kube, 'ProvisioningFailed')[0]).toMatch(words);
    kube.delete(claims, 'data', 'team');
    if (!('resturl' in change.parameters)) await expect.poll(() => volumesOf(manager)).toEqual([]);
  });

  it('a secret of the wrong type, then a wrong key, then the right one, which is picked up', async () => {
    const { kube } = await scene();
    const right = kube.get('secrets', 'mortar-admin', 'storage');
    kube.change('secrets', 'mortar-admin', 'storage', (secret) => (secret.type = 'Opaque'));
    startProvisioner(kube);
    putClaim(kube, 'data');
    await expect.poll(() => eventsOf(kube, 'ProvisioningFailed').join()).toMatch(/has the type Opaque/);
    kube.change('secrets', 'mortar-admin', 'storage', (secret) => {
      secret.type = right.type;
      secret.data.key = Buffer.from('wrong').toString('base64');
    });
    await expect
      .poll(() => eventsOf(kube, 'ProvisioningFailed').join())
      .toMatch(/refused the user "admin"; compare the key in the secret storage\/mortar-admin/);
    kube.change('secrets', 'mortar-admin', 'storage', (secret) => (secret.data = right.data));
    await untilBound(kube, 'data');
  });

  it('a wrong class is not asked again and again, but at once when it is another', async () => {
    const { kube, manager } = await scene({ parameters: { volumetype: 'replicate:x' } });
    startProvisioner(kube, { longestPauseMs: 3_600_000 });
    putClaim(kube, 'data');
    await expect.poll(() => eventsOf(kube, 'ProvisioningFailed')).toHaveLength(1);
    kube.change(claims, 'data', 'team', ({ metadata }) => (metadata.labels = { touched: 'yes' }));
    kube.delete('storageclasses', 'gluster');
    putClass(kube, manager.url);
    await untilBound(kube, 'data');
    expect(kube.all('events').find(({ reason }) => reason === 'ProvisioningFailed').count).toBe(1);
  });
});

describe('a provisioner that is killed at any request', () => {
  /** Its life: a claim is made and bound, deleted, and everything is gone. Counted are the requests to Kubernetes. */
  async function live(
    kube: FakeKube,
    manager: TestManager,
    killAt: number,
    side: 'before' | 'after',
  ): Promise<boolean> {
    let seen = 0;
    let victim = startProvisioner(kube);
    let isKilled = false;
    kube[side] = (call) => {
      if (call.method === 'GET' || call.path.includes('/events')) return;
      seen += 1;
      if (seen !== killAt) return;
      isKilled = true;
      victim.kill();
      setTimeout(() => (victim = startProvisioner(kube)), 1);
      if (side === 'before') throw new Error('killed');
    };
    putClaim(kube, 'data');
    await untilBound(kube, 'data');
    expect(await volumesOf(manager)).toHaveLength(1);
    expect(kube.all('persistentvolumes')).toHaveLength(1);
    kube.delete(claims, 'data', 'team');
    await expect.poll(() => leftIn(kube, manager)).toEqual([]);
    victim.kill();
    return isKilled;
  }

  it.each(['before', 'after'] as const)(
    '%s it is carried out, makes one volume and leaves none',
    async (side) => {
      const { kube, manager } = await scene();
      let killAt = 1;
      while (await live(kube, manager, killAt, side)) killAt += 1;
      expect(killAt).toBeGreaterThan(8);
    },
  );

  it('after Mortar has taken the creation in: the claim that was deleted meanwhile goes with its volume', async () => {
    const { kube, manager } = await scene();
    manager.simulation.setLatency({ perBatchMs: 50 });
    const first = startProvisioner(kube);
    putClaim(kube, 'data');
    await expect
      .poll(async () => (await manager.wire.send('/operations')).json().in_flight)
      .toBeGreaterThan(0);
    first.kill();
    kube.delete(claims, 'data', 'team');
    expect(kube.get(claims, 'data', 'team').metadata.deletionTimestamp).toBeTruthy();
    startProvisioner(kube);
    await expect.poll(() => leftIn(kube, manager)).toEqual([]);
  });

  it('two at once make no second volume', async () => {
    const { kube, manager } = await scene();
    startProvisioner(kube);
    startProvisioner(kube);
    const names = Array.from({ length: 10 }, (_, index) => `data-${index}`);
    for (const name of names) putClaim(kube, name);
    for (const name of names) await untilBound(kube, name);
    expect(await volumesOf(manager)).toHaveLength(names.length);
    for (const name of names) kube.delete(claims, name, 'team');
    await expect.poll(() => leftIn(kube, manager)).toEqual([]);
  });
});
