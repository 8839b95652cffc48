import { existsSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Exec, KubeConfig, type V1Status } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ControlPlane } from './control-plane.ts';
import { namespace, node, pod, roleFor } from './objects.ts';

describe('the control plane of the tests', () => {
  let plane: ControlPlane;

  beforeAll(async () => {
    const execRules = [{ namespace: 'team', pod: 'told', env: { TOLD: 'of this pod only' } }];
    plane = await ControlPlane.start({ users: ['guest', 'reader'], execRules });
    await plane.apply(namespace('team'), node('node-1'));
    await plane.kubectl(['wait', '--for=condition=Ready', 'node/node-1', '--timeout=60s']);
  });
  afterAll(() => plane?.stop());

  it('is of the version that it is built from', async () => {
    const version = JSON.parse(await plane.kubectl(['version', '-o', 'json'])) as Record<string, unknown>;
    expect(version).toMatchObject({ serverVersion: { gitVersion: 'v1.34.4', minor: '34' } });
    expect(plane.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  });

  it('refuses a user without a role, and lets one do what the role says and nothing else', async () => {
    const refused = await plane.tryKubectl(['get', 'pods'], { user: 'guest' });
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain('Error from server (Forbidden): pods is forbidden: User "guest"');
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }];
    await plane.apply(...roleFor('reader', 'team', rules));
    await plane.kubectl(['get', 'pods', '-n', 'team'], { user: 'reader' });
    const more = await plane.tryKubectl(['get', 'secrets', '-n', 'team'], { user: 'reader' });
    expect(more.stderr).toContain('Forbidden');
    expect((await fetchStatus(plane, 'wrong')).code).toBe(401);
    expect((await fetchStatus(plane, plane.token('guest'))).code).toBe(403);
  });

  it('lets a service account in under its own name', async () => {
    await plane.kubectl(['create', 'serviceaccount', 'worker', '-n', 'team']);
    const kubeconfig = await plane.serviceAccountKubeconfig('team', 'worker');
    const who = await plane.tryKubectl(['auth', 'whoami', '-o', 'json', `--kubeconfig=${kubeconfig}`]);
    expect(who.stdout).toContain('"system:serviceaccount:team:worker"');
  });

  it('schedules a pod, makes it ready and runs commands in it on this machine', async () => {
    await plane.apply(pod({ name: 'plain', namespace: 'team' }), pod({ name: 'told', namespace: 'team' }));
    await plane.kubectl(['wait', '--for=condition=Ready', 'pod/plain', 'pod/told', '-n', 'team']);
    const where = await plane.kubectl(['get', 'pod/plain', '-n', 'team', '-o', 'jsonpath={.spec.nodeName}']);
    expect(where).toBe('node-1');
    const show = ['bash', '-c', 'cat; echo "$TOLD"; echo "$PWD" >&2'];
    expect(await run(plane, 'plain', show, 'some words\n')).toEqual({
      stdout: 'some words\n\n',
      stderr: '/\n',
      status: 'Success',
    });
    expect(await run(plane, 'told', show, '')).toMatchObject({ stdout: 'of this pod only\n' });
    expect(await run(plane, 'plain', ['bash', '-c', 'exit 3'], '')).toMatchObject({ status: 'Failure' });
  });

  it('binds a claim to the volume that is made for it', async () => {
    const capacity = { storage: '1Gi' };
    const accessModes = ['ReadWriteMany'];
    await plane.apply(
      {
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        metadata: { name: 'made' },
        spec: { capacity, accessModes, storageClassName: 'none', hostPath: { path: '/nowhere' } },
      },
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'data', namespace: 'team' },
        spec: { accessModes, storageClassName: 'none', resources: { requests: capacity } },
      },
    );
    const bound = ['wait', '--for=jsonpath={.status.phase}=Bound', 'pvc/data', '-n', 'team', '--timeout=60s'];
    expect((await plane.tryKubectl(bound)).stdout).toContain('condition met');
  });

  it('keeps what it holds when the API server ends and comes back on the same port', async () => {
    await plane.stopApiServer();
    expect((await plane.tryKubectl(['get', 'nodes'])).stderr).toContain('refused');
    await plane.startApiServer();
    expect(await plane.kubectl(['get', 'nodes', '-o', 'name'])).toBe('node/node-1\n');
  });

  it('stands beside another one, and leaves nothing behind', async () => {
    const other = await ControlPlane.start();
    expect(other.url).not.toBe(plane.url);
    expect(await other.kubectl(['get', 'nodes', '-o', 'name'])).toBe('');
    await other.stop();
    expect(existsSync(other.folder)).toBe(false);
    await expect(fetchStatus(other, other.token())).rejects.toThrow('nobody answers');
  });
});

async function fetchStatus(plane: ControlPlane, token: string): Promise<V1Status> {
  const args = ['get', '--raw', '/api/v1/pods', `--server=${plane.url}`, `--token=${token}`];
  // Without a kubeconfig: the token alone says who comes.
  const outcome = await plane.tryKubectl(['--kubeconfig=/dev/null', '--insecure-skip-tls-verify', ...args]);
  if (outcome.stderr.includes('refused')) throw new Error('nobody answers');
  const code = /Unauthorized/.test(outcome.stderr) ? 401 : /Forbidden/.test(outcome.stderr) ? 403 : 0;
  return { code };
}

async function run(
  plane: ControlPlane,
  name: string,
  argv: string[],
  stdin: string,
): Promise<{ stdout: string; stderr: string; status: string | undefined }> {
  const config = new KubeConfig();
  config.loadFromFile(plane.kubeconfig());
  const [input, output, errors] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const printed = Promise.all([text(output), text(errors)]);
  const status = new Promise<V1Status>((resolve, reject) => {
    new Exec(config)
      .exec('team', name, 'main', argv, output, errors, input, false, resolve)
      .then(() => input.end(stdin))
      .catch((error: unknown) => reject(error as Error));
  });
  const [stdout, stderr] = await printed;
  return { stdout, stderr, status: (await status).status };
}
