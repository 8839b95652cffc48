/** Kubernetes objects that tests make. */

export interface PodSpec {
  readonly name: string;
  readonly namespace?: string;
  /** Put there directly; the scheduler chooses when absent. */
  readonly node?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** `main` alone when absent. */
  readonly containers?: readonly string[];
  readonly annotations?: Readonly<Record<string, string>>;
  /** False keeps it Pending: no node is good enough. */
  readonly schedulable?: boolean;
}

export const node = (name: string, labels: Readonly<Record<string, string>> = {}): object => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
});

export const namespace = (name: string): object => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name },
});

/** A pod that is not controlled by anything. Its image is never pulled. */
export const pod = (spec: PodSpec): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: spec.name,
    namespace: spec.namespace ?? 'default',
    labels: spec.labels ?? {},
    annotations: spec.annotations ?? {},
  },
  spec: {
    ...(spec.node === undefined ? {} : { nodeName: spec.node }),
    ...(spec.schedulable === false ? { nodeSelector: { 'no-such': 'node' } } : {}),
    containers: (spec.containers ?? ['main']).map((name) => ({ name, image: 'none' })),
    // Only the kubelet and kwok may take it away at once.
    terminationGracePeriodSeconds: 0,
  },
});

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** A role in a namespace, and the user who has it. */
export const roleFor = (user: string, inNamespace: string, rules: readonly Rule[]): object[] => [
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: user, namespace: inNamespace },
    rules,
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: user, namespace: inNamespace },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: user },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
  },
];
