/** Command lines of the control plane's programs. Everything listens on 127.0.0.1 only. */

export interface Ports {
  readonly etcd: number;
  readonly etcdPeer: number;
  readonly api: number;
  readonly kubelet: number;
}

export interface Site {
  readonly folder: string;
  readonly ports: Ports;
}

/** Files in the folder of a control plane. */
export const files = {
  /** The API server's certificate with its authority; it makes both itself. */
  authority: 'pki/apiserver.crt',
  tokens: 'tokens.csv',
  serviceAccountKey: 'service-account.key',
  kwokConfig: 'kwok.yaml',
  kwokCertificate: 'kwok.crt',
  kwokKey: 'kwok.key',
} as const;

const local = '127.0.0.1';

/** Nothing here needs to survive a power cut. */
export function etcdArgs({ folder, ports }: Site): string[] {
  const client = `http://${local}:${ports.etcd}`;
  const peer = `http://${local}:${ports.etcdPeer}`;
  return [
    `--data-dir=${folder}/etcd`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    '--unsafe-no-fsync',
    '--log-level=warn',
  ];
}

export function apiServerArgs({ folder, ports }: Site): string[] {
  const key = `${folder}/${files.serviceAccountKey}`;
  return [
    `--etcd-servers=http://${local}:${ports.etcd}`,
    `--bind-address=${local}`,
    `--advertise-address=${local}`,
    // An endpoint of the API server for pods: there are none that could use it, and 127.0.0.1 is not allowed as one.
    '--endpoint-reconciler-type=none',
    `--secure-port=${ports.api}`,
    `--cert-dir=${folder}/pki`,
    `--token-auth-file=${folder}/${files.tokens}`,
    '--authorization-mode=RBAC',
    // As on every real cluster: storage needs such pods.
    '--allow-privileged=true',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${key}`,
    `--service-account-signing-key-file=${key}`,
    '--service-cluster-ip-range=10.96.0.0/16',
    '--kubelet-preferred-address-types=InternalIP',
  ];
}

/** @param kubeconfig an administrator's. */
export function controllerManagerArgs({ folder }: Site, kubeconfig: string): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    '--leader-elect=false',
    '--secure-port=0',
    `--service-account-private-key-file=${folder}/${files.serviceAccountKey}`,
    `--root-ca-file=${folder}/${files.authority}`,
    // Claims and volumes are looked at again after two seconds instead of fifteen.
    '--pvclaimbinder-sync-period=2s',
    // It lets itself ask 20 times a second; a claim costs it about five requests, so that would be all that was measured.
    '--kube-api-qps=1000',
    '--kube-api-burst=2000',
    `--flex-volume-plugin-dir=${folder}/flexvolume`,
  ];
}

export function schedulerArgs(kubeconfig: string): string[] {
  return [`--kubeconfig=${kubeconfig}`, '--leader-elect=false', '--secure-port=0'];
}

export function kwokArgs({ folder, ports }: Site, kubeconfig: string): string[] {
  const address = `${local}:${ports.kubelet}`;
  return [
    `--kubeconfig=${kubeconfig}`,
    '--manage-all-nodes=true',
    `--node-ip=${local}`,
    `--node-port=${ports.kubelet}`,
    `--server-address=${address}`,
    `--tls-cert-file=${folder}/${files.kwokCertificate}`,
    `--tls-private-key-file=${folder}/${files.kwokKey}`,
    '--node-lease-duration-seconds=40',
    `--config=${folder}/${files.kwokConfig}`,
  ];
}
