import type { Volume } from '../../client/wire-types.ts';

export interface HeketiStorage {
  readonly volume: Volume;
  readonly database: Uint8Array;
  readonly image: string;
  /** `key=value` pairs of node labels. */
  readonly nodeSelector: Readonly<Record<string, string>>;
}

const name = 'heketi-storage';
const labels = { 'deploy-heketi': 'support' };
const fileName = 'heketi.db';

/**
 * What brings a copy of the server's database onto a volume, as a Kubernetes list (wire contract section 18.5): a secret that
 * holds it, endpoints and a service for the volume, and a job that copies. No newline at its end.
 */
export const heketiStorageList = (storage: HeketiStorage): string =>
  JSON.stringify(
    {
      kind: 'List',
      apiVersion: 'v1',
      metadata: {},
      items: [secret(storage), endpoints(storage), service(), copyJob(storage)],
    },
    null,
    2,
  );

const secret = ({ database }: HeketiStorage): object => ({
  kind: 'Secret',
  apiVersion: 'v1',
  metadata: { name: `${name}-secret`, creationTimestamp: null, labels },
  data: { [fileName]: Buffer.from(database).toString('base64') },
});

const endpoints = ({ volume }: HeketiStorage): object => ({
  kind: 'Endpoints',
  apiVersion: 'v1',
  metadata: { name: `${name}-endpoints`, creationTimestamp: null, labels },
  subsets: volume.mount.glusterfs.hosts.map((ip) => ({ addresses: [{ ip }], ports: [{ port: 1 }] })),
});

const service = (): object => ({
  kind: 'Service',
  apiVersion: 'v1',
  metadata: { name: `${name}-endpoints`, creationTimestamp: null, labels },
  spec: { ports: [{ port: 1, targetPort: 0 }] },
  status: { loadBalancer: {} },
});

function copyJob({ volume, image, nodeSelector }: HeketiStorage): object {
  const pod = {
    volumes: [
      { name: 'heketi-storage', glusterfs: { endpoints: `${name}-endpoints`, path: volume.name } },
      { name: 'heketi-storage-secret', secret: { secretName: `${name}-secret` } },
    ],
    containers: [
      {
        name: 'heketi',
        image,
        command: ['cp', `/db/${fileName}`, '/heketi'],
        resources: {},
        volumeMounts: [
          { name: 'heketi-storage', mountPath: '/heketi' },
          { name: 'heketi-storage-secret', mountPath: '/db' },
        ],
      },
    ],
    restartPolicy: 'Never',
    ...(Object.keys(nodeSelector).length === 0 ? {} : { nodeSelector }),
  };
  return {
    kind: 'Job',
    apiVersion: 'batch/v1',
    metadata: { name: `${name}-copy-job`, creationTimestamp: null, labels },
    spec: {
      parallelism: 1,
      completions: 1,
      template: { metadata: { name: `${name}-copy-job`, creationTimestamp: null, labels }, spec: pod },
    },
    status: {},
  };
}
