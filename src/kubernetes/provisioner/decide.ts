/** Whether a claim is to be served, and a PersistentVolume's volume to be deleted (Kubernetes contract 2.2, 2.6). */
import type { Claim, PersistentVolume, StorageClass } from '../objects.ts';
import { quantityBytes } from '../quantity.ts';
import { wrong } from './failure.ts';
import { annotations, claimFinalizer, inTreeProvisioner, volumeFinalizer, volumeNameOf } from './names.ts';

export interface Identity {
  /** The provisioner name that classes say. */
  readonly provisioner: string;
  /** Whether classes of the in-tree plugin are served, too. */
  readonly servesInTree: boolean;
}

/** What is to be done with a claim. */
export type ClaimWork = 'none' | 'provision' | 'abandon' | 'release' | 'expand';

export interface ClaimFacts {
  readonly claim: Claim;
  readonly storageClass: StorageClass | undefined;
  /** The PersistentVolume `pvc-<uid>`. */
  readonly volume: PersistentVolume | undefined;
}

const isMine = ({ provisioner, servesInTree }: Identity, name: string): boolean =>
  name === provisioner || (servesInTree && name === inTreeProvisioner);

export function decideClaim({ claim, storageClass, volume }: ClaimFacts, me: Identity): ClaimWork {
  const isBegun = claim.metadata.finalizers.includes(claimFinalizer);
  // The PersistentVolume has the volume in its care from now on.
  if (volume !== undefined) return isBegun ? 'release' : decideExpansion(claim, volume, me);
  // It was bound and its PersistentVolume is gone: what there was done is not undone here, where data may be retained.
  if (claim.spec.volumeName === volumeNameOf(claim.metadata.uid)) return isBegun ? 'release' : 'none';
  if (claim.spec.volumeName !== '') return isBegun ? 'abandon' : 'none';
  if (claim.metadata.deletionTimestamp !== undefined) return isBegun ? 'abandon' : 'none';
  return shallProvision(claim, storageClass, me) ? 'provision' : 'none';
}

function shallProvision(claim: Claim, storageClass: StorageClass | undefined, me: Identity): boolean {
  if (storageClass === undefined || !isMine(me, storageClass.provisioner)) return false;
  const { annotations: said } = claim.metadata;
  // Kubernetes looks for a fitting volume that exists before it asks for one; it never asks for the in-tree name.
  const asked = said[annotations.storageProvisioner] ?? said[annotations.betaStorageProvisioner];
  if (storageClass.provisioner !== inTreeProvisioner && asked !== storageClass.provisioner) return false;
  const isLate = storageClass.volumeBindingMode === 'WaitForFirstConsumer';
  if (isLate && (said[annotations.selectedNode] ?? '') === '') return false;
  return !isForPopulator(claim);
}

/** Others fill volumes from sources of their own kinds. */
function isForPopulator({ spec: { dataSource, dataSourceRef } }: Claim): boolean {
  const source = dataSourceRef ?? dataSource;
  if (source === undefined || source === null) return false;
  const isSnapshot = source.kind === 'VolumeSnapshot' && source.apiGroup === 'snapshot.storage.k8s.io';
  const isClaim = source.kind === 'PersistentVolumeClaim' && (source.apiGroup ?? '') === '';
  return !isSnapshot && !isClaim;
}

const provisionerOf = ({ metadata }: PersistentVolume): string | undefined =>
  metadata.annotations[annotations.provisionedBy];

/** Whether a PersistentVolume was made by this provisioner. */
export const isOurs = (volume: PersistentVolume, me: Identity): boolean =>
  provisionerOf(volume) === me.provisioner;

function decideExpansion(claim: Claim, volume: PersistentVolume, me: Identity): ClaimWork {
  const isBound = claim.status.phase === 'Bound' && claim.spec.volumeName === volume.metadata.name;
  if (!isBound || !isOurs(volume, me) || volume.spec.claimRef?.uid !== claim.metadata.uid) return 'none';
  const wanted = quantityBytes(claim.spec.resources.requests.storage ?? '') ?? 0;
  const has = quantityBytes(claim.status.capacity.storage ?? '') ?? 0;
  return wanted > has ? 'expand' : 'none';
}

export type VolumeWork = 'none' | 'delete' | 'protect' | 'unprotect';

/** What is to be done with a PersistentVolume: its volume deleted, our finalizer put on or taken off. */
export function decideVolume(volume: PersistentVolume, me: Identity): VolumeWork {
  if (!isOurs(volume, me)) return 'none';
  const { deletionTimestamp, finalizers } = volume.metadata;
  const isProtected = finalizers.includes(volumeFinalizer);
  const isDeleting = deletionTimestamp !== undefined;
  if (volume.spec.persistentVolumeReclaimPolicy !== 'Delete') return isProtected ? 'unprotect' : 'none';
  if (volume.status.phase === 'Released') return isDeleting && !isProtected ? 'none' : 'delete';
  return volume.status.phase === 'Bound' && !isDeleting && !isProtected ? 'protect' : 'none';
}

const accessModes = ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany'];

/**
 * What a claim asks for that no gluster volume can be.
 *
 * @returns the bytes that it wants.
 * @throws ProvisionFailure in the words of the contract (1.3).
 */
export function checkClaim({ spec }: Claim, provisioner: string): number {
  if (spec.volumeMode === 'Block') throw wrong(`${provisioner} does not support block volume provisioning`);
  if (spec.selector !== undefined) throw wrong('claim Selector is not supported; leave spec.selector out');
  const source = spec.dataSourceRef ?? spec.dataSource;
  if (source !== undefined && source !== null) {
    throw wrong(
      `a volume made from the ${source.kind} "${source.name}" is not supported; leave the data source out`,
    );
  }
  const strange = spec.accessModes.find((mode) => !accessModes.includes(mode));
  if (strange !== undefined) {
    throw wrong(`access mode ${strange} is not supported; there are ${accessModes.join(', ')}`);
  }
  const text = spec.resources.requests.storage ?? '';
  const bytes = quantityBytes(text);
  if (bytes === undefined || bytes <= 0) throw wrong(`the claim requests no storage: "${text}"`);
  return bytes;
}
