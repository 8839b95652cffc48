import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { ClientOptions } from '../../client/client.ts';
import { createClient } from '../../client/client.ts';
import { sharedController } from '../../lib/abort.ts';
import { systemClock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import { countingApi } from '../counting-api.ts';
import { Events } from '../events.ts';
import type { KubeApi } from '../kube-api.ts';
import { LeaseElection } from '../lease.ts';
import { Controller } from './controller.ts';
import { ProvisionFailure } from './failure.ts';
import { serveMetrics } from './http.ts';
import { ProvisionerMetrics } from './metrics.ts';
import { Servers } from './servers.ts';

export interface ProvisionerOptions {
  readonly api: KubeApi;
  readonly log: Log;
  /** What classes name. */
  readonly name: string;
  readonly servesInTree: boolean;
  readonly csiDriver: string;
  /** Where the Lease is. */
  readonly namespace: string;
  /** Who this one is among several: never the same twice. */
  readonly identity: string;
  readonly leaseMs: number;
  readonly workers: number;
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** Where `/metrics` and `/healthz` are; undefined for nowhere. */
  readonly http: { readonly host: string; readonly port: number } | undefined;
  readonly tls: NonNullable<ClientOptions['tls']>;
  readonly userAgent: string;
}

/**
 * Serves claims until the signal: waits to be the leader, then works as long as it is.
 *
 * @throws LeaseLost; KubeError when the cluster's objects cannot be read; the system's error when the port is taken.
 */
export async function runProvisioner(given: ProvisionerOptions, signal: AbortSignal): Promise<void> {
  const metrics = new ProvisionerMetrics();
  const api = countingApi(given.api, (verb, resource) => metrics.asked.inc({ verb, resource }));
  const options = { ...given, api };
  const { log, http } = options;
  const site = http === undefined ? undefined : await serveMetrics(http, metrics);
  log.info({ provisioner: options.name, identity: options.identity, port: site?.port ?? null }, 'started');
  const lease = createLease(options);
  try {
    await lease.acquire(signal);
    metrics.leader.set(1);
    log.info({ identity: options.identity }, 'leading');
    await lead(options, lease, metrics, signal);
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  } finally {
    await lease.release();
    site?.close();
  }
}

const createLease = ({ api, namespace, name, identity, leaseMs, log }: ProvisionerOptions): LeaseElection =>
  new LeaseElection({
    api,
    namespace,
    name: name.replaceAll('/', '-'),
    identity,
    durationMs: leaseMs,
    clock: { ...systemClock, now: () => performance.now() },
    wallMs: () => Date.now(),
    log,
  });

/** Works while the lease is held. Whatever ends first ends the other. */
async function lead(
  options: ProvisionerOptions,
  lease: LeaseElection,
  metrics: ProvisionerMetrics,
  signal: AbortSignal,
): Promise<void> {
  const work = sharedController();
  const stop = (): void => work.abort(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  const { api, log, tls, userAgent } = options;
  const clock = systemClock;
  const servers = new Servers({
    api,
    clock,
    createClient: (address) => createClient({ ...address, tls, userAgent }),
  });
  const events = new Events({
    api,
    clock,
    log,
    component: `${options.name}_${options.identity}`,
    signal: work.signal,
  });
  const controller = new Controller({
    ...options,
    clock,
    events,
    servers,
    metrics,
    resolveHost,
    signal: work.signal,
    identity: { provisioner: options.name, servesInTree: options.servesInTree },
    stamp: { provisioner: options.name, csiDriver: options.csiDriver },
  });
  const endAll = (thrown: unknown): never => {
    work.abort(thrown);
    throw thrown;
  };
  try {
    if (signal.aborted) stop();
    await Promise.all([lease.hold(work.signal).catch(endAll), controller.run().catch(endAll)]);
  } finally {
    signal.removeEventListener('abort', stop);
    servers.close();
  }
}

/** Endpoints have addresses only. @throws ProvisionFailure. */
async function resolveHost(host: string): Promise<string> {
  if (isIP(host) !== 0) return host;
  try {
    return (await lookup(host)).address;
  } catch (thrown) {
    throw new ProvisionFailure(
      'passing',
      `the storage host name ${host} does not resolve here, and Endpoints need addresses; give the node an IP address as storage host name`,
      thrown,
    );
  }
}
