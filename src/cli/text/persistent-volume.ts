import type { Volume } from '../../client/wire-types.ts';

const namedBy = 8;

/** A Kubernetes PersistentVolume for a volume, as heketi-cli writes it (wire contract section 18.4). No newline at its end. */
export function persistentVolume(volume: Volume, endpoint: string): string {
  const document = {
    kind: 'PersistentVolume',
    apiVersion: 'v1',
    metadata: {
      name: `glusterfs-${volume.id.slice(0, namedBy)}`,
      creationTimestamp: null,
      annotations: { 'pv.beta.kubernetes.io/gid': String(volume.gid ?? 0) },
    },
    spec: {
      capacity: { storage: `${volume.size}Gi` },
      glusterfs: { endpoints: endpoint === '' ? 'TYPE ENDPOINT HERE' : endpoint, path: volume.name },
      accessModes: ['ReadWriteMany'],
      persistentVolumeReclaimPolicy: 'Retain',
    },
    status: {},
  };
  return JSON.stringify(document, null, 2);
}
