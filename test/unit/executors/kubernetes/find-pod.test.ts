import { describe, expect, it } from 'vitest';
import { findPod, type PodChoice } from '../../../../src/executors/kubernetes/find-pod.ts';
import type { Pod } from '../../../../src/executors/kubernetes/pod.ts';

const host = { nodeId: 'n1', address: 'storage-1' };

const pod = (name: string, more: Partial<Pod> = {}): Pod => ({
  name,
  nodeName: 'storage-1',
  labels: { 'glusterfs-node': 'storage-1' },
  phase: 'Running',
  isReady: true,
  isEnding: false,
  containers: [{ name: 'glusterfs', trouble: undefined }],
  ...more,
});
const choice = (more: Partial<PodChoice> = {}): PodChoice => ({
  by: 'label',
  label: 'glusterfs-node',
  namespace: 'storage',
  ...more,
});
const found = (pods: Pod[], more?: Partial<PodChoice>): string => findPod(pods, host, choice(more)).pod;
const refusal = (pods: Pod[], more?: Partial<PodChoice>): { code: string; message: string } => {
  try {
    findPod(pods, host, choice(more));
  } catch (error) {
    return error as { code: string; message: string };
  }
  throw new Error('a pod was found');
};

describe('the pod of a node', () => {
  it('is found by the value of its label', () => {
    const other = pod('b', { labels: { 'glusterfs-node': 'storage-2' } });
    expect(found([pod('a', { nodeName: 'elsewhere' }), other])).toBe('a');
  });

  it('is found by the daemon set: any value of the label, on the Kubernetes node of that name', () => {
    const pods = [
      pod('a', { nodeName: 'storage-2' }),
      pod('b', { labels: { 'glusterfs-node': 'pod' } }),
      pod('c', { labels: {} }),
    ];
    expect(found(pods, { by: 'daemonset' })).toBe('b');
  });

  it('is found by its own name', () => {
    expect(found([pod('a'), pod('storage-1', { labels: {} })], { by: 'name' })).toBe('storage-1');
  });

  it('may call itself not ready as long as its container runs, but a ready one is taken first', () => {
    expect(found([pod('a', { isReady: false })])).toBe('a');
    expect(found([pod('a', { isReady: false }), pod('b')])).toBe('b');
  });

  it('is the new one while the old one is being deleted', () => {
    expect(found([pod('old', { isEnding: true }), pod('new')])).toBe('new');
  });

  it('is missing, and the error says what was looked for', () => {
    expect(refusal([])).toMatchObject({
      code: 'node.pod_missing',
      message: 'storage-1: there is no pod with the label glusterfs-node=storage-1 in namespace storage',
      details: { nodeId: 'n1' },
    });
    expect(refusal([], { by: 'daemonset' }).message).toContain('on the Kubernetes node storage-1');
    expect(refusal([], { by: 'name' }).message).toContain('there is no pod storage-1 in namespace storage');
  });

  it('is not guessed when there are two', () => {
    expect(refusal([pod('b'), pod('a')])).toMatchObject({
      code: 'node.pod_ambiguous',
      message: expect.stringContaining('there are 2 pods') as string,
      details: { pods: ['a', 'b'] },
    });
  });

  it('must run', () => {
    expect(refusal([pod('a', { phase: 'Pending' }), pod('b', { isEnding: true })])).toMatchObject({
      code: 'node.pod_not_ready',
      message: expect.stringContaining('runs: a is Pending, b is being deleted') as string,
    });
    const crashing = [{ name: 'glusterfs', trouble: 'CrashLoopBackOff' }];
    expect(refusal([pod('a', { containers: crashing })])).toMatchObject({
      code: 'node.pod_not_ready',
      message: 'storage-1: the container glusterfs of the pod a does not run: CrashLoopBackOff',
    });
  });

  it('gives its first container, or the one that is named', () => {
    const containers = ['first', 'second'].map((name) => ({ name, trouble: undefined }));
    expect(findPod([pod('a', { containers })], host, choice()).container).toBe('first');
    const second = choice({ container: 'second' });
    expect(findPod([pod('a', { containers })], host, second).container).toBe('second');
    expect(refusal([pod('a', { containers })], { container: 'third' })).toMatchObject({
      code: 'node.container_unknown',
      message: 'storage-1: the pod a has no container third, only first, second',
    });
  });
});
