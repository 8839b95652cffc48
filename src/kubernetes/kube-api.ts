/** What is asked of the Kubernetes API, as a small port: everything above it can be tried without a cluster. */
export interface KubeCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `/api/v1/persistentvolumes`, its segments encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** How a PATCH is meant; merge when absent. A strategic one adds to lists such as finalizers and takes from them. */
  readonly patch?: 'merge' | 'strategic';
  readonly signal?: AbortSignal | undefined;
}

export interface KubeApi {
  /** @returns the object or list. @throws KubeError; the signal's reason when it is aborted. */
  request(call: KubeCall): Promise<unknown>;
  /** The events of a watch as they arrive, until the server ends it. @throws KubeError; the signal's reason. */
  watch(path: string, query: Readonly<Record<string, string>>, signal: AbortSignal): AsyncIterable<unknown>;
}

/** What the API server answered, or why there was no answer. The message is complete in itself. */
export class KubeError extends Error {
  /** The HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** Kubernetes' word for it, such as `AlreadyExists`. */
  readonly reason: string;

  constructor(status: number, reason: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'KubeError';
    this.status = status;
    this.reason = reason;
  }
}

export const isNotFound = (thrown: unknown): boolean => thrown instanceof KubeError && thrown.status === 404;

/** Somebody was there first, or changed the object meanwhile. */
export const isConflict = (thrown: unknown): boolean => thrown instanceof KubeError && thrown.status === 409;

export const isAlreadyThere = (thrown: unknown): boolean =>
  thrown instanceof KubeError && thrown.reason === 'AlreadyExists';

/** One path segment. */
const segment = (text: string): string => encodeURIComponent(text);

/** Where objects are: `paths.claim('team-a', 'data')`. */
export const paths = {
  claims: '/api/v1/persistentvolumeclaims',
  claim: (namespace: string, name: string): string =>
    `/api/v1/namespaces/${segment(namespace)}/persistentvolumeclaims/${segment(name)}`,
  volumes: '/api/v1/persistentvolumes',
  volume: (name: string): string => `/api/v1/persistentvolumes/${segment(name)}`,
  classes: '/apis/storage.k8s.io/v1/storageclasses',
  secret: (namespace: string, name: string): string =>
    `/api/v1/namespaces/${segment(namespace)}/secrets/${segment(name)}`,
  /** The objects of a kind in a namespace, or one of them. */
  inNamespace: (namespace: string, kind: 'endpoints' | 'services' | 'events', name?: string): string =>
    `/api/v1/namespaces/${segment(namespace)}/${kind}${name === undefined ? '' : `/${segment(name)}`}`,
  leases: (namespace: string, name?: string): string =>
    `/apis/coordination.k8s.io/v1/namespaces/${segment(namespace)}/leases${name === undefined ? '' : `/${segment(name)}`}`,
};
