import { describe, expect, it } from 'vitest';
import { claimSchema, classSchema, volumeSchema } from '../../../src/kubernetes/objects.ts';
import { checkClaim, decideClaim, decideVolume } from '../../../src/kubernetes/provisioner/decide.ts';

const me = { provisioner: 'mortar.io/glusterfs', servesInTree: false };
const asked = { 'volume.kubernetes.io/storage-provisioner': me.provisioner };
const finalizers = ['mortar.io/provisioning'];

const claim = (metadata: object = {}, spec: object = {}, status: object = {}) =>
  claimSchema.parse({
    metadata: { name: 'data', namespace: 'team', uid: 'u1', annotations: asked, ...metadata },
    spec: { storageClassName: 'gluster', resources: { requests: { storage: '1Gi' } }, ...spec },
    status: { phase: 'Pending', ...status },
  });
const storageClass = (change: object = {}) =>
  classSchema.parse({ metadata: { name: 'gluster' }, provisioner: me.provisioner, ...change });
const volume = (change: { metadata?: object; spec?: object; phase?: string } = {}) =>
  volumeSchema.parse({
    metadata: {
      name: 'pvc-u1',
      annotations: { 'pv.kubernetes.io/provisioned-by': me.provisioner },
      finalizers: ['external-provisioner.volume.kubernetes.io/finalizer'],
      ...change.metadata,
    },
    spec: { persistentVolumeReclaimPolicy: 'Delete', claimRef: { uid: 'u1' }, ...change.spec },
    status: { phase: change.phase ?? 'Bound' },
  });
const deleted = { deletionTimestamp: '2026-01-01T00:00:00Z' };
const late = storageClass({ volumeBindingMode: 'WaitForFirstConsumer' });
const inTree = storageClass({ provisioner: 'kubernetes.io/glusterfs' });

describe('a claim', () => {
  it.each([
    ['of our class is served', claim(), storageClass(), undefined, 'provision'],
    [
      'that Kubernetes has not asked for yet waits',
      claim({ annotations: {} }),
      storageClass(),
      undefined,
      'none',
    ],
    ['without a class waits', claim(), undefined, undefined, 'none'],
    ['of another class is not ours', claim(), storageClass({ provisioner: 'other' }), undefined, 'none'],
    ['of the in-tree class is not ours unless asked', claim({ annotations: {} }), inTree, undefined, 'none'],
    ['that has a volume is done', claim({}, { volumeName: 'x' }), storageClass(), undefined, 'none'],
    ['whose PersistentVolume is there is done', claim(), storageClass(), volume(), 'none'],
    ['waits for a pod where the class says so', claim(), late, undefined, 'none'],
    [
      'is served when a node was chosen',
      claim({ annotations: { ...asked, 'volume.kubernetes.io/selected-node': 'n' } }),
      late,
      undefined,
      'provision',
    ],
    [
      'for a populator is left to it',
      claim({}, { dataSourceRef: { apiGroup: 'x.io', kind: 'Y', name: 'z' } }),
      storageClass(),
      undefined,
      'none',
    ],
    [
      'that was begun is let go when its volume is there',
      claim({ finalizers }),
      storageClass(),
      volume(),
      'release',
    ],
    [
      'that was begun and deleted is cleaned up',
      claim({ finalizers, ...deleted }),
      storageClass(),
      undefined,
      'abandon',
    ],
    ['that is deleted and was not begun is no work', claim(deleted), storageClass(), undefined, 'none'],
    [
      'that was begun and bound to something else is cleaned up',
      claim({ finalizers }, { volumeName: 'other' }),
      storageClass(),
      undefined,
      'abandon',
    ],
    [
      'whose PersistentVolume was removed by hand keeps its data',
      claim({ finalizers }, { volumeName: 'pvc-u1' }),
      storageClass(),
      undefined,
      'release',
    ],
    [
      'that asks for more than it has grows',
      claim(
        {},
        { volumeName: 'pvc-u1', resources: { requests: { storage: '2Gi' } } },
        { phase: 'Bound', capacity: { storage: '1Gi' } },
      ),
      storageClass(),
      volume(),
      'expand',
    ],
  ] as const)('%s', (_words, given, ofClass, ofVolume, work) => {
    expect(decideClaim({ claim: given, storageClass: ofClass, volume: ofVolume }, me)).toBe(work);
  });

  it('of the in-tree class is served where that is wanted', () => {
    const facts = { claim: claim({ annotations: {} }), storageClass: inTree, volume: undefined };
    expect(decideClaim(facts, { ...me, servesInTree: true })).toBe('provision');
  });

  it.each([
    [{ volumeMode: 'Block' }, /does not support block volume provisioning/],
    [{ selector: {} }, /claim Selector is not supported/],
    [{ accessModes: ['ReadWriteOncePod'] }, /access mode ReadWriteOncePod is not supported/],
    [{ dataSource: { kind: 'PersistentVolumeClaim', name: 'a' } }, /made from the PersistentVolumeClaim "a"/],
    [{ resources: {} }, /requests no storage/],
  ])('that asks for %j is told why not', (spec, words) => {
    expect(() => checkClaim(claim({}, spec), me.provisioner)).toThrow(words);
  });
});

describe('the volume of a PersistentVolume', () => {
  const foreign = { annotations: { 'pv.kubernetes.io/provisioned-by': 'other' } };
  const retained = { persistentVolumeReclaimPolicy: 'Retain' };
  it.each([
    ['is deleted when its claim is gone', volume({ phase: 'Released' }), 'delete'],
    ['stays while it is bound', volume(), 'none'],
    ['stays when something failed', volume({ phase: 'Failed' }), 'none'],
    ['of others is not ours', volume({ phase: 'Released', metadata: foreign }), 'none'],
    ['that is to be retained stays', volume({ phase: 'Released', spec: retained }), 'unprotect'],
    ['is protected when it was not', volume({ metadata: { finalizers: [] } }), 'protect'],
    ['was dealt with', volume({ phase: 'Released', metadata: { finalizers: [], ...deleted } }), 'none'],
    ['is deleted before its object', volume({ phase: 'Released', metadata: deleted }), 'delete'],
  ] as const)('%s', (_words, given, work) => expect(decideVolume(given, me)).toBe(work));
});
