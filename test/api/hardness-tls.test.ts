import { execFileSync } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createClient } from '../../src/client/client.ts';
import { startManager, testKeys } from '../support/manager.ts';
import { RecordingLog } from '../support/recording-log.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const openssl = 'openssl';

interface Pair {
  readonly cert: string;
  readonly key: string;
}

/** Makes a self-signed certificate with its key. */
function makePair(folder: string, name: string, days = 30): Pair {
  const pair = { cert: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'];
  if (days > 0) {
    const files = ['-keyout', pair.key, '-out', pair.cert];
    execFileSync(openssl, ['req', '-x509', ...curve, ...subject, '-days', String(days), ...files], {
      stdio: 'ignore',
    });
    return pair;
  }
  // `req` makes none that is expired; signing a request does.
  const csr = join(folder, `${name}.csr`);
  execFileSync(
    'openssl',
    ['req', '-new', ...curve, '-subj', `/CN=${name}`, '-keyout', pair.key, '-out', csr],
    { stdio: 'ignore' },
  );
  execFileSync(openssl, ['x509', '-req', '-in', csr, '-key', pair.key, '-days', '-1', '-out', pair.cert], {
    stdio: 'ignore',
  });
  return pair;
}

async function startWithTls(env: Record<string, string> = {}) {
  const folder = temporaryFolder();
  const served = { cert: join(folder, 'served.crt'), key: join(folder, 'served.key') };
  const put = (pair: Pair): void => {
    copyFileSync(pair.cert, served.cert);
    copyFileSync(pair.key, served.key);
  };
  put(makePair(folder, 'first'));
  const log = new RecordingLog();
  const tls = { MORTAR_TLS_CERT_FILE: served.cert, MORTAR_TLS_KEY_FILE: served.key, ...env };
  const manager = await startManager({ env: tls, overrides: { log } });
  const url = manager.url.replace('http:', 'https:');
  return { ...manager, url, folder, served, put, log };
}

const open = (url: string, options = {}): Promise<TLSSocket> =>
  new Promise((resolve, reject) => {
    const socket = connect({
      host: '127.0.0.1',
      port: Number(new URL(url).port),
      rejectUnauthorized: false,
      ...options,
    });
    onTestFinished(() => void socket.destroy());
    socket.once('secureConnect', () => resolve(socket));
    socket.once('error', reject);
  });

const servedName = async (url: string): Promise<string> => {
  const socket = await open(url);
  const { CN } = socket.getPeerCertificate().subject;
  socket.destroy();
  return String(CN);
};

const sayHello = (url: string, agent: Agent): Promise<{ port: number | undefined; headers: object }> =>
  new Promise((resolve, reject) => {
    const outgoing = request(`${url}/hello`, { agent }, (answer) => {
      answer.resume();
      answer.once('end', () => resolve({ port: outgoing.socket?.localPort, headers: answer.headers }));
    });
    outgoing.once('error', reject);
    outgoing.end();
  });

describe('TLS', () => {
  it('is spoken from 1.2 on, and from 1.3 on where that is wanted', async () => {
    const { url } = await startWithTls();
    expect((await open(url, { maxVersion: 'TLSv1.2' })).getProtocol()).toBe('TLSv1.2');
    expect((await open(url)).getProtocol()).toBe('TLSv1.3');
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
    await expect(open(url, old)).rejects.toThrow(/protocol version/);
    const strict = await startWithTls({ MORTAR_TLS_MIN_VERSION: 'TLSv1.3' });
    await expect(open(strict.url, { maxVersion: 'TLSv1.2' })).rejects.toThrow(/protocol version/);
  });

  it('takes a new certificate without breaking a connection', async () => {
    const { url, app, folder, put, log } = await startWithTls();
    const agent = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });
    onTestFinished(() => agent.destroy());
    const before = await sayHello(url, agent);
    put(makePair(folder, 'second'));
    app.reloadCertificate();
    expect(await servedName(url)).toBe('second');
    // The same connection, with the old certificate.
    expect((await sayHello(url, agent)).port).toBe(before.port);
    expect(log.messages('info')).toContain('a new certificate is served to new connections');
  });

  it('takes it by itself when the files change', async () => {
    const { url, folder, put } = await startWithTls({ MORTAR_TLS_WATCH_SECONDS: '1' });
    expect(await servedName(url)).toBe('first');
    put(makePair(folder, 'second'));
    await expect.poll(() => servedName(url)).toBe('second');
  });

  it('keeps the old certificate when the new one cannot be used, and says why, without a word of the key', async () => {
    const { url, app, folder, served, put, log } = await startWithTls();
    const spoil: [change: () => void, reason: RegExp][] = [
      [() => writeFileSync(served.cert, 'nonsense'), /tls\.cert_file: .*no certificate in PEM/],
      [
        () => copyFileSync(makePair(folder, 'other').cert, served.cert),
        /tls\.key_file: .*is not the key of the certificate/,
      ],
      [() => writeFileSync(served.key, 'SECRET-NONSENSE'), /tls\.key_file: .*no private key in PEM/],
      [() => put(makePair(folder, 'old', 0)), /tls\.cert_file: .*expired on /],
      [() => writeFileSync(served.key, ''), /tls\.key_file/],
    ];
    for (const [change, reason] of spoil) {
      change();
      app.reloadCertificate();
      const line = log.lines.filter(({ level }) => level === 'error').at(-1);
      expect(line).toMatchObject({
        message: 'the new certificate cannot be used; the old one is kept',
        fields: { reason: expect.stringMatching(reason) },
      });
      expect(await servedName(url)).toBe('first');
    }
    expect(JSON.stringify(log.lines)).not.toContain('SECRET-NONSENSE');
  });

  it('does not begin with a certificate that cannot be used', async () => {
    const folder = temporaryFolder();
    const [one, other] = [makePair(folder, 'one'), makePair(folder, 'other')];
    const env = { MORTAR_TLS_CERT_FILE: one.cert, MORTAR_TLS_KEY_FILE: other.key };
    await expect(startManager({ env })).rejects.toMatchObject({
      code: 'config.invalid',
      message: expect.stringContaining('is not the key of the certificate'),
    });
  });

  it('is checked by the client against the authority it is given, unless it is told not to', async () => {
    const { url, folder, served } = await startWithTls();
    const get = async (tls: { caFiles?: string[]; insecure?: boolean }) => {
      const client = createClient({ server: url, user: 'admin', key: testKeys.admin, tls });
      onTestFinished(() => client.close());
      return client.clusters.list();
    };
    expect(await get({ caFiles: [served.cert] })).toEqual({ clusters: [] });
    expect(await get({ insecure: true })).toEqual({ clusters: [] });
    await expect(get({})).rejects.toThrow(/certificate: self-signed .*--tls-cert/);
    await expect(get({ caFiles: [makePair(folder, 'stranger').cert] })).rejects.toThrow(/certificate/);
  });
});

describe('every answer', () => {
  it('tells browsers to be careful', async () => {
    const { wire } = await startManager();
    for (const path of ['/hello', '/clusters', '/nowhere', '/docs', '/openapi.json']) {
      const { headers } = await wire.send(path);
      expect(Object.fromEntries(headers)).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'SAMEORIGIN',
        'referrer-policy': 'no-referrer',
        'content-security-policy': expect.stringContaining("default-src 'self'"),
        'strict-transport-security': expect.stringContaining('max-age='),
        'cross-origin-resource-policy': 'same-origin',
      });
      expect(headers.has('x-powered-by')).toBe(false);
      expect(headers.has('access-control-allow-origin')).toBe(false);
    }
  });
});
