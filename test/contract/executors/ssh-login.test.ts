import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AppError } from '../../../src/errors.ts';
import type { SshExecutor } from '../../../src/executors/ssh/ssh-executor.ts';
import { hello, SshFixture } from './ssh-fixture.ts';
import { execute, freePort, makeKey, Sshd } from './sshd.ts';
import { until } from './until.ts';

const passphrase = 'correct horse battery staple';

describe('the login', () => {
  let sshd: Sshd;
  let fixture: SshFixture;
  let strangerFile: string;
  let lockedFile: string;
  const agents: ChildProcess[] = [];

  beforeAll(async () => {
    sshd = await Sshd.start();
    fixture = new SshFixture(sshd);
    strangerFile = join(sshd.folder, 'stranger');
    await makeKey(strangerFile);
    lockedFile = join(sshd.folder, 'locked');
    await makeKey(lockedFile, passphrase);
    await sshd.authorize(`${lockedFile}.pub`);
  });
  afterEach(() => fixture.close());
  afterAll(async () => {
    for (const agent of agents) agent.kill();
    await sshd.stop();
  });

  const refusal = async (executor: SshExecutor): Promise<AppError> => {
    const error = await hello(executor).then(
      () => new Error('was let in'),
      (thrown: unknown) => thrown as AppError,
    );
    expect(error).toMatchObject({ code: 'node.login_refused' });
    return error as AppError;
  };
  const print = async (keyFile: string): Promise<string> => {
    const { stdout } = await execute('ssh-keygen', ['-l', '-f', `${keyFile}.pub`]);
    return stdout.split(' ')[1] ?? '';
  };

  it('tries the keys in order', async () => {
    expect(await hello(fixture.executor({ keyFiles: [strangerFile, sshd.keyFile] }))).toBe('hello\n');
  });

  it.each(['rsa', 'ecdsa'])('works with a key of type %s', async (type) => {
    const file = join(sshd.folder, `id_${type}`);
    await execute('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', file]);
    await sshd.authorize(`${file}.pub`);
    expect(await hello(fixture.executor({ keyFiles: [file] }))).toBe('hello\n');
  });

  it('with a key that the node does not know says who and what was tried', async () => {
    const error = await refusal(fixture.executor({ keyFiles: [strangerFile] }));
    expect(error.message).toBe(
      `127.0.0.1: refused the login of root (tried the key ${strangerFile} (${await print(strangerFile)}); the node accepts publickey)`,
    );
    expect(error.details).toMatchObject({ user: 'root', nodeId: 'n1' });
  });

  it('of a user whom the node does not know is refused', async () => {
    const error = await refusal(fixture.executor({ user: 'nobody-of-that-name' }));
    expect(error.message).toContain('refused the login of nobody-of-that-name (tried the key');
  });

  it('without any key says so', async () => {
    expect((await refusal(fixture.executor({ keyFiles: [] }))).message).toContain('no key could be tried');
  });

  it('with a key that cannot be read says so', async () => {
    const error = await refusal(fixture.executor({ keyFiles: ['/no/such/key', '/etc/hostname'] }));
    expect(error.message).toContain('the key /no/such/key cannot be read: ENOENT');
    expect(error.message).toContain('the key /etc/hostname cannot be used');
  });

  it('reads the key anew for each connection', async () => {
    const file = join(sshd.folder, 'replaced');
    await writeFile(file, await readFile(strangerFile));
    const executor = fixture.executor({ keyFiles: [file] });
    await refusal(executor);
    await writeFile(file, await readFile(sshd.keyFile));
    await until('the new key is used', () => hello(executor).then(Boolean, () => false));
    expect(await hello(executor)).toBe('hello\n');
  });

  describe('with an encrypted key', () => {
    it('takes its passphrase', async () => {
      expect(await hello(fixture.executor({ keyFiles: [lockedFile], passphrase }))).toBe('hello\n');
    });

    it('takes its passphrase from a file', async () => {
      const passphraseFile = join(sshd.folder, 'passphrase');
      await writeFile(passphraseFile, `${passphrase}\n`);
      expect(await hello(fixture.executor({ keyFiles: [lockedFile], passphraseFile }))).toBe('hello\n');
    });

    it('says what is wrong with the passphrase without telling it', async () => {
      const wrong = 'wrong passphrase 123';
      const errors = [
        await refusal(fixture.executor({ keyFiles: [lockedFile] })),
        await refusal(fixture.executor({ keyFiles: [lockedFile], passphrase: wrong })),
        await refusal(fixture.executor({ keyFiles: [strangerFile], passphrase: wrong })),
      ];
      const keyText = (await readFile(lockedFile, 'utf8')).split('\n')[2] ?? '';
      for (const error of errors) {
        const told = inspect(error, { depth: 10 });
        expect(told).not.toContain(wrong);
        expect(told).not.toContain(keyText);
      }
      expect(errors[0]?.message).toContain(`the key ${lockedFile} cannot be used`);
      expect(errors[1]?.message).toContain(`the key ${lockedFile} cannot be used`);
    });
  });

  describe('with an agent', () => {
    const startAgent = async (keyFile?: string): Promise<string> => {
      const socket = join(sshd.folder, `agent${agents.length}`);
      agents.push(spawn('/usr/bin/ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' }));
      await until('the agent listens', () => existsSync(socket));
      const env = { ...process.env, SSH_AUTH_SOCK: socket };
      if (keyFile !== undefined) await execute('ssh-add', ['-q', keyFile], { env });
      return socket;
    };

    it('uses its keys', async () => {
      const agentSocket = await startAgent(sshd.keyFile);
      expect(await hello(fixture.executor({ keyFiles: [], agentSocket }))).toBe('hello\n');
      expect(await hello(fixture.executor({ keyFiles: [strangerFile], agentSocket }))).toBe('hello\n');
    });

    it('that has no key for the node says so', async () => {
      const agentSocket = await startAgent();
      const error = await refusal(fixture.executor({ keyFiles: [], agentSocket }));
      expect(error.message).toContain(`tried the keys of the agent ${agentSocket}`);
    });

    it('that does not answer says so, and the keys are tried all the same', async () => {
      const agentSocket = '/no/such/socket';
      expect((await refusal(fixture.executor({ keyFiles: [], agentSocket }))).message).toContain(
        'the agent: Failed to connect to agent',
      );
      expect(await hello(fixture.executor({ agentSocket }))).toBe('hello\n');
    });
  });

  describe('by way of a jump host', () => {
    const node = { nodeId: 'n1', address: 'localhost' };
    const jump = (more: object = {}) => ({
      jump: { host: '127.0.0.1', port: sshd.port, user: 'root', keyFiles: [sshd.keyFile], ...more },
    });

    it('reaches the node', async () => {
      const executor = fixture.executor(jump());
      const hosts = [node, { nodeId: 'n2', address: '::1' }, { nodeId: 'n3', address: '127.0.0.1' }];
      expect(await Promise.all(hosts.map((host) => hello(executor, host)))).toEqual([
        'hello\n',
        'hello\n',
        'hello\n',
      ]);
      const [result] = await executor.run(node, [{ label: 'who', argv: ['printenv', 'SSH_CONNECTION'] }], {
        timeoutMs: 10_000,
      });
      // The connection to the node comes from the jump host.
      expect(result?.stdout).toMatch(/^(::1|127\.0\.0\.1) \d+ /);
    });

    it('checks the host key of the node, and of the jump host', async () => {
      const file = join(sshd.folder, 'only-jump');
      await writeFile(file, `[127.0.0.1]:${sshd.port} ${await sshd.publicHostKey()}\n`);
      await expect(
        hello(fixture.executor({ ...jump(), knownHostsFiles: [file] }), node),
      ).rejects.toMatchObject({
        code: 'node.host_key_unknown',
        message: expect.stringMatching(/^localhost: its host key/) as string,
      });
      await writeFile(file, `[localhost]:${sshd.port} ${await sshd.publicHostKey()}\n`);
      await expect(
        hello(fixture.executor({ ...jump(), knownHostsFiles: [file] }), node),
      ).rejects.toMatchObject({
        code: 'node.host_key_unknown',
        message: expect.stringMatching(
          /^localhost: on the way, at the jump host 127.0.0.1: its host key/,
        ) as string,
        details: { nodeId: 'n1', host: 'localhost' },
      });
    });

    it('names the jump host when it is the one that refuses', async () => {
      const refused = hello(fixture.executor(jump({ keyFiles: [strangerFile] })), node);
      await expect(refused).rejects.toMatchObject({
        code: 'node.login_refused',
        message: expect.stringMatching(
          /^localhost: on the way, at the jump host 127.0.0.1: refused the login/,
        ) as string,
      });
      const port = await freePort();
      await expect(hello(fixture.executor(jump({ port })), node)).rejects.toMatchObject({
        code: 'node.unreachable',
        message: `localhost: on the way, at the jump host 127.0.0.1: cannot be reached at 127.0.0.1:${port}: connection refused`,
      });
    });

    it('names the node when the jump host cannot reach it', async () => {
      const port = await freePort();
      await expect(hello(fixture.executor({ ...jump(), port }), node)).rejects.toMatchObject({
        code: 'node.unreachable',
        message: `localhost: cannot be reached at localhost:${port}: the jump host says: Connection refused`,
      });
      const nowhere = { nodeId: 'n2', address: 'no-such-host.invalid' };
      await expect(hello(fixture.executor(jump()), nowhere)).rejects.toMatchObject({
        code: 'node.name_unresolved',
      });
    });
  });
});
