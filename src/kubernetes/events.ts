import { LRUCache } from 'lru-cache';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { Pending } from '../lib/pending.ts';
import { type KubeApi, paths } from './kube-api.ts';
import type { KubeObject } from './objects.ts';

export interface EventsOptions {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly log: Log;
  /** Who reports: `<provisioner>_<identity>`. */
  readonly component: string;
  readonly signal: AbortSignal;
}

export interface Happening {
  readonly type: 'Normal' | 'Warning';
  /** A word for programs, such as `ProvisioningFailed`. */
  readonly reason: string;
  readonly message: string;
}

/** Events that are counted on instead of written again. */
const remembered = 5000;
const longestMessage = 1000;

/** Events on objects, as `kubectl describe` shows them. What is told again is counted. Nothing waits for them. */
export class Events {
  readonly #options: EventsOptions;
  readonly #told = new LRUCache<string, { readonly name: string; count: number }>({ max: remembered });
  readonly #pending = new Pending();

  constructor(options: EventsOptions) {
    this.#options = options;
  }

  claim(object: KubeObject, happening: Happening): void {
    this.#tell('PersistentVolumeClaim', object, happening);
  }

  volume(object: KubeObject, happening: Happening): void {
    this.#tell('PersistentVolume', object, happening);
  }

  /** Resolves when all that was told has been sent. */
  idle(): Promise<void> {
    return this.#pending.idle();
  }

  #tell(kind: string, object: KubeObject, happening: Happening): void {
    const { log } = this.#options;
    const sent = this.#send(kind, object, happening).catch((thrown: unknown) =>
      log.warn({ reason: happening.reason, why: (thrown as Error).message }, 'an event could not be written'),
    );
    void this.#pending.add(sent);
  }

  async #send(kind: string, { metadata }: KubeObject, { type, reason, message }: Happening): Promise<void> {
    const { api, clock, signal, component } = this.#options;
    const namespace = metadata.namespace === '' ? 'default' : metadata.namespace;
    const text = message.length <= longestMessage ? message : `${message.slice(0, longestMessage - 1)}…`;
    const time = new Date(clock.now()).toISOString().replace(/\.\d+Z$/, 'Z');
    const id = `${metadata.uid} ${reason} ${text}`;
    const before = this.#told.get(id);
    if (before !== undefined) {
      before.count += 1;
      const body = { count: before.count, lastTimestamp: time };
      const path = paths.inNamespace(namespace, 'events', before.name);
      const isThere = await api.request({ method: 'PATCH', path, body, signal }).then(
        () => true,
        () => false,
      );
      if (isThere) return;
    }
    const name = `${metadata.name.slice(0, 200)}.${crypto.randomUUID().replaceAll('-', '').slice(0, 16)}`;
    this.#told.set(id, { name, count: 1 });
    const { uid, resourceVersion } = metadata;
    const involvedObject = {
      apiVersion: 'v1',
      kind,
      name: metadata.name,
      ...(metadata.namespace === '' ? {} : { namespace }),
      uid,
      resourceVersion,
    };
    const body = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace },
      involvedObject,
      type,
      reason,
      message: text,
      source: { component },
      reportingComponent: component,
      firstTimestamp: time,
      lastTimestamp: time,
      count: 1,
    };
    await api.request({ method: 'POST', path: paths.inNamespace(namespace, 'events'), body, signal });
  }
}
