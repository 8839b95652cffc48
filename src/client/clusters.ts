import type { Cluster, ClusterList } from '../api/schema/clusters.ts';
import { type CallOptions, type Session, segment } from './session.ts';
import { clusterListShape, clusterShape } from './shapes.ts';

interface ClusterFlags {
  readonly file: boolean;
  readonly block: boolean;
}

export interface ClusterCalls {
  create(flags: ClusterFlags, options?: CallOptions & { readonly idempotencyKey?: string }): Promise<Cluster>;
  /** Ids, sorted. */
  list(options?: CallOptions): Promise<ClusterList>;
  get(id: string, options?: CallOptions): Promise<Cluster>;
  setFlags(id: string, flags: ClusterFlags, options?: CallOptions): Promise<void>;
  delete(id: string, options?: CallOptions): Promise<void>;
}

export const createClusterCalls = (session: Session): ClusterCalls => ({
  create: (flags, { idempotencyKey = session.newKey(), ...options } = {}) =>
    session.value(
      { ...options, method: 'POST', target: '/clusters', body: flags, idempotencyKey },
      clusterShape,
      201,
    ),
  list: (options) => session.value({ ...options, method: 'GET', target: '/clusters' }, clusterListShape),
  get: (id, options) =>
    session.value({ ...options, method: 'GET', target: `/clusters/${segment(id)}` }, clusterShape),
  setFlags: (id, flags, options) =>
    session.done({ ...options, method: 'POST', target: `/clusters/${segment(id)}/flags`, body: flags }, 200),
  delete: (id, options) =>
    session.done({ ...options, method: 'DELETE', target: `/clusters/${segment(id)}` }, 200),
});
