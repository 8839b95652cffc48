import { existsSync } from 'node:fs';
import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hello, node, SshFixture } from './ssh-fixture.ts';
import { execute, makeKey, Sshd } from './sshd.ts';

describe('the host key of a node', () => {
  let sshd: Sshd;
  let fixture: SshFixture;
  let file: string;
  let keyLine: string;
  let fingerprint: string;

  beforeAll(async () => {
    sshd = await Sshd.start();
    fixture = new SshFixture(sshd);
    file = join(sshd.folder, 'own', 'known_hosts');
    keyLine = `[127.0.0.1]:${sshd.port} ${await sshd.publicHostKey()}`;
    const { stdout } = await execute('ssh-keygen', ['-l', '-f', `${sshd.hostKeyFile}.pub`]);
    fingerprint = stdout.split(' ')[1] ?? '';
  });
  afterEach(async () => {
    await fixture.close();
    await rm(join(sshd.folder, 'own'), { recursive: true, force: true });
  });
  afterAll(() => sshd.stop());

  const otherKey = async (): Promise<{ line: string; fingerprint: string }> => {
    const keyFile = join(sshd.folder, 'other_host_key');
    if (!existsSync(keyFile)) await makeKey(keyFile);
    const [type, key] = (await readFile(`${keyFile}.pub`, 'utf8')).split(' ');
    const { stdout } = await execute('ssh-keygen', ['-l', '-f', keyFile]);
    return { line: `[127.0.0.1]:${sshd.port} ${type} ${key}`, fingerprint: stdout.split(' ')[1] ?? '' };
  };
  const write = async (text: string): Promise<void> => {
    const known = join(sshd.folder, 'known_hosts.test');
    await writeFile(known, text);
    file = known;
  };

  it('is looked up in every file', async () => {
    await write('# nothing of interest\n');
    expect(
      await hello(fixture.executor({ knownHostsFiles: ['/no/such/file', file, sshd.knownHostsFile] })),
    ).toBe('hello\n');
  });

  it('is found in the files that ssh-keygen has hashed', async () => {
    await write(`${keyLine}\n`);
    await execute('ssh-keygen', ['-q', '-H', '-f', file]);
    expect(await readFile(file, 'utf8')).toMatch(/^\|1\|/);
    expect(await hello(fixture.executor({ knownHostsFiles: [file] }))).toBe('hello\n');
  });

  it('that is unknown is refused with its fingerprint and the line to add, and nothing is written', async () => {
    await write('');
    await expect(hello(fixture.executor({ knownHostsFiles: [file] }))).rejects.toMatchObject({
      code: 'node.host_key_unknown',
      message: `127.0.0.1: its host key ${fingerprint} is not on record. Compare it on the node, then add this line to ${file}: ${keyLine}`,
      details: { nodeId: 'n1', host: '127.0.0.1', fingerprint, line: keyLine, file },
    });
    expect(await readFile(file, 'utf8')).toBe('');
    await appendFile(file, `${keyLine}\n`);
    expect(await hello(fixture.executor({ knownHostsFiles: [file] }))).toBe('hello\n');
  });

  it('that is unknown is written down at first sight where this is wanted', async () => {
    file = join(sshd.folder, 'own', 'known_hosts');
    const options = { knownHostsFiles: [file], hostKeyChecking: 'accept-new' } as const;
    expect(await hello(fixture.executor(options))).toBe('hello\n');
    expect(await readFile(file, 'utf8')).toBe(`${keyLine}\n`);
    // The second time it is known, also to those who are strict.
    expect(await hello(fixture.executor({ ...options, hostKeyChecking: 'strict' }))).toBe('hello\n');
    expect(await hello(fixture.executor(options))).toBe('hello\n');
    expect(await readFile(file, 'utf8')).toBe(`${keyLine}\n`);
  });

  it('is written on a line of its own, once for each name', async () => {
    await write('# a file whose last line has no end');
    const executor = fixture.executor({ knownHostsFiles: [file], hostKeyChecking: 'accept-new' });
    const hosts = ['127.0.0.1', 'localhost', '127.0.0.1', '::1'].map((address, index) => ({
      nodeId: `n${index}`,
      address,
    }));
    await Promise.all(hosts.map((host) => hello(executor, host)));
    const lines = (await readFile(file, 'utf8')).split('\n');
    expect(lines[0]).toBe('# a file whose last line has no end');
    const key = await sshd.publicHostKey();
    const expected = ['127.0.0.1', 'localhost', '::1'].map((name) => `[${name}]:${sshd.port} ${key}`);
    expect(lines.slice(1).toSorted()).toEqual([...expected, ''].toSorted());
  });

  it.each(['strict', 'accept-new'] as const)(
    'that has changed is refused with both fingerprints (%s)',
    async (checking) => {
      const other = await otherKey();
      await write(`# first line\n${other.line}\n`);
      const executor = fixture.executor({ knownHostsFiles: [file], hostKeyChecking: checking });
      await expect(hello(executor)).rejects.toMatchObject({
        code: 'node.host_key_changed',
        message: `127.0.0.1: it shows the host key ${fingerprint}, but ${other.fingerprint} is on record in ${file}:2. Either the node was set up anew or something else answers in its place`,
        details: { fingerprint, recorded: other.fingerprint, file, lineNumber: 2 },
      });
      expect(await readFile(file, 'utf8')).toBe(`# first line\n${other.line}\n`);
    },
  );

  it('of another type than the one on record counts as changed', async () => {
    const rsaFile = join(sshd.folder, 'rsa_only');
    await execute('ssh-keygen', ['-q', '-t', 'rsa', '-b', '2048', '-N', '', '-f', rsaFile]);
    const [type, key] = (await readFile(`${rsaFile}.pub`, 'utf8')).split(' ');
    await write(`[127.0.0.1]:${sshd.port} ${type} ${key}\n`);
    const executor = fixture.executor({ knownHostsFiles: [file], hostKeyChecking: 'accept-new' });
    await expect(hello(executor)).rejects.toMatchObject({ code: 'node.host_key_changed' });
  });

  it('that is revoked is refused', async () => {
    await write(`${keyLine}\n@revoked * ${await sshd.publicHostKey()}\n`);
    await expect(hello(fixture.executor({ knownHostsFiles: [file] }))).rejects.toMatchObject({
      code: 'node.host_key_changed',
      message: `127.0.0.1: its host key ${fingerprint} is marked as revoked in ${file}:2`,
    });
  });

  it('that only an authority vouches for is refused, and the error says why', async () => {
    await write(`@cert-authority * ${await sshd.publicHostKey()}\n`);
    await expect(hello(fixture.executor({ knownHostsFiles: [file] }))).rejects.toMatchObject({
      code: 'node.host_key_unknown',
      message: expect.stringContaining(`${file}:1 names a certificate authority for it`) as string,
    });
  });

  it('is asked for in the type that is on record', async () => {
    const rsaFile = join(sshd.folder, 'host_rsa');
    await execute('ssh-keygen', ['-q', '-t', 'rsa', '-b', '2048', '-N', '', '-f', rsaFile]);
    const two = await Sshd.start({ settings: [`HostKey ${rsaFile}`] });
    try {
      const [type, key] = (await readFile(`${rsaFile}.pub`, 'utf8')).split(' ');
      await write(`[127.0.0.1]:${two.port} ${type} ${key}\n`);
      const executor = new SshFixture(two).executor({ knownHostsFiles: [file] });
      expect(await hello(executor)).toBe('hello\n');
      await executor.close();
    } finally {
      await two.stop();
    }
  });

  it('is checked again for each connection', async () => {
    await write(`${keyLine}\n`);
    const executor = fixture.executor({ knownHostsFiles: [file] });
    expect(await hello(executor)).toBe('hello\n');
    await write(`${(await otherKey()).line}\n`);
    expect(await hello(executor)).toBe('hello\n');
    executor.forget(node.nodeId);
    await expect(hello(executor)).rejects.toMatchObject({ code: 'node.host_key_changed' });
  });
});
