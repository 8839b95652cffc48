import { isNotFound, type KubeApi, paths } from '../kube-api.ts';
import type { PersistentVolume, StorageClass } from '../objects.ts';
import { recordedCredentials } from './credentials.ts';
import { wrong } from './failure.ts';
import { annotations, volumeFinalizer } from './names.ts';
import { isUnknownId, type Servers } from './servers.ts';

export interface VolumeTools {
  readonly api: KubeApi;
  readonly servers: Servers;
  readonly signal: AbortSignal;
}

const gone = (thrown: unknown): void => {
  if (!isNotFound(thrown)) throw thrown;
};

/** What is done for PersistentVolumes. */
export class VolumeService {
  readonly #tools: VolumeTools;

  constructor(tools: VolumeTools) {
    this.#tools = tools;
  }

  /** Deletes the volume, then what Kubernetes has of it: a crash in between begins again, and finds less to do. */
  async delete(volume: PersistentVolume, storageClass: StorageClass | undefined): Promise<void> {
    const { api, servers, signal } = this.#tools;
    const { name, uid, annotations: said } = volume.metadata;
    const id = said[annotations.volumeId] ?? '';
    if (id === '') throw wrong(`the PersistentVolume has no annotation ${annotations.volumeId}`);
    await servers.ask(
      recordedCredentials(volume, storageClass),
      (client) =>
        client.volumes.delete(id, { signal }).catch((thrown: unknown) => {
          if (!isUnknownId(thrown)) throw thrown;
        }),
      signal,
    );
    await this.#deleteEndpoints(volume);
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid } };
    await api.request({ method: 'DELETE', path: paths.volume(name), body, signal }).catch(gone);
    await this.unprotect(volume);
  }

  async #deleteEndpoints({ spec: { glusterfs, claimRef } }: PersistentVolume): Promise<void> {
    const namespace = glusterfs?.endpointsNamespace ?? claimRef?.namespace ?? '';
    if (glusterfs === undefined || namespace === '') return;
    const { api, signal } = this.#tools;
    for (const kind of ['services', 'endpoints'] as const) {
      const path = paths.inNamespace(namespace, kind, glusterfs.endpoints);
      await api.request({ method: 'DELETE', path, signal }).catch(gone);
    }
  }

  /** Puts our finalizer on: the volume goes before the object does. */
  async protect(volume: PersistentVolume): Promise<void> {
    await this.#patchFinalizers(volume, { finalizers: [volumeFinalizer] });
  }

  /** Takes our finalizer off. */
  async unprotect(volume: PersistentVolume): Promise<void> {
    await this.#patchFinalizers(volume, { '$deleteFromPrimitiveList/finalizers': [volumeFinalizer] });
  }

  async #patchFinalizers({ metadata: { name, uid } }: PersistentVolume, change: object): Promise<void> {
    const { api, signal } = this.#tools;
    const body = { metadata: { uid, ...change } };
    const path = paths.volume(name);
    await api.request({ method: 'PATCH', patch: 'strategic', path, body, signal }).catch(gone);
  }
}
