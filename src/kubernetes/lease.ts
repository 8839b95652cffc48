import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { isConflict, isNotFound, type KubeApi, paths } from './kube-api.ts';
import { type Lease, leaseSchema } from './objects.ts';

export interface LeaseOptions {
  readonly api: KubeApi;
  readonly namespace: string;
  readonly name: string;
  /** Who we are: never the same twice. */
  readonly identity: string;
  /** How long others wait for a holder that says nothing. */
  readonly durationMs: number;
  /** Its `now` must never go back: a monotonic one. */
  readonly clock: Clock;
  /** Milliseconds since 1970, for the time that is written. */
  readonly wallMs: () => number;
  readonly log: Log;
}

/** The lease could not be renewed in time: somebody else may hold it by now. All work must end at once. */
export class LeaseLost extends Error {
  constructor(name: string, reason: string) {
    super(`the lease ${name} was lost (${reason}); another provisioner may have it, so this one ends`);
    this.name = 'LeaseLost';
  }
}

/** One of many is the leader, by a Lease that it renews (Kubernetes contract 2.8). */
export class LeaseElection {
  readonly #options: LeaseOptions;
  /** What was seen last, and since when by our own clock: the clocks of others are not trusted. */
  #seen: { readonly version: string; readonly atMs: number } | undefined;
  #held: Lease | undefined;
  #renewedMs = 0;

  constructor(options: LeaseOptions) {
    this.#options = options;
  }

  get #pauseMs(): number {
    return this.#options.durationMs / 7.5;
  }

  /** Resolves when the lease is ours. @throws the signal's reason. */
  async acquire(signal: AbortSignal): Promise<void> {
    const { clock, log, name } = this.#options;
    for (let isTold = false; ; isTold = true) {
      const startedMs = clock.now();
      try {
        if (await this.#tryAcquire(signal)) {
          this.#renewedMs = startedMs;
          return;
        }
        if (!isTold) log.info({ lease: name }, 'another provisioner leads; waiting');
      } catch (thrown) {
        signal.throwIfAborted();
        if (!isConflict(thrown)) log.warn({ lease: name, reason: (thrown as Error).message }, 'no lease yet');
      }
      await clock.sleep(this.#pauseMs * (1 + Math.random() * 0.2), signal);
    }
  }

  /** Renews it until the signal. @throws LeaseLost when it cannot be renewed in two thirds of its time. */
  async hold(signal: AbortSignal): Promise<void> {
    const { clock, durationMs, name } = this.#options;
    const deadlineMs = (durationMs * 2) / 3;
    while (!signal.aborted) {
      await clock.sleep(this.#pauseMs, signal).catch(() => undefined);
      if (signal.aborted) return;
      const startedMs = clock.now();
      const leftMs = this.#renewedMs + deadlineMs - startedMs;
      if (leftMs <= 0) throw new LeaseLost(name, 'the time to renew it is over');
      const attempt = AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(leftMs))]);
      try {
        await this.#renew(attempt);
        this.#renewedMs = startedMs;
      } catch (thrown) {
        if (isConflict(thrown) || isNotFound(thrown)) throw new LeaseLost(name, (thrown as Error).message);
        if (!signal.aborted && attempt.aborted) throw new LeaseLost(name, 'no answer in time');
      }
    }
  }

  /** Gives it up, so that another need not wait. */
  async release(): Promise<void> {
    const held = this.#held;
    if (held === undefined) return;
    this.#held = undefined;
    const spec = { ...held.spec, holderIdentity: '', leaseDurationSeconds: 1 };
    await this.#put(held, spec, AbortSignal.timeout(2000)).catch(() => undefined);
  }

  async #tryAcquire(signal: AbortSignal): Promise<boolean> {
    const { api, namespace, name, durationMs, clock } = this.#options;
    const path = paths.leases(namespace, name);
    const found = await api.request({ method: 'GET', path, signal }).catch((thrown: unknown) => {
      if (isNotFound(thrown)) return undefined;
      throw thrown;
    });
    if (found === undefined) {
      const body = this.#manifest({ name, namespace }, this.#spec(0));
      const made = await api.request({ method: 'POST', path: paths.leases(namespace), body, signal });
      this.#held = leaseSchema.parse(made);
      return true;
    }
    const lease = leaseSchema.parse(found);
    const version = lease.metadata.resourceVersion;
    if (this.#seen?.version !== version) this.#seen = { version, atMs: clock.now() };
    const isFree = (lease.spec.holderIdentity ?? '') === '';
    const { leaseDurationSeconds: holders } = lease.spec;
    const holdersMs = holders == null ? durationMs : holders * 1000;
    if (!isFree && clock.now() - this.#seen.atMs < holdersMs) return false;
    await this.#put(lease, this.#spec((lease.spec.leaseTransitions ?? 0) + 1), signal);
    return true;
  }

  async #renew(signal: AbortSignal): Promise<void> {
    const held = this.#held;
    if (held === undefined) return;
    await this.#put(held, { ...held.spec, renewTime: this.#time() }, signal);
  }

  /** With the version that is known: whoever was quicker wins. @throws KubeError. */
  async #put(lease: Lease, spec: Lease['spec'], signal: AbortSignal): Promise<void> {
    const { api, namespace, name } = this.#options;
    const { resourceVersion } = lease.metadata;
    const body = this.#manifest({ name, namespace, resourceVersion }, spec);
    const sent = await api.request({ method: 'PUT', path: paths.leases(namespace, name), body, signal });
    this.#held = leaseSchema.parse(sent);
  }

  #manifest(metadata: object, spec: Lease['spec']): object {
    return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec };
  }

  #spec(leaseTransitions: number): Lease['spec'] {
    const time = this.#time();
    return {
      holderIdentity: this.#options.identity,
      leaseDurationSeconds: Math.ceil(this.#options.durationMs / 1000),
      acquireTime: time,
      renewTime: time,
      leaseTransitions,
    };
  }

  /** Kubernetes' MicroTime. */
  #time(): string {
    return new Date(this.#options.wallMs()).toISOString().replace('Z', '000Z');
  }
}
