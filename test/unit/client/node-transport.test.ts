import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { clientOf, listen } from './support.ts';

interface Certificate {
  readonly keyFile: string;
  readonly certFile: string;
}

const openssl = 'openssl';

function selfSigned(folder: string, subject: string, names: string, days = 2): Certificate {
  const keyFile = join(folder, 'key.pem');
  const certFile = join(folder, 'cert.pem');
  const argv = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  argv.push('-keyout', keyFile, '-out', certFile, '-subj', `/CN=${subject}`, '-days', String(days));
  execFileSync(openssl, [...argv, '-addext', `subjectAltName=${names}`], { stdio: 'ignore' });
  return { keyFile, certFile };
}

async function listenTls({ keyFile, certFile }: Certificate): Promise<number> {
  const options = { key: readFileSync(keyFile), cert: readFileSync(certFile) };
  const server = createServer(options, (_, response) => response.end('Hello from Heketi'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

describe('a server with TLS', () => {
  it('is trusted when its CA is given, and refused by name of the certificate when not', async () => {
    const certificate = selfSigned(temporaryFolder(), 'storage.example', 'IP:127.0.0.1');
    const server = `https://127.0.0.1:${await listenTls(certificate)}`;
    const trusting = clientOf({ server, tls: { caFiles: [certificate.certFile] } });
    expect(await trusting.hello()).toBe('Hello from Heketi');
    await expect(clientOf({ server }).hello()).rejects.toThrow(
      `Get "${server}/hello": certificate: self-signed (CN=storage.example) and not trusted; give its CA with --tls-cert`,
    );
  });

  it('is taken as it is when that is asked for', async () => {
    const certificate = selfSigned(temporaryFolder(), 'storage.example', 'DNS:other');
    const server = `https://127.0.0.1:${await listenTls(certificate)}`;
    expect(await clientOf({ server, tls: { insecure: true } }).hello()).toBe('Hello from Heketi');
  });

  it('is refused when its certificate is made for other names, and they are told', async () => {
    const certificate = selfSigned(temporaryFolder(), 'storage.example', 'DNS:storage.example');
    const server = `https://127.0.0.1:${await listenTls(certificate)}`;
    const client = clientOf({ server, tls: { caFiles: [certificate.certFile] } });
    await expect(client.hello()).rejects.toThrow(
      'certificate: made for DNS:storage.example, not for 127.0.0.1',
    );
  });

  it('is asked for its certificate without being sent a token', async () => {
    const certificate = selfSigned(temporaryFolder(), 'storage.example', 'IP:127.0.0.1');
    const options = { key: readFileSync(certificate.keyFile), cert: readFileSync(certificate.certFile) };
    let requests = 0;
    const server = createServer(options, () => {
      requests += 1;
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    await expect(clientOf({ server: `https://127.0.0.1:${port}` }).clusters.list()).rejects.toThrow(
      'certificate: self-signed',
    );
    expect(requests).toBe(0);
  });

  it('that speaks plain HTTP is told apart', async () => {
    const server = (await listen((_, response) => response.end())).replace('http:', 'https:');
    await expect(clientOf({ server }).hello()).rejects.toThrow('the server does not speak TLS here');
  });

  it('needs a CA file that can be read', () => {
    const tls = { caFiles: ['/nowhere/ca.pem'] };
    expect(() => clientOf({ server: 'https://host', tls })).toThrow(
      '--tls-cert: /nowhere/ca.pem cannot be read',
    );
  });
});

describe('a server that is not there', () => {
  it('is named together with the cause, in the words that heketi-cli has', async () => {
    const unused = createTcpServer();
    await new Promise<void>((resolve) => unused.listen(0, '127.0.0.1', resolve));
    const { port } = unused.address() as AddressInfo;
    await new Promise((resolve) => unused.close(resolve));
    await expect(clientOf({ server: `http://127.0.0.1:${port}` }).clusters.list()).rejects.toThrow(
      `Get "http://127.0.0.1:${port}/clusters": dial tcp 127.0.0.1:${port}: connect: connection refused`,
    );
  });

  it('has a name that does not resolve', async () => {
    const client = clientOf({ server: 'http://no-such-host.invalid:8080' });
    await expect(client.hello()).rejects.toThrow(/lookup no-such-host\.invalid: /);
  });

  it('closes the connection without an answer', async () => {
    const server = await listen((request) => request.socket.destroy());
    await expect(clientOf({ server }).hello()).rejects.toThrow(
      `Get "${server}/hello": the server closed the connection without an answer`,
    );
  });

  it('speaks something else than HTTP', async () => {
    const server = createTcpServer((socket) => socket.end('220 smtp.example ready\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    await expect(clientOf({ server: `http://127.0.0.1:${port}` }).hello()).rejects.toThrow(
      'the server does not speak HTTP here',
    );
  });
});

describe('a connection', () => {
  it('is kept for the next request', async () => {
    const ports = new Set<number | undefined>();
    const server = await listen((request, response) => {
      ports.add(request.socket.remotePort);
      response.end('hello');
    });
    const client = clientOf({ server });
    for (let times = 0; times < 5; times += 1) await client.hello();
    expect(ports.size).toBe(1);
  });

  it('is ended by close, also under a request', async () => {
    const server = await listen(() => client.close());
    const client = clientOf({ server });
    await expect(client.hello()).rejects.toThrow('the client was closed');
    await expect(client.hello()).rejects.toThrow('the client was closed');
  });

  it('ends with the reason of the signal when it is aborted', async () => {
    const abort = new AbortController();
    const server = await listen(() => abort.abort(new Error('enough')));
    await expect(clientOf({ server }).hello({ signal: abort.signal })).rejects.toThrow('enough');
  });

  it('that breaks off inside an answer is an error', async () => {
    const server = await listen((_, response) => {
      response.writeHead(200, { 'Content-Length': '100' });
      response.write('half', () => response.destroy());
    });
    await expect(clientOf({ server }).hello()).rejects.toThrow(`Get "${server}/hello": `);
  });
});
