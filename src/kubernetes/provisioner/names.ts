/** Names and annotations that tie claim, volume and PersistentVolume together. All are derived from the claim. */
import type { Claim } from '../objects.ts';
import type { ClassParameters } from './class-parameters.ts';

/** Keeps a claim there while a volume may have been begun for it, so that none is forgotten. */
export const claimFinalizer = 'mortar.io/provisioning';
/** Keeps a PersistentVolume there until its volume is gone: the one of Kubernetes' own provisioner library. */
export const volumeFinalizer = 'external-provisioner.volume.kubernetes.io/finalizer';

export const annotations = {
  /** On a claim: the group that its volume gets, decided before the volume is begun. */
  reservedGid: 'mortar.io/gid',
  storageProvisioner: 'volume.kubernetes.io/storage-provisioner',
  betaStorageProvisioner: 'volume.beta.kubernetes.io/storage-provisioner',
  betaStorageClass: 'volume.beta.kubernetes.io/storage-class',
  selectedNode: 'volume.kubernetes.io/selected-node',
  provisionedBy: 'pv.kubernetes.io/provisioned-by',
  gid: 'pv.beta.kubernetes.io/gid',
  volumeId: 'gluster.kubernetes.io/heketi-volume-id',
  type: 'gluster.org/type',
  createdBy: 'kubernetes.io/createdby',
  description: 'Description',
  /** On a PersistentVolume: how its volume is deleted when the class is gone. */
  server: 'mortar.io/server',
  user: 'mortar.io/user',
  secret: 'mortar.io/secret',
} as const;

/** On Endpoints and Service. */
export const claimLabel = 'gluster.kubernetes.io/provisioned-for-pvc';

export const inTreeProvisioner = 'kubernetes.io/glusterfs';

export const classNameOf = ({ metadata, spec }: Claim): string =>
  metadata.annotations[annotations.betaStorageClass] ?? spec.storageClassName ?? '';

export const volumeNameOf = (claimUid: string): string => `pvc-${claimUid}`;

/** The same key for whoever tries to make the volume of a claim. */
export const creationKey = (claimUid: string): string => volumeNameOf(claimUid);

const longestName = 128;

/**
 * The volume's name in Mortar and gluster: `pvc-<uid>`, or with a prefix `<prefix>_<namespace>_<claim>_<uid>` like the
 * in-tree plugin's, but with an end that every try gives. A long middle is cut: the UID makes it unique.
 */
export function glusterNameOf(
  { metadata: { namespace, name, uid } }: Claim,
  { namePrefix }: ClassParameters,
): string {
  if (namePrefix === '') return volumeNameOf(uid);
  const middle = `${namePrefix}_${namespace}_${name.replaceAll('.', '-')}`;
  return `${middle.slice(0, longestName - uid.length - 1)}_${uid}`;
}

export const endpointsNameOf = (claimUid: string, { endpointPrefix }: ClassParameters): string =>
  endpointPrefix === '' ? claimUid : `${endpointPrefix}-${claimUid}`;
