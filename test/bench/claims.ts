/** `npm run bench -- --claims`: claims on a real control plane, beside the same creations straight through the REST API. */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { ControlPlane } from '../kube/control-plane.ts';
import { namespace } from '../kube/objects.ts';
import { KubeClient } from './kube-client.ts';
import { ProvisionerProcess } from './provisioner-process.ts';
import { ServerProcess } from './server-process.ts';
import { median, quantile, timeEach } from './statistics.ts';
import type { WireClient } from './wire-client.ts';

export interface ClaimResults {
  readonly claims: number;
  /** The same creations at once through the REST API, from the first request to the last volume. */
  readonly floorMs: number;
  /**
   * The same objects of Kubernetes by a plain client that knows them beforehand, from the first claim to the last one that
   * is bound: what the control plane itself takes, without a provisioner and without a volume.
   */
  readonly planeMs: number;
  /** From the first claim to the last one that is bound. */
  readonly boundMs: number;
  /** Of a claim, from its creation until it was seen to be bound. */
  readonly medianMs: number;
  readonly p95Ms: number;
  /** What the provisioner asked of the API server, for a claim. */
  readonly requestsPerClaim: number;
  readonly large: {
    readonly volumes: number;
    /** From the start of the process until it serves. */
    readonly startMs: number;
    readonly memoryMib: number;
    readonly memoryPeakMib: number;
    /** Lists asked for while nothing happened. */
    readonly idleLists: number;
    readonly idleSeconds: number;
  };
}

const claims = 200;
const volumes = 5000;
const nodes = 10;
const idleSeconds = 30;
const team = 'team';
const plainTeam = 'plain';
const className = 'bench';
const provisioner = 'mortar.io/glusterfs';
const body = { size: 1, durability: { type: 'replicate', replicate: { replica: 3 } } };

/** @param program folder that holds `main.js`. @param parent folder for all that is written. */
export async function measureClaims(
  program: string,
  parent: string,
  say: (text: string) => void,
): Promise<ClaimResults> {
  say('a control plane (built at the first time, which takes ten minutes)');
  const plane = await ControlPlane.start();
  try {
    const kube = new KubeClient(plane);
    await plane.apply(namespace(team), namespace(plainTeam));
    await plane.kubectl([
      'apply',
      '-f',
      join(import.meta.dirname, '../../deploy/kubernetes/provisioner.yaml'),
    ]);
    const kubeconfig = await plane.serviceAccountKubeconfig('mortar', 'mortar-provisioner');
    const start = (): Promise<ProvisionerProcess> => ProvisionerProcess.start(program, kubeconfig);
    const burst = await measureBurst(kube, { program, parent, start, say });
    say(`${volumes} PersistentVolumes`);
    return { ...burst, large: await measureLarge(kube, start) };
  } finally {
    await plane.stop();
  }
}

interface Place {
  readonly program: string;
  readonly parent: string;
  readonly start: () => Promise<ProvisionerProcess>;
  readonly say: (text: string) => void;
}

async function measureBurst(
  kube: KubeClient,
  { program, parent, start, say }: Place,
): Promise<Omit<ClaimResults, 'large'>> {
  const server = await ServerProcess.start({ program, folder: mkdtempSync(join(parent, 'claims-')) });
  await loadAddresses(server.client);
  say(`${claims} creations at once`);
  const floorMs = await measureFloor(server.client);
  await applyClass(kube, server);
  say(`${claims} claims with ready-made PersistentVolumes`);
  const planeMs = await measurePlane(kube);
  const process = await start();
  say(`${claims} claims at once`);
  const before = await process.requests();
  const samplesMs = await bindAll(kube, team, (index) =>
    kube.post(claimsIn(team), claimOf(`claim-${index}`)),
  );
  const asked = (await process.requests()).total - before.total;
  await process.stop();
  await server.stop();
  return {
    claims,
    floorMs,
    planeMs,
    boundMs: samplesMs.all,
    medianMs: median(samplesMs.each),
    p95Ms: quantile(samplesMs.each, 0.95),
    requestsPerClaim: asked / claims,
  };
}

/** Endpoints need addresses. */
async function loadAddresses(client: WireClient): Promise<void> {
  const answer = await client.send('POST', '/clusters', { file: true, block: true });
  const cluster = (JSON.parse(answer.body) as { id: string }).id;
  for (let index = 0; index < nodes; index += 1) {
    const hostnames = { manage: [`node${index}`], storage: [`192.0.2.${index + 1}`] };
    const node = await client.finish('POST', '/nodes', { zone: (index % 3) + 1, cluster, hostnames });
    for (const disk of 'bcde') await client.finish('POST', '/devices', { node, name: `/dev/sd${disk}` });
  }
}

async function measureFloor(client: WireClient): Promise<number> {
  const started = performance.now();
  const ids = await Promise.all(
    Array.from({ length: claims }, () => client.finish('POST', '/volumes', body)),
  );
  const totalMs = performance.now() - started;
  await timeEach(ids.length, 16, async (index) => {
    await client.finish('DELETE', `/volumes/${ids[index]}`);
  });
  return totalMs;
}

async function applyClass(kube: KubeClient, server: ServerProcess): Promise<void> {
  await kube.post('/api/v1/namespaces/mortar/secrets', {
    type: 'kubernetes.io/glusterfs',
    metadata: { name: 'bench' },
    stringData: { key: server.adminKey },
  });
  await kube.post('/apis/storage.k8s.io/v1/storageclasses', {
    metadata: { name: className },
    provisioner,
    parameters: {
      resturl: server.url,
      restuser: 'admin',
      secretNamespace: 'mortar',
      secretName: 'bench',
    },
  });
}

const claimsIn = (where: string): string => `/api/v1/namespaces/${where}/persistentvolumeclaims`;

const claimOf = (name: string, more: object = {}): object => ({
  metadata: { name },
  spec: {
    accessModes: ['ReadWriteMany'],
    storageClassName: className,
    resources: { requests: { storage: '1Gi' } },
    ...more,
  },
});

interface ClaimItem {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly status: { readonly phase?: string };
}

/** Without a provisioner; the claims are of its class all the same. */
async function measurePlane(kube: KubeClient): Promise<number> {
  const { all } = await bindAll(kube, plainTeam, async (index) => {
    const claim = await kube.post<ClaimItem>(claimsIn(plainTeam), claimOf(`claim-${index}`));
    const name = `pvc-${claim.metadata.uid}`;
    const endpoints = `glusterfs-dynamic-${claim.metadata.uid}`;
    await kube.post(`/api/v1/namespaces/${plainTeam}/services`, {
      metadata: { name: endpoints },
      spec: { ports: [{ port: 1, protocol: 'TCP' }] },
    });
    await kube.post(`/api/v1/namespaces/${plainTeam}/endpoints`, {
      metadata: { name: endpoints },
      subsets: [{ addresses: [{ ip: '192.0.2.1' }], ports: [{ port: 1, protocol: 'TCP' }] }],
    });
    await kube.post(
      '/api/v1/persistentvolumes',
      volumeOf({ name, gid: 2000 + index, team: plainTeam, claim }),
    );
  });
  return all;
}

/** @param make makes a claim called `claim-<index>`. */
async function bindAll(
  kube: KubeClient,
  where: string,
  make: (index: number) => Promise<unknown>,
): Promise<{ readonly all: number; readonly each: number[] }> {
  const started = performance.now();
  const begun = new Map<string, number>();
  const bound = new Map<string, number>();
  const creating = timeEach(claims, 32, async (index) => {
    begun.set(`claim-${index}`, performance.now());
    await make(index);
  });
  while (bound.size < claims) {
    for (const { metadata, status } of await kube.list<ClaimItem>(claimsIn(where))) {
      if (status.phase === 'Bound' && !bound.has(metadata.name)) bound.set(metadata.name, performance.now());
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  await creating;
  return {
    all: Math.max(...bound.values()) - started,
    each: [...bound].map(([name, at]) => at - (begun.get(name) ?? started)),
  };
}

async function measureLarge(
  kube: KubeClient,
  start: () => Promise<ProvisionerProcess>,
): Promise<ClaimResults['large']> {
  await timeEach(volumes, 32, (index) => makeBound(kube, index));
  const process = await start();
  const before = await process.requests();
  await new Promise((resolve) => setTimeout(resolve, idleSeconds * 1000));
  const { now, peak } = process.memoryMib();
  const idleLists = (await process.requests()).lists - before.lists;
  await process.stop();
  return {
    volumes,
    startMs: process.startMs,
    memoryMib: now,
    memoryPeakMib: peak,
    idleLists,
    idleSeconds,
  };
}

/** A claim and its PersistentVolume as they are after a provisioner has served the claim. */
async function makeBound(kube: KubeClient, index: number): Promise<void> {
  const name = `pvc-old-${index}`;
  const claim = await kube.post<ClaimItem>(claimsIn(team), claimOf(`old-${index}`, { volumeName: name }));
  await kube.post('/api/v1/persistentvolumes', volumeOf({ name, gid: 10_000 + index, team, claim }));
}

interface MadeVolume {
  readonly name: string;
  readonly gid: number;
  readonly team: string;
  readonly claim: ClaimItem;
}

const volumeOf = ({ name, gid, team: where, claim: { metadata } }: MadeVolume): object => ({
  metadata: {
    name,
    finalizers: ['external-provisioner.volume.kubernetes.io/finalizer'],
    annotations: {
      'pv.kubernetes.io/provisioned-by': provisioner,
      'pv.beta.kubernetes.io/gid': String(gid),
      'gluster.kubernetes.io/heketi-volume-id': metadata.uid.replaceAll('-', ''),
    },
  },
  spec: {
    accessModes: ['ReadWriteMany'],
    capacity: { storage: '1Gi' },
    storageClassName: className,
    persistentVolumeReclaimPolicy: 'Delete',
    claimRef: {
      kind: 'PersistentVolumeClaim',
      apiVersion: 'v1',
      namespace: where,
      name: metadata.name,
      uid: metadata.uid,
    },
    glusterfs: { endpoints: `glusterfs-dynamic-${metadata.uid}`, path: `pvc-${metadata.uid}` },
  },
});

/** The figures as people read them. */
export function reportClaims(results: ClaimResults): string {
  const { large } = results;
  const seconds = (ms: number): string => (ms / 1000).toFixed(1);
  return `${results.claims} claims at once: bound after ${seconds(results.boundMs)} s in all, ${seconds(results.medianMs)} s in the median and ${seconds(results.p95Ms)} s at most for 95 %; the same creations straight through the REST API: ${seconds(results.floorMs)} s, so ${(results.boundMs / results.floorMs).toFixed(2)} times that. The control plane alone, with everything made beforehand by a plain client, takes ${seconds(results.planeMs)} s; claims take ${(results.boundMs / (results.floorMs + results.planeMs)).toFixed(2)} times both together. ${results.requestsPerClaim.toFixed(1)} requests to the API server for a claim.

${large.volumes.toLocaleString('en')} bound PersistentVolumes: serving ${seconds(large.startMs)} s after the start of the process, ${Math.round(large.memoryMib)} MiB resident (${Math.round(large.memoryPeakMib)} at most), ${large.idleLists} lists in ${large.idleSeconds} idle seconds.
`;
}
