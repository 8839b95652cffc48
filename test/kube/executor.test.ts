import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Command, CommandResult } from '../../src/executors/executor.ts';
import type { KubernetesExecutor } from '../../src/executors/kubernetes/kubernetes-executor.ts';
import { readPid } from '../contract/executors/place.ts';
import { failureOf, isRunning, until } from '../contract/executors/until.ts';
import { ControlPlane } from './control-plane.ts';
import { namespace, node, type PodSpec, pod, roleFor } from './objects.ts';
import { executorFor, executorRole, manager, storage } from './pods.ts';

const label = 'glusterfs-node';
const pods = { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] };

describe('the executor kubernetes on a real control plane', () => {
  let plane: ControlPlane;
  let folder: string;
  let executors: KubernetesExecutor[] = [];

  beforeAll(async () => {
    const users = [manager, 'no-exec', 'nobody'];
    const execRules = ['by-label', 'daemon-1', 'named'].map((name) => ({
      namespace: storage,
      pod: name,
      env: { POD: name },
    }));
    plane = await ControlPlane.start({ users, execRules });
    await plane.apply(namespace(storage), node('kube-1'), ...executorRole());
    await plane.apply(...roleFor('no-exec', storage, [pods]));
    await makePod({ name: 'by-label', labels: { [label]: 'n1' } });
    await makePod({ name: 'daemon-1', labels: { [label]: 'pod' } });
    await makePod({ name: 'named', containers: ['main', 'second'] });
  });
  afterAll(() => plane?.stop());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mortar-pods-'));
  });
  afterEach(async () => {
    await Promise.all(executors.map((each) => each.close()));
    executors = [];
    await rm(folder, { recursive: true });
  });

  const makePod = async (spec: Omit<PodSpec, 'namespace' | 'node'>): Promise<void> => {
    await plane.apply(pod({ ...spec, namespace: storage, node: 'kube-1' }));
    const ready = ['wait', '--for=condition=Ready', `pod/${spec.name}`, '-n', storage, '--timeout=60s'];
    await plane.kubectl(ready);
  };
  const makeExecutor = (options: Parameters<typeof executorFor>[1] = {}): KubernetesExecutor => {
    const executor = executorFor(plane, options);
    executors.push(executor);
    return executor;
  };
  const sh = (script: string): Command => ({ label: 'work', argv: ['sh', '-c', script, 'sh', folder] });
  const run = (
    executor: KubernetesExecutor,
    address: string,
    command: Command = sh('true'),
  ): Promise<CommandResult[]> => executor.run({ nodeId: 'id', address }, [command], { timeoutMs: 30_000 });

  /** The pod that a runner finds itself in: it clears nothing of the environment that the pod gives it. */
  const podOf = async (executor: KubernetesExecutor, address: string): Promise<string | undefined> =>
    (await run(executor, address, sh('echo "$POD"')))[0]?.stdout.trim();

  describe('finds the pod', () => {
    it('by the value of its label', async () => {
      expect(await podOf(makeExecutor(), 'n1')).toBe('by-label');
    });

    it('by the daemon set', async () => {
      await plane.kubectl(['label', 'pod/by-label', '-n', storage, `${label}-`]);
      const executor = makeExecutor({ findPodsBy: 'daemonset' });
      expect(await podOf(executor, 'kube-1')).toBe('daemon-1');
      await plane.kubectl(['label', 'pod/by-label', '-n', storage, `${label}=n1`]);
    });

    it('by its name, in the container that is asked for', async () => {
      expect(await podOf(makeExecutor({ findPodsBy: 'name' }), 'named')).toBe('named');
      expect(await podOf(makeExecutor({ findPodsBy: 'name', container: 'second' }), 'named')).toBe('named');
    });

    it('in the namespace of the kubeconfig when none is given', async () => {
      const executor = makeExecutor({ namespace: undefined });
      expect(await failureOf(run(executor, 'n1'))).toMatchObject({
        code: 'kubernetes.forbidden',
        message: expect.stringContaining('list and watch pods in namespace default') as string,
      });
    });

    it('from a watch: no list for a command, and a pod that comes later is known', async () => {
      const executor = makeExecutor();
      await run(executor, 'n1');
      const before = await listsOfPods(plane);
      for (let round = 0; round < 10; round += 1) await run(executor, 'n1');
      await plane.apply(pod({ name: 'late', namespace: storage, node: 'kube-1', labels: { [label]: 'n2' } }));
      await until('the watch tells of the pod', async () => {
        const failure = await failureOf(run(executor, 'n2'));
        return failure === undefined;
      });
      expect(await listsOfPods(plane)).toBe(before);
      await plane.kubectl(['delete', 'pod/late', '-n', storage, '--wait=false']);
    });
  });

  describe('says what is wrong', () => {
    it('when there is no pod, or there are two', async () => {
      const executor = makeExecutor();
      expect(await failureOf(run(executor, 'nowhere'))).toMatchObject({
        code: 'node.pod_missing',
        message: `nowhere: there is no pod with the label ${label}=nowhere in namespace storage`,
      });
      await makePod({ name: 'twin-1', labels: { [label]: 'twin' } });
      await makePod({ name: 'twin-2', labels: { [label]: 'twin' } });
      await until('both are known', async () => {
        const failure = (await failureOf(run(executor, 'twin'))) as { code?: string } | undefined;
        return failure?.code === 'node.pod_ambiguous';
      });
    });

    it('when the pod does not run, or has no such container', async () => {
      await plane.apply(
        pod({ name: 'waiting', namespace: storage, labels: { [label]: 'n3' }, schedulable: false }),
      );
      expect(await failureOf(run(makeExecutor(), 'n3'))).toMatchObject({
        code: 'node.pod_not_ready',
        message: expect.stringContaining('waiting is Pending') as string,
      });
      expect(await failureOf(run(makeExecutor({ container: 'nginx' }), 'n1'))).toMatchObject({
        code: 'node.container_unknown',
        message: 'n1: the pod by-label has no container nginx, only main',
      });
    });

    it('when Kubernetes does not allow it', async () => {
      const noExec = makeExecutor({ kubeconfigFile: plane.kubeconfig('no-exec') });
      expect(await failureOf(run(noExec, 'n1'))).toMatchObject({
        code: 'kubernetes.forbidden',
        message: expect.stringMatching(
          /exec in the pod by-label in namespace storage: .*User "no-exec" cannot/,
        ) as string,
      });
      const nobody = makeExecutor({ kubeconfigFile: plane.kubeconfig('nobody') });
      expect(await failureOf(run(nobody, 'n1'))).toMatchObject({
        code: 'kubernetes.forbidden',
        message: expect.stringMatching(
          /list and watch pods in namespace storage: .*User "nobody" cannot list/,
        ) as string,
      });
    });

    it('when the token is not accepted, or the certificate not trusted', async () => {
      const stranger = await changedKubeconfig((text) => text.replaceAll(plane.token(manager), 'wrong'));
      expect(await failureOf(run(makeExecutor({ kubeconfigFile: stranger }), 'n1'))).toMatchObject({
        code: 'kubernetes.unauthorized',
      });
      const careless = await changedKubeconfig((text) =>
        text.replaceAll(plane.authorityFile, join(plane.folder, 'kwok.crt')),
      );
      expect(await failureOf(run(makeExecutor({ kubeconfigFile: careless }), 'n1'))).toMatchObject({
        code: 'kubernetes.certificate_unknown',
        message: expect.stringContaining(`${plane.url} is not trusted`) as string,
      });
    });

    it('when the kubeconfig cannot be used, and takes it once it can', async () => {
      const path = join(folder, 'kubeconfig');
      const executor = makeExecutor({ kubeconfigFile: path });
      expect(await failureOf(run(executor, 'n1'))).toMatchObject({
        code: 'config.invalid',
        message: expect.stringContaining(`${path} cannot be used`) as string,
      });
      await writeFile(path, await readFile(plane.kubeconfig(manager), 'utf8'));
      expect(await podOf(executor, 'n1')).toBe('by-label');
      expect(
        await failureOf(run(makeExecutor({ kubeconfigFile: path, context: 'east' }), 'n1')),
      ).toMatchObject({
        message: expect.stringContaining('has no context east (it has test)') as string,
      });
      expect(await failureOf(run(makeExecutor({ kubeconfigFile: undefined }), 'n1'))).toMatchObject({
        code: 'config.invalid',
        message: expect.stringContaining('does not run in a pod') as string,
      });
    });
  });

  it('lets batches wait for a place instead of refusing them', async () => {
    const executor = makeExecutor({ maxConnections: 2 });
    const work = sh('echo begin >>"$1/log"; until test -e "$1/go"; do sleep 0.05; done; echo end >>"$1/log"');
    const batches = Array.from({ length: 6 }, () => run(executor, 'n1', work));
    const log = (): Promise<string> => readFile(join(folder, 'log'), 'utf8').catch(() => '');
    await until('two have begun', async () => (await log()).split('\n').length === 3);
    await writeFile(join(folder, 'go'), '');
    expect(await Promise.all(batches)).toHaveLength(6);
    let running = 0;
    const depths = (await log())
      .trim()
      .split('\n')
      .map((word) => (running += word === 'begin' ? 1 : -1));
    expect(depths).toHaveLength(12);
    expect(Math.max(...depths)).toBe(2);
  });

  it('notices that a stream is cut, ends the batch on the node, and goes on when the API server is back', async () => {
    const executor = makeExecutor();
    const cut = failureOf(run(executor, 'n1', sh('echo $$ >"$1/child"; sleep 1000; touch "$1/after"')));
    const pid = await readPid(join(folder, 'child'));
    await plane.stopApiServer();
    expect(await cut).toMatchObject({
      code: 'node.connection_lost',
      message: expect.stringContaining('the connection was lost during "work"') as string,
    });
    expect(await failureOf(run(executor, 'n1'))).toMatchObject({
      code: 'kubernetes.unreachable',
      message: `n1: the API server ${plane.url} cannot be reached: connection refused`,
    });
    await until('nothing of it runs any more', async () => !(await isRunning(pid)));
    await plane.startApiServer();
    expect(await podOf(executor, 'n1')).toBe('by-label');
    // The watch has come back, too.
    await makePod({ name: 'after', labels: { [label]: 'n4' } });
    await until(
      'the watch tells of the pod',
      async () => (await failureOf(run(executor, 'n4'))) === undefined,
    );
  });

  async function changedKubeconfig(change: (text: string) => string): Promise<string> {
    const path = join(folder, `changed-${Math.random()}`);
    await writeFile(path, change(await readFile(plane.kubeconfig(manager), 'utf8')));
    return path;
  }
});

/** How often pods were listed in a namespace, which only the executor does. */
async function listsOfPods(plane: ControlPlane): Promise<number> {
  const metrics = await plane.kubectl(['get', '--raw', '/metrics']);
  return metrics
    .split('\n')
    .filter((line) => line.startsWith('apiserver_request_total{'))
    .filter((line) =>
      ['resource="pods"', 'verb="LIST"', 'scope="namespace"'].every((part) => line.includes(part)),
    )
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
