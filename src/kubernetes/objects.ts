/** The parts of Kubernetes' objects that Mortar reads. Everything else in them is passed over and not kept in memory. */
import { z } from 'zod';

const texts = z.record(z.string(), z.string()).default({});

const metadata = z.object({
  name: z.string(),
  namespace: z.string().default(''),
  uid: z.string().default(''),
  resourceVersion: z.string().default(''),
  creationTimestamp: z.string().optional(),
  deletionTimestamp: z.string().optional(),
  annotations: texts,
  labels: texts,
  finalizers: z.array(z.string()).default([]),
});

const anyMap = z.record(z.string(), z.unknown());
const reference = z.object({ apiGroup: z.string().nullish(), kind: z.string(), name: z.string() });
const capacity = z.object({ storage: z.string().optional() }).default({});

export const claimSchema = z.object({
  metadata,
  spec: z.object({
    accessModes: z.array(z.string()).default([]),
    resources: z.object({ requests: capacity }).default({ requests: {} }),
    selector: anyMap.optional(),
    storageClassName: z.string().optional(),
    volumeMode: z.string().default('Filesystem'),
    volumeName: z.string().default(''),
    dataSource: reference.nullish(),
    dataSourceRef: reference.nullish(),
  }),
  status: z
    .object({
      phase: z.string().default(''),
      capacity,
      conditions: z.array(z.object({ type: z.string() })).default([]),
    })
    .default({ phase: '', capacity: {}, conditions: [] }),
});

export const volumeSchema = z.object({
  metadata,
  spec: z.object({
    capacity,
    claimRef: z
      .object({
        namespace: z.string().default(''),
        name: z.string().default(''),
        uid: z.string().default(''),
        resourceVersion: z.string().optional(),
      })
      .optional(),
    persistentVolumeReclaimPolicy: z.string().default('Retain'),
    storageClassName: z.string().default(''),
    glusterfs: z
      .object({ endpoints: z.string(), endpointsNamespace: z.string().nullish(), path: z.string() })
      .optional(),
  }),
  status: z.object({ phase: z.string().default('') }).default({ phase: '' }),
});

const topologyTerm = z.object({
  matchLabelExpressions: z.array(z.object({ key: z.string(), values: z.array(z.string()) })).default([]),
});

export const classSchema = z.object({
  metadata,
  provisioner: z.string(),
  parameters: texts,
  reclaimPolicy: z.string().default('Delete'),
  mountOptions: z.array(z.string()).default([]),
  allowVolumeExpansion: z.boolean().default(false),
  volumeBindingMode: z.string().default('Immediate'),
  allowedTopologies: z.array(topologyTerm).default([]),
});

export const secretSchema = z.object({
  type: z.string().default('Opaque'),
  /** Base64. */
  data: texts,
});

export const leaseSchema = z.object({
  metadata,
  spec: z
    .object({
      holderIdentity: z.string().nullish(),
      leaseDurationSeconds: z.number().nullish(),
      acquireTime: z.string().nullish(),
      renewTime: z.string().nullish(),
      leaseTransitions: z.number().nullish(),
    })
    .default({}),
});

export type Claim = z.infer<typeof claimSchema>;
export type PersistentVolume = z.infer<typeof volumeSchema>;
export type StorageClass = z.infer<typeof classSchema>;
export type Lease = z.infer<typeof leaseSchema>;
type Metadata = z.infer<typeof metadata>;

/** Any object that has a name. */
export interface KubeObject {
  readonly metadata: Metadata;
}
