import {
  KubernetesExecutor,
  type KubernetesExecutorOptions,
} from '../../src/executors/kubernetes/kubernetes-executor.ts';
import type { ControlPlane } from './control-plane.ts';
import { roleFor } from './objects.ts';

/** Where the pods of the nodes are. */
export const storage = 'storage';

/** The user under whose role the executor is tested. */
export const manager = 'manager';

/** What the executor needs, and nothing else; as docs/kubernetes.md says. */
export const executorRole = (user = manager): object[] =>
  roleFor(user, storage, [
    { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] },
    { apiGroups: [''], resources: ['pods/exec'], verbs: ['get', 'create'] },
  ]);

export function executorFor(
  plane: ControlPlane,
  options: Partial<KubernetesExecutorOptions> = {},
): KubernetesExecutor {
  return new KubernetesExecutor({
    kubeconfigFile: plane.kubeconfig(manager),
    namespace: storage,
    findPodsBy: 'label',
    podLabel: 'glusterfs-node',
    maxConnections: 64,
    ...options,
  });
}
