import { onTestFinished } from 'vitest';
import { createClient } from '../../src/client/client.ts';
import { Events } from '../../src/kubernetes/events.ts';
import type { KubeApi } from '../../src/kubernetes/kube-api.ts';
import { Controller } from '../../src/kubernetes/provisioner/controller.ts';
import { ProvisionerMetrics } from '../../src/kubernetes/provisioner/metrics.ts';
import { Servers } from '../../src/kubernetes/provisioner/servers.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { silentLog } from '../../src/lib/log.ts';
import type { FakeKube } from './fake-kube.ts';
import { testKeys } from './manager.ts';

const provisionerName = 'mortar.io/glusterfs';

export interface RunningProvisioner {
  readonly metrics: ProvisionerMetrics;
  /** Ends it as a kill would: nothing more goes out. */
  kill(): void;
}

/** The provisioner without its lease, on a cluster that stands in for a real one; ended with the test. */
export function startProvisioner(
  api: KubeApi,
  options: { longestPauseMs?: number } = {},
): RunningProvisioner {
  const killed = new AbortController();
  const { signal } = killed;
  const clock = systemClock;
  const metrics = new ProvisionerMetrics();
  const servers = new Servers({ api, clock, createClient });
  const events = new Events({ api, clock, log: silentLog, component: provisionerName, signal });
  const controller = new Controller({
    api,
    clock,
    log: silentLog,
    events,
    servers,
    metrics,
    signal,
    identity: { provisioner: provisionerName, servesInTree: true },
    stamp: { provisioner: provisionerName, csiDriver: 'csi.mortar.io' },
    resolveHost: async (host) => host,
    workers: 8,
    firstPauseMs: 5,
    longestPauseMs: options.longestPauseMs ?? 50,
  });
  const kill = (): void => {
    killed.abort(new Error('killed'));
    servers.close();
  };
  void controller.run().catch(() => undefined);
  onTestFinished(kill);
  return { metrics, kill };
}

/** A class with its secret. */
export function putClass(
  kube: FakeKube,
  server: string,
  change: { readonly parameters?: Record<string, string>; readonly [field: string]: unknown } = {},
): void {
  const { parameters, ...rest } = change;
  kube.put('secrets', {
    metadata: { name: 'mortar-admin', namespace: 'storage' },
    type: 'kubernetes.io/glusterfs',
    data: { key: Buffer.from(testKeys.admin).toString('base64') },
  });
  kube.put('storageclasses', {
    metadata: { name: 'gluster' },
    provisioner: provisionerName,
    reclaimPolicy: 'Delete',
    parameters: {
      resturl: server,
      restuser: 'admin',
      secretNamespace: 'storage',
      secretName: 'mortar-admin',
      ...parameters,
    },
    ...rest,
  });
}

interface ClaimChange {
  readonly size?: string;
  readonly spec?: Record<string, unknown>;
  readonly annotations?: Record<string, string>;
}

/** A claim that Kubernetes has asked a provisioner for. @returns its UID. */
export function putClaim(
  kube: FakeKube,
  name: string,
  { size = '1Gi', spec, annotations }: ClaimChange = {},
): string {
  const claim = kube.put('persistentvolumeclaims', {
    metadata: {
      name,
      namespace: 'team',
      annotations: { 'volume.kubernetes.io/storage-provisioner': provisionerName, ...annotations },
    },
    spec: {
      accessModes: ['ReadWriteMany'],
      resources: { requests: { storage: size } },
      storageClassName: 'gluster',
      ...spec,
    },
    status: { phase: 'Pending' },
  });
  return claim.metadata.uid as string;
}
