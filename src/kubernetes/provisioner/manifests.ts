/** The objects that come with a volume (Kubernetes contract 1.5, 2.3). */
import type { Volume } from '../../client/wire-types.ts';
import type { Claim, StorageClass } from '../objects.ts';
import type { ClassParameters } from './class-parameters.ts';
import {
  annotations,
  claimLabel,
  classNameOf,
  endpointsNameOf,
  volumeFinalizer,
  volumeNameOf,
} from './names.ts';

const longestLabel = 63;
const allAccessModes = ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany'];

/** All that the objects of a claim are made from. */
export interface Served {
  readonly claim: Claim;
  readonly storageClass: StorageClass;
  readonly parameters: ClassParameters;
  readonly volume: Volume;
}

const endpointMetadata = ({ claim: { metadata }, parameters }: Omit<Served, 'volume' | 'storageClass'>) => ({
  name: endpointsNameOf(metadata.uid, parameters),
  namespace: metadata.namespace,
  labels: { [claimLabel]: metadata.name.length >= longestLabel ? metadata.uid : metadata.name },
});

/** @param addresses IP addresses of the cluster's nodes. */
export const endpointsManifest = (
  served: Omit<Served, 'volume' | 'storageClass'>,
  addresses: readonly string[],
) => ({
  apiVersion: 'v1',
  kind: 'Endpoints',
  metadata: endpointMetadata(served),
  subsets: [{ addresses: addresses.map((ip) => ({ ip })), ports: [{ port: 1, protocol: 'TCP' }] }],
});

/**
 * It is there only so that nobody takes the Endpoints for forgotten. Without an address of its own: nobody asks for it, there
 * are only so many, and many asked for at once wait for each other in the API server.
 */
export const serviceManifest = (served: Omit<Served, 'volume' | 'storageClass'>) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: endpointMetadata(served),
  spec: { clusterIP: 'None', ports: [{ port: 1, protocol: 'TCP' }] },
});

/** What a PersistentVolume is stamped with. */
export interface Stamp {
  readonly provisioner: string;
  readonly csiDriver: string;
}

export function volumeManifest(served: Served, { provisioner, csiDriver }: Stamp) {
  const { claim, storageClass, volume, parameters } = served;
  const { accessModes } = claim.spec;
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: {
      name: volumeNameOf(claim.metadata.uid),
      annotations: volumeAnnotations(served, provisioner),
      finalizers: storageClass.reclaimPolicy === 'Delete' ? [volumeFinalizer] : [],
    },
    spec: {
      accessModes: accessModes.length === 0 ? allAccessModes : accessModes,
      capacity: { storage: `${volume.size}Gi` },
      volumeMode: 'Filesystem',
      claimRef: {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        namespace: claim.metadata.namespace,
        name: claim.metadata.name,
        uid: claim.metadata.uid,
        resourceVersion: claim.metadata.resourceVersion,
      },
      storageClassName: classNameOf(claim),
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy,
      ...(storageClass.mountOptions.length === 0 ? {} : { mountOptions: storageClass.mountOptions }),
      ...affinityOf(storageClass),
      ...(parameters.form === 'csi' ? csiSource(served, csiDriver) : glusterSource(served)),
    },
  };
}

function volumeAnnotations({ volume, parameters }: Served, provisioner: string): Record<string, string> {
  const { server, user, secret } = parameters;
  return {
    [annotations.gid]: String(volume.gid ?? 0),
    [annotations.createdBy]: 'heketi-dynamic-provisioner',
    [annotations.type]: 'file',
    [annotations.description]: 'Gluster-Internal: Dynamically provisioned PV',
    [annotations.volumeId]: volume.id,
    [annotations.provisionedBy]: provisioner,
    [annotations.server]: server,
    ...(user === '' ? {} : { [annotations.user]: user }),
    ...(secret === undefined ? {} : { [annotations.secret]: `${secret.namespace}/${secret.name}` }),
  };
}

const glusterSource = ({ claim, parameters, volume }: Served) => ({
  glusterfs: {
    endpoints: endpointsNameOf(claim.metadata.uid, parameters),
    endpointsNamespace: claim.metadata.namespace,
    path: volume.name,
    readOnly: false,
  },
});

/** The form for the CSI driver, since kubelets from 1.26 on mount no `glusterfs`: the one place that knows it. */
const csiSource = ({ volume }: Served, driver: string) => ({
  csi: {
    driver,
    volumeHandle: volume.id,
    volumeAttributes: { volume: volume.name, hosts: volume.mount.glusterfs.hosts.join(',') },
  },
});

/** Every node reaches the volume; where the class allows only some, it is theirs alone. */
function affinityOf({ allowedTopologies }: StorageClass): object {
  if (allowedTopologies.length === 0) return {};
  const nodeSelectorTerms = allowedTopologies.map(({ matchLabelExpressions }) => ({
    matchExpressions: matchLabelExpressions.map(({ key, values }) => ({ key, operator: 'In', values })),
  }));
  return { nodeAffinity: { required: { nodeSelectorTerms } } };
}
