import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connectCluster } from '../../src/kubernetes/cluster.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { FakeKube } from '../support/fake-kube.ts';
import { startManager, type TestManager } from '../support/manager.ts';
import { putClaim, putClass, startProvisioner } from '../support/provisioner.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const reasonsOf = (kube: FakeKube): string[] =>
  kube
    .all('events')
    .filter(({ reason }) => reason === 'ProvisioningFailed')
    .map(({ message }) => message as string);

/** What the claim says of a server that it cannot get a volume from. */
async function toldBy(manager: TestManager, url = manager.url): Promise<string> {
  const kube = new FakeKube();
  putClass(kube, url);
  startProvisioner(kube, { longestPauseMs: 1000 });
  putClaim(kube, 'data');
  await expect.poll(() => reasonsOf(kube).length).toBeGreaterThan(0);
  return reasonsOf(kube)[0] ?? '';
}

describe('a claim tells of the way to Mortar', () => {
  it('that nobody vouches for its certificate, and what helps', async () => {
    const folder = temporaryFolder();
    const [cert, key] = [join(folder, 'tls.crt'), join(folder, 'tls.key')];
    execFileSync(
      'openssl',
      `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=mortar -addext subjectAltName=IP:127.0.0.1 -keyout ${key} -out ${cert}`.split(
        ' ',
      ),
      { stdio: 'ignore' },
    );
    const manager = await startManager({ env: { MORTAR_TLS_CERT_FILE: cert, MORTAR_TLS_KEY_FILE: key } });
    const told = await toldBy(manager, manager.url.replace('http:', 'https:'));
    expect(told).toMatch(/cannot be reached/);
    expect(told).toMatch(/certificate/);
    expect(told).toMatch(/--tls-cert/);
  });

  it('that the clocks differ', async () => {
    const behindMs = 3_600_000;
    const clock = { ...systemClock, now: () => systemClock.now() - behindMs };
    const manager = await startManager({ overrides: { clock } });
    expect(await toldBy(manager)).toMatch(/compare the clocks of the two machines/);
  });
});

describe('the API server', () => {
  it('that is busy is asked again when it says, and no earlier', async () => {
    const asked: string[] = [];
    const answers = [429, 429, 200];
    const server = createServer((request: IncomingMessage, response: ServerResponse) => {
      asked.push(`${request.method} ${request.url}`);
      const status = answers[asked.length - 1] ?? 500;
      response
        .writeHead(status, { 'content-type': 'application/json', 'retry-after': '7' })
        .end(JSON.stringify({ kind: 'Status', status }));
    });
    server.listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const kubeconfig = join(temporaryFolder(), 'config');
    writeFileSync(
      kubeconfig,
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        clusters: [
          { name: 'one', cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } },
        ],
        users: [{ name: 'one', user: {} }],
        contexts: [{ name: 'one', context: { cluster: 'one', user: 'one' } }],
        'current-context': 'one',
      }),
    );
    const pausesMs: number[] = [];
    const clock = {
      ...systemClock,
      sleep: (durationMs: number) => {
        pausesMs.push(durationMs);
        return Promise.resolve();
      },
    };
    const api = connectCluster({ kubeconfig, env: {}, clock, userAgent: 'test' });
    await expect(api.request({ method: 'GET', path: '/api/v1/persistentvolumes' })).resolves.toMatchObject({
      status: 200,
    });
    expect(asked).toHaveLength(3);
    expect(pausesMs).toEqual([7000, 7000]);
  });
});
