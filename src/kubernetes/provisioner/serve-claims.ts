import type { Client } from '../../client/client.ts';
import type { Volume } from '../../client/wire-types.ts';
import type { Events } from '../events.ts';
import { isAlreadyThere, isConflict, isNotFound, type KubeApi, KubeError, paths } from '../kube-api.ts';
import type { Claim, PersistentVolume, StorageClass } from '../objects.ts';
import { gibHolding, quantityBytes } from '../quantity.ts';
import { type ClassParameters, readClassParameters } from './class-parameters.ts';
import { recordedCredentials } from './credentials.ts';
import { checkClaim } from './decide.ts';
import { ProvisionFailure, wrong } from './failure.ts';
import type { GidTable } from './gid-table.ts';
import { endpointsManifest, type Served, type Stamp, serviceManifest, volumeManifest } from './manifests.ts';
import {
  annotations,
  claimFinalizer,
  classNameOf,
  creationKey,
  endpointsNameOf,
  glusterNameOf,
  volumeNameOf,
} from './names.ts';
import { isUnknownId, type Servers } from './servers.ts';
import { volumeRequest } from './volume-request.ts';

export interface ServeTools {
  readonly api: KubeApi;
  readonly servers: Servers;
  readonly events: Events;
  readonly gids: GidTable;
  readonly stamp: Stamp;
  readonly signal: AbortSignal;
  /** IP addresses of a host. */
  readonly resolveHost: (host: string) => Promise<string>;
  /** Tells what was written before the watch does. */
  readonly learnVolume: (sent: unknown) => void;
}

const busy = (message: string): ProvisionFailure => new ProvisionFailure('busy', message);
const gone = (thrown: unknown): undefined => {
  if (isNotFound(thrown)) return undefined;
  throw thrown;
};

/** What is done for claims. Each can be done again from wherever it broke off. */
export class ClaimService {
  readonly #tools: ServeTools;

  constructor(tools: ServeTools) {
    this.#tools = tools;
  }

  /** Makes the volume of a claim and its PersistentVolume. @throws ProvisionFailure, KubeError. */
  async provision(claim: Claim, storageClass: StorageClass): Promise<void> {
    const { stamp, servers, signal } = this.#tools;
    const bytes = checkClaim(claim, stamp.provisioner);
    const parameters = readClassParameters(storageClass.parameters);
    const volume = await servers.ask(
      parameters,
      async (client) => {
        const found = await this.#findBegun(client, claim, parameters);
        return found ?? this.#create(client, claim, parameters, bytes);
      },
      signal,
    );
    await this.#publish({ claim, storageClass, parameters, volume });
    await this.release(claim);
  }

  /** A volume that an earlier try made; a claim that has not been begun cannot have one. */
  async #findBegun(client: Client, claim: Claim, parameters: ClassParameters): Promise<Volume | undefined> {
    if (!claim.metadata.finalizers.includes(claimFinalizer)) return undefined;
    const { signal } = this.#tools;
    const { volumes } = await client.volumes.named(glusterNameOf(claim, parameters), { signal });
    const onTheWay = volumes.find(({ phase }) => phase === 'creating' || phase === 'deleting');
    if (onTheWay !== undefined) {
      throw busy(
        `the volume ${onTheWay.id} is being worked on (${onTheWay.phase}, ${onTheWay.operation ?? ''})`,
      );
    }
    const [found] = volumes;
    return found === undefined ? undefined : client.volumes.get(found.id, { signal });
  }

  async #create(client: Client, claim: Claim, parameters: ClassParameters, bytes: number): Promise<Volume> {
    const { events, signal } = this.#tools;
    const gid = this.#reserveGid(claim, parameters);
    await this.#begin(claim, gid);
    const { namespace, name } = claim.metadata;
    events.claim(claim, {
      type: 'Normal',
      reason: 'Provisioning',
      message: `External provisioner is provisioning volume for claim "${namespace}/${name}"`,
    });
    const request = volumeRequest(parameters, { name: glusterNameOf(claim, parameters), bytes, gid });
    let idempotencyKey = creationKey(claim.metadata.uid);
    let operationId = '';
    const onAccepted = (id: string): void => void (operationId = id);
    for (;;) {
      try {
        return await client.volumes.create(request, { signal, idempotencyKey, onAccepted });
      } catch (thrown) {
        // It was made under this key once and is gone: somebody deleted it.
        const nextKey = `${creationKey(claim.metadata.uid)}.${operationId}`;
        const wasDeleted = isUnknownId(thrown) && operationId !== '';
        if (!wasDeleted || nextKey === idempotencyKey) throw thrown;
        idempotencyKey = nextKey;
      }
    }
  }

  #reserveGid(claim: Claim, { gidMin, gidMax }: ClassParameters): number {
    const { gids } = this.#tools;
    const className = classNameOf(claim);
    const gid = gids.reserve(`claim/${claim.metadata.uid}`, className, { min: gidMin, max: gidMax });
    if (gid !== undefined) return gid;
    throw new ProvisionFailure(
      'passing',
      `all groups from ${gidMin} to ${gidMax} are taken by volumes of the class ${className}; raise gidMax, or delete some`,
    );
  }

  /** Writes on the claim that its volume is begun, and the group it gets, before anything is asked of Mortar. */
  async #begin(claim: Claim, gid: number): Promise<void> {
    const { metadata } = claim;
    const isBegun = metadata.finalizers.includes(claimFinalizer);
    if (isBegun && metadata.annotations[annotations.reservedGid] === String(gid)) return;
    await this.#patchClaim(claim, {
      finalizers: [claimFinalizer],
      annotations: { [annotations.reservedGid]: String(gid) },
    }).catch((thrown: unknown) => {
      // Gone, another one of that name, or being deleted: what comes next is decided when the watch has told it.
      const isOver = isNotFound(thrown) || isConflict(thrown);
      const isEnding = thrown instanceof KubeError && thrown.status === 422;
      throw isOver || isEnding ? busy(`the claim has changed: ${(thrown as Error).message}`) : thrown;
    });
  }

  async #patchClaim({ metadata }: Claim, change: object): Promise<void> {
    const { api, signal } = this.#tools;
    await api.request({
      method: 'PATCH',
      patch: 'strategic',
      path: paths.claim(metadata.namespace, metadata.name),
      // Only this very claim: another one of its name has another UID.
      body: { metadata: { uid: metadata.uid, ...change } },
      signal,
    });
  }

  /** Makes Endpoints, Service and PersistentVolume of a volume that is there. */
  async #publish(served: Served): Promise<void> {
    const { api, stamp, signal, learnVolume } = this.#tools;
    if (served.parameters.form === 'glusterfs') await this.#publishEndpoints(served);
    const body = volumeManifest(served, stamp);
    await api
      .request({ method: 'POST', path: paths.volumes, body, signal })
      .then(learnVolume)
      .catch((thrown: unknown) => {
        if (!isAlreadyThere(thrown)) throw thrown;
      });
  }

  async #publishEndpoints(served: Served): Promise<void> {
    const { api, signal, resolveHost } = this.#tools;
    const { hosts } = served.volume.mount.glusterfs;
    if (hosts.length === 0) throw new ProvisionFailure('passing', 'no hosts found: the cluster has no node');
    const addresses = await Promise.all(hosts.map(resolveHost));
    const { namespace } = served.claim.metadata;
    const endpoints = endpointsManifest(served, addresses);
    const service = serviceManifest(served);
    const make = async (
      kind: 'endpoints' | 'services',
      body: { metadata: { name: string } },
    ): Promise<void> => {
      try {
        await api.request({ method: 'POST', path: paths.inNamespace(namespace, kind), body, signal });
      } catch (thrown) {
        if (!isAlreadyThere(thrown)) throw thrown;
        if (kind === 'services') return;
        const path = paths.inNamespace(namespace, kind, body.metadata.name);
        await api.request({ method: 'PATCH', path, body: { subsets: endpoints.subsets }, signal });
      }
    };
    await Promise.all([make('endpoints', endpoints), make('services', service)]);
  }

  /** Takes away what was begun for a claim that is given up. @throws ProvisionFailure while it is being worked on. */
  async abandon(claim: Claim, storageClass: StorageClass | undefined): Promise<void> {
    const { api, servers, signal } = this.#tools;
    if (storageClass === undefined) {
      throw wrong(
        `the class ${classNameOf(claim)} is gone, so it is not known where a volume was begun; make the class again`,
      );
    }
    const parameters = readClassParameters(storageClass.parameters);
    await servers.ask(parameters, (client) => this.#removeBegun(client, claim, parameters), signal);
    const { namespace, uid } = claim.metadata;
    const name = endpointsNameOf(uid, parameters);
    for (const kind of ['services', 'endpoints'] as const) {
      await api
        .request({ method: 'DELETE', path: paths.inNamespace(namespace, kind, name), signal })
        .catch(gone);
    }
    await this.release(claim);
  }

  async #removeBegun(client: Client, claim: Claim, parameters: ClassParameters): Promise<void> {
    const { signal } = this.#tools;
    const { volumes } = await client.volumes.named(glusterNameOf(claim, parameters), { signal });
    for (const { id, phase, operation = '' } of volumes) {
      if (phase === 'creating') {
        // What cannot be called off any more will be whole soon, and is deleted then.
        await client.operations.cancel(operation, { signal }).catch(() => undefined);
        throw busy(`the volume ${id} is still being made`);
      }
      if (phase === 'deleting') continue;
      await client.volumes.delete(id, { signal }).catch((thrown: unknown) => {
        if (!isUnknownId(thrown)) throw thrown;
      });
    }
  }

  /** Lets a claim go: its volume is in the care of a PersistentVolume, or there is none. */
  async release(claim: Claim): Promise<void> {
    const change = { '$deleteFromPrimitiveList/finalizers': [claimFinalizer] };
    await this.#patchClaim(claim, change).catch((thrown: unknown) => {
      // Gone, or another one of that name.
      if (!isNotFound(thrown) && !isConflict(thrown)) throw thrown;
    });
  }

  /** Makes the volume as large as the claim asks, then says so on both objects. */
  async expand(
    claim: Claim,
    volume: PersistentVolume,
    storageClass: StorageClass | undefined,
  ): Promise<void> {
    const { api, events, servers, signal } = this.#tools;
    const bytes = quantityBytes(claim.spec.resources.requests.storage ?? '') ?? 0;
    const wantedGib = gibHolding(bytes);
    const id = volume.metadata.annotations[annotations.volumeId] ?? '';
    const credentials = recordedCredentials(volume, storageClass);
    const tellStart = async (): Promise<void> => {
      const condition = { type: 'Resizing', status: 'True', lastTransitionTime: new Date().toISOString() };
      await this.#patchStatus(claim, {
        conditions: [condition],
        // Kubernetes before 1.32 leaves these out.
        allocatedResources: { storage: `${wantedGib}Gi` },
        allocatedResourceStatuses: { storage: 'ControllerResizeInProgress' },
      });
      const name = volume.metadata.name;
      events.claim(claim, {
        type: 'Normal',
        reason: 'Resizing',
        message: `Growing ${name} to ${wantedGib}Gi`,
      });
    };
    const sizeGib = await servers.ask(
      credentials,
      async (client) => {
        const { size } = await client.volumes.get(id, { signal });
        if (size >= wantedGib) return size;
        await tellStart();
        // Under this key it grows once only, also when the answer was lost.
        const idempotencyKey = `${volume.metadata.name}.${size}.${wantedGib}`;
        return (await client.volumes.expand(id, wantedGib - size, { signal, idempotencyKey })).size;
      },
      signal,
    );
    const capacity = { storage: `${sizeGib}Gi` };
    const path = paths.volume(volumeNameOf(claim.metadata.uid));
    await api.request({ method: 'PATCH', path, body: { spec: { capacity } }, signal });
    await this.#patchStatus(claim, {
      capacity,
      conditions: [{ type: 'Resizing', $patch: 'delete' }],
      allocatedResourceStatuses: { storage: null },
    });
    events.claim(claim, {
      type: 'Normal',
      reason: 'VolumeResizeSuccessful',
      message: `Grew ${volume.metadata.name} to ${sizeGib}Gi`,
    });
  }

  async #patchStatus({ metadata }: Claim, status: object): Promise<void> {
    const { api, signal } = this.#tools;
    const path = `${paths.claim(metadata.namespace, metadata.name)}/status`;
    const body = { metadata: { uid: metadata.uid }, status };
    await api.request({ method: 'PATCH', patch: 'strategic', path, body, signal });
  }
}
