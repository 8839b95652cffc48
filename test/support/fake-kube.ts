import { type KubeApi, type KubeCall, KubeError } from '../../src/kubernetes/kube-api.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- objects of any kind
type Any = any;

interface Place {
  readonly collection: string;
  readonly namespace: string;
  readonly name: string;
  readonly isStatus: boolean;
}

/** `/apis/g/v1/namespaces/n/things/x/status` */
function placeOf(path: string): Place {
  const words = path.split('/').slice(path.startsWith('/apis/') ? 4 : 3);
  const namespace = words[0] === 'namespaces' ? (words[1] ?? '') : '';
  const [collection = '', name = '', sub = ''] = namespace === '' ? words : words.slice(2);
  return { collection, namespace, name, isStatus: sub === 'status' };
}

const copy = <T>(value: T): T => structuredClone(value);

/**
 * The API server as the provisioner meets it: versions, finalizers, conflicts, watches; and the binder of claims, which acts
 * after each change as Kubernetes' own does.
 */
export class FakeKube implements KubeApi {
  /** By collection, then `namespace/name`. */
  readonly #objects = new Map<string, Map<string, Any>>();
  readonly #watchers = new Set<(collection: string, event: Any) => void>();
  #version = 0;
  /** Sees every request before it is carried out, and after. */
  before: (call: KubeCall) => void | Promise<void> = () => undefined;
  after: (call: KubeCall) => void | Promise<void> = () => undefined;
  /** Requests that were made, `POST persistentvolumes` each. */
  readonly calls: string[] = [];

  all(collection: string): Any[] {
    return [...this.#of(collection).values()].map(copy);
  }

  get(collection: string, name: string, namespace = ''): Any {
    return copy(this.#of(collection).get(`${namespace}/${name}`));
  }

  async request(call: KubeCall): Promise<unknown> {
    call.signal?.throwIfAborted();
    await this.before(call);
    const place = placeOf(call.path);
    this.calls.push(`${call.method} ${place.collection}`);
    const answer = this.#answer(call, place);
    this.#bind();
    await this.after(call);
    return copy(answer);
  }

  async *watch(
    path: string,
    query: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): AsyncIterable<unknown> {
    const { collection } = placeOf(path);
    const queue: Any[] = [];
    let wake = (): void => undefined;
    const take = (of: string, event: Any): void => {
      if (of !== collection) return;
      queue.push(event);
      wake();
    };
    for (const item of this.#of(collection).values()) {
      if (Number(item.metadata.resourceVersion) > Number(query.resourceVersion)) {
        queue.push({ type: 'MODIFIED', object: copy(item) });
      }
    }
    this.#watchers.add(take);
    const onAbort = (): void => wake();
    signal.addEventListener('abort', onAbort);
    try {
      for (;;) {
        signal.throwIfAborted();
        const event = queue.shift();
        if (event !== undefined) yield event;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      this.#watchers.delete(take);
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Makes an object as a user would. */
  put(collection: string, object: Any): Any {
    const made = this.#store(collection, {
      ...copy(object),
      metadata: { uid: crypto.randomUUID(), ...object.metadata },
    });
    this.#bind();
    return copy(made);
  }

  change(collection: string, name: string, namespace: string, change: (object: Any) => void): void {
    const object = this.get(collection, name, namespace);
    change(object);
    this.#store(collection, object);
    this.#bind();
  }

  /** Deletes as a user would: finalizers are waited for. */
  delete(collection: string, name: string, namespace = ''): void {
    this.#delete({ collection, name, namespace, isStatus: false });
    this.#bind();
  }

  #of(collection: string): Map<string, Any> {
    const objects = this.#objects.get(collection) ?? new Map<string, Any>();
    this.#objects.set(collection, objects);
    return objects;
  }

  #store(collection: string, object: Any): Any {
    const { namespace = '', name } = object.metadata;
    const key = `${namespace}/${name}`;
    const isNew = !this.#of(collection).has(key);
    object.metadata.resourceVersion = String((this.#version += 1));
    const isOver =
      object.metadata.deletionTimestamp !== undefined && (object.metadata.finalizers ?? []).length === 0;
    if (isOver) this.#of(collection).delete(key);
    else this.#of(collection).set(key, object);
    const type = isOver ? 'DELETED' : isNew ? 'ADDED' : 'MODIFIED';
    for (const tell of this.#watchers) tell(collection, { type, object: copy(object) });
    return object;
  }

  #answer(call: KubeCall, place: Place): Any {
    const { collection, namespace, name } = place;
    const body = copy(call.body) as Any;
    if (call.method === 'POST') {
      const key = `${namespace}/${body.metadata.name}`;
      if (this.#of(collection).has(key)) throw new KubeError(409, 'AlreadyExists', `${key} already exists`);
      const metadata = { ...body.metadata, uid: crypto.randomUUID() };
      if (namespace !== '') metadata.namespace = namespace;
      return this.#store(collection, { ...body, metadata });
    }
    if (call.method === 'GET' && name === '') {
      return { metadata: { resourceVersion: String(this.#version) }, items: this.all(collection) };
    }
    const found = this.#of(collection).get(`${namespace}/${name}`);
    if (found === undefined) throw new KubeError(404, 'NotFound', `${collection} "${name}" not found`);
    if (call.method === 'GET') return found;
    if (call.method === 'DELETE') return this.#delete(place);
    refuseOther(found, body);
    if (call.method === 'PUT')
      return this.#store(collection, { ...body, metadata: { ...found.metadata, ...body.metadata } });
    return this.#store(collection, patched(found, body));
  }

  #delete({ collection, namespace, name }: Place): Any {
    const object = this.get(collection, name, namespace);
    if (object === undefined) throw new KubeError(404, 'NotFound', `${collection} "${name}" not found`);
    object.metadata.deletionTimestamp ??= new Date().toISOString();
    return this.#store(collection, object);
  }

  /** What the controller manager does about claims and PersistentVolumes. */
  #bind(): void {
    for (const volume of this.all('persistentvolumes')) {
      const { claimRef } = volume.spec;
      const claim = this.get('persistentvolumeclaims', claimRef.name, claimRef.namespace);
      const isThere = claim !== undefined && claim.metadata.uid === claimRef.uid;
      const phase = isThere ? 'Bound' : 'Released';
      if (volume.status?.phase !== phase) this.#store('persistentvolumes', { ...volume, status: { phase } });
      if (isThere && claim.status?.phase !== 'Bound') {
        claim.spec.volumeName = volume.metadata.name;
        claim.status = { phase: 'Bound', capacity: volume.spec.capacity };
        this.#store('persistentvolumeclaims', claim);
      }
    }
  }
}

/** Only the version and the object that are named. */
function refuseOther({ metadata }: Any, body: Any): void {
  const { resourceVersion, uid } = body.metadata ?? {};
  const isOther = resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion;
  if (!isOther && (uid === undefined || uid === metadata.uid)) return;
  throw new KubeError(409, 'Conflict', `${metadata.name} was changed meanwhile`);
}

function patched(found: Any, patch: Any): Any {
  const { metadata = {}, ...rest } = patch;
  const { finalizers, '$deleteFromPrimitiveList/finalizers': taken = [], annotations, ...others } = metadata;
  if (finalizers !== undefined && found.metadata.deletionTimestamp !== undefined) {
    throw new KubeError(422, 'Invalid', 'no new finalizers can be added if the object is being deleted');
  }
  const kept = [...new Set([...(found.metadata.finalizers ?? []), ...(finalizers ?? [])])];
  const merged = copy(found);
  merged.metadata = {
    ...merged.metadata,
    ...others,
    annotations: { ...merged.metadata.annotations, ...annotations },
    finalizers: kept.filter((name) => !taken.includes(name)),
  };
  for (const [key, value] of Object.entries<Any>(rest)) {
    merged[key] = { ...merged[key], ...value };
    if (key === 'status' && value.conditions !== undefined) {
      merged.status.conditions = value.conditions.filter((condition: Any) => condition.$patch !== 'delete');
    }
  }
  return merged;
}
