import { fileURLToPath } from 'node:url';
import { ControlPlane } from '../kube/control-plane.ts';
import { namespace, node, pod } from '../kube/objects.ts';
import { executorRole, manager, storage } from '../kube/pods.ts';
import type { Lab } from './lab.ts';

/** How a manager reaches the nodes of the lab through this control plane. */
export const managerEnvironment = (plane: ControlPlane): Readonly<Record<string, string>> => ({
  MORTAR_EXECUTOR: 'kubernetes',
  MORTAR_KUBERNETES_NAMESPACE: storage,
  MORTAR_KUBERNETES_FIND_PODS_BY: 'daemonset',
  MORTAR_KUBERNETES_KUBECONFIG_FILE: plane.kubeconfig(manager),
});

/** Stands in for bash in pods: runs it on the node of the lab that the pod stands for. */
export const hop = fileURLToPath(new URL('../kube/hop', import.meta.url));

/** A control plane with a pod for each node of the lab, in which commands run on that node. */
export async function startPlane(lab: Lab): Promise<ControlPlane> {
  const plane = await ControlPlane.start({
    users: [manager],
    bash: hop,
    execRules: lab.nodes.map(({ name }) => ({
      namespace: storage,
      pod: `gluster-${name}`,
      env: { NODE: name, SSH_CONFIG: `${lab.stateDir}/ssh_config` },
    })),
  });
  await plane.apply(namespace(storage), ...executorRole());
  await plane.apply(...lab.nodes.map(({ name }) => node(name)));
  await plane.apply(...lab.nodes.map(({ name }) => glusterPod(name)));
  const ready = ['--for=condition=Ready', '--all', '--timeout=60s'];
  await plane.kubectl(['wait', 'pod', '-n', storage, ...ready]);
  return plane;
}

const glusterPod = (name: string): object =>
  pod({ name: `gluster-${name}`, namespace: storage, node: name, labels: { 'glusterfs-node': name } });

export async function stopPlane(plane: ControlPlane | undefined, lab: Lab): Promise<void> {
  await plane?.stop();
  await leaveNodes(lab);
}

export async function leaveNodes(lab: Lab): Promise<void> {
  // The connections that `hop` keeps would keep the lab's network.
  const end = ['-F', `${lab.stateDir}/ssh_config`, '-oControlPath=/tmp/mortar-hop-%C', '-O', 'exit'];
  for (const { name } of lab.nodes) await lab.exec(['ssh', ...end, name]);
}
