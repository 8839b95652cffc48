import type { AppError } from '../../errors.ts';
import type { Host } from '../executor.ts';
import { nodeError } from '../script/node-error.ts';
import type { Pod } from './pod.ts';

/** How the pod of a node is told from others; the node's manage name is the address of the host. */
export interface PodChoice {
  /**
   * `label`: the value of the label is the manage name. `daemonset`: the pod has the label, and runs on the Kubernetes node
   * of the manage name. `name`: the manage name is the name of the pod.
   */
  readonly by: 'label' | 'daemonset' | 'name';
  readonly label: string;
  /** The first of the pod when absent. */
  readonly container?: string | undefined;
  readonly namespace: string;
}

export interface ExecTarget {
  readonly pod: string;
  readonly container: string;
}

/**
 * Finds the one pod in which the commands for a host run. Whether the pod calls itself ready does not matter while its
 * container runs: a node whose glusterd is down must be looked at, too. Of several the ready one is taken. Pure.
 *
 * @throws AppError `node.pod_missing`, `node.pod_ambiguous`, `node.pod_not_ready`, `node.container_unknown`.
 */
export function findPod(pods: Iterable<Pod>, host: Host, choice: PodChoice): ExecTarget {
  const candidates = [...pods].filter((pod) => isMeant(pod, host.address, choice));
  const live = candidates.filter(
    (pod) => !pod.isEnding && pod.phase !== 'Succeeded' && pod.phase !== 'Failed',
  );
  const running = live.filter((pod) => pod.phase === 'Running');
  const ready = running.filter(({ isReady }) => isReady);
  const [best, ...rivals] = ready.length > 0 ? ready : running;
  if (rivals.length > 0 && best !== undefined) throw ambiguous([best, ...rivals], host, choice);
  if (best !== undefined) return { pod: best.name, container: findContainer(best, host, choice) };
  if (candidates.length > 0) throw notReady(candidates, host, choice);
  throw nodeError('node.pod_missing', host, `there is no pod ${describe(host, choice)}`, {
    details: detailsOf(choice),
  });
}

function isMeant(pod: Pod, name: string, { by, label }: PodChoice): boolean {
  switch (by) {
    case 'name':
      return pod.name === name;
    case 'label':
      return pod.labels[label] === name;
    case 'daemonset':
      return Object.hasOwn(pod.labels, label) && pod.nodeName === name;
  }
}

function findContainer(pod: Pod, host: Host, choice: PodChoice): string {
  const names = pod.containers.map(({ name }) => name);
  const wanted = choice.container ?? names[0];
  const container = pod.containers.find(({ name }) => name === wanted);
  if (container === undefined) {
    const text = `the pod ${pod.name} has no container ${wanted}, only ${names.join(', ')}`;
    throw nodeError('node.container_unknown', host, text, {
      details: { ...detailsOf(choice), pod: pod.name },
    });
  }
  if (container.trouble === undefined) return container.name;
  const text = `the container ${container.name} of the pod ${pod.name} does not run: ${container.trouble}`;
  throw nodeError('node.pod_not_ready', host, text, { details: { ...detailsOf(choice), pod: pod.name } });
}

function notReady(pods: readonly Pod[], host: Host, choice: PodChoice): AppError {
  const states = pods.map((pod) => `${pod.name} is ${pod.isEnding ? 'being deleted' : pod.phase}`);
  const text = `no pod ${describe(host, choice)} runs: ${states.join(', ')}`;
  return nodeError('node.pod_not_ready', host, text, { details: detailsOf(choice) });
}

function ambiguous(pods: readonly Pod[], host: Host, choice: PodChoice): AppError {
  const names = pods.map(({ name }) => name).toSorted();
  const text = `there are ${names.length} pods ${describe(host, choice)}: ${names.join(', ')}`;
  return nodeError('node.pod_ambiguous', host, text, { details: { ...detailsOf(choice), pods: names } });
}

function describe(host: Host, { by, label, namespace }: PodChoice): string {
  switch (by) {
    case 'name':
      return `${host.address} in namespace ${namespace}`;
    case 'label':
      return `with the label ${label}=${host.address} in namespace ${namespace}`;
    case 'daemonset':
      return `with the label ${label} on the Kubernetes node ${host.address} in namespace ${namespace}`;
  }
}

const detailsOf = ({ by, namespace, label }: PodChoice): Record<string, unknown> => ({
  by,
  namespace,
  label,
});
