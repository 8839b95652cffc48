import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Command } from '../../../src/executors/executor.ts';
import type { ManagedBatch } from './manager.ts';
import { readPid } from './place.ts';
import { hello, node, SshFixture } from './ssh-fixture.ts';
import { freePort, Sshd } from './sshd.ts';
import { failureOf, isRunning, until } from './until.ts';

const openSockets = (): number =>
  process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;

describe('the connection to a node', () => {
  let sshd: Sshd;
  let fixture: SshFixture;
  const servers: Server[] = [];
  const sockets = new Set<Socket>();

  beforeAll(async () => {
    sshd = await Sshd.start();
    fixture = new SshFixture(sshd);
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    for (const server of servers.splice(0)) server.close();
    await fixture.close();
    await rm(join(sshd.folder, '.bashrc'), { force: true });
  });
  afterAll(() => sshd.stop());

  const listen = async (onConnection: (socket: Socket) => void): Promise<number> => {
    const port = await freePort();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      onConnection(socket);
    });
    servers.push(server);
    await once(server.listen(port, '127.0.0.1'), 'listening');
    return port;
  };
  /** Carries bytes to the sshd until it is told not to; connections stay open, like those to a node without power. */
  const listenAsCable = async (): Promise<{ port: number; cut: () => void }> => {
    let whole = true;
    const port = await listen((near) => {
      const far = connect(sshd.port, '127.0.0.1');
      sockets.add(far);
      far.on('error', () => {});
      near.on('data', (chunk) => whole && far.write(chunk));
      far.on('data', (chunk) => whole && near.write(chunk));
      near.on('close', () => far.destroy());
      far.on('close', () => whole && near.destroy());
    });
    const key = await sshd.publicHostKey();
    await writeFile(join(sshd.folder, 'cable'), `[127.0.0.1]:${port} ${key}\n`);
    return {
      port,
      cut: () => {
        whole = false;
      },
    };
  };
  const endless = (name: string): Command => ({
    label: 'work',
    argv: ['sh', '-c', 'echo $$ >"$1"; exec sleep 1000', 'sh', join(sshd.folder, name)],
  });
  const serverPid = async (executor: ReturnType<SshFixture['executor']>): Promise<string | undefined> => {
    const [result] = await executor.run(node, [{ label: 'who', argv: ['printenv', 'SSH_CONNECTION'] }], {
      timeoutMs: 20_000,
    });
    return result?.stdout;
  };

  it('is made once and kept', async () => {
    const executor = fixture.executor();
    const first = await serverPid(executor);
    const others = await Promise.all(Array.from({ length: 10 }, () => serverPid(executor)));
    expect(new Set([first, ...others]).size).toBe(1);
  });

  it('is made anew after it was forgotten or the address changed', async () => {
    const executor = fixture.executor();
    const first = await serverPid(executor);
    executor.forget(node.nodeId);
    expect(await serverPid(executor)).not.toBe(first);
    expect(await hello(executor, { ...node, address: '::1' })).toBe('hello\n');
    executor.forget('unknown');
  });

  it('lets what is running end when it is forgotten', async () => {
    const executor = fixture.executor();
    const file = join(sshd.folder, 'forgotten');
    const script = 'echo $$ >"$1.pid"; until test -e "$1"; do sleep 0.05; done; echo done';
    const running = executor.run(node, [{ label: 'work', argv: ['sh', '-c', script, 'sh', file] }], {
      timeoutMs: 20_000,
    });
    await readPid(`${file}.pid`);
    executor.forget(node.nodeId);
    expect(await hello(executor)).toBe('hello\n');
    await writeFile(file, '');
    expect(await running).toMatchObject([{ stdout: 'done\n' }]);
  });

  it('works with IPv6 addresses and names', async () => {
    const executor = fixture.executor();
    for (const [index, address] of ['::1', 'localhost'].entries()) {
      expect(await hello(executor, { nodeId: `v${index}`, address })).toBe('hello\n');
    }
  });

  it('carries as many batches at once as sshd allows, and the others wait', async () => {
    const narrow = await Sshd.start({ settings: ['MaxSessions 2'] });
    try {
      const executor = new SshFixture(narrow).executor();
      const answers = await Promise.all(Array.from({ length: 20 }, () => hello(executor)));
      expect(new Set(answers)).toEqual(new Set(['hello\n']));
      await executor.close();
    } finally {
      await narrow.stop();
    }
  });

  it('is waited for in order, and in vain only until the deadline', async () => {
    const executor = fixture.executor();
    const controller = new AbortController();
    const holding = Array.from({ length: 4 }, (_, index) =>
      executor.run(node, [endless(`hold${index}`)], { timeoutMs: 30_000, signal: controller.signal }),
    );
    const ends = Promise.allSettled(holding);
    for (const index of [0, 1, 2, 3]) await readPid(join(sshd.folder, `hold${index}`));
    await expect(executor.run(node, [endless('late')], { timeoutMs: 100 })).rejects.toMatchObject({
      code: 'node.command_timeout',
      message:
        '127.0.0.1: work: was not begun, since earlier batches on this node took all of the 0.1 s it could wait',
    });
    const order: string[] = [];
    const waiting = ['a', 'b', 'c'].map(async (name) => {
      await hello(executor);
      order.push(name);
    });
    const leaving = new AbortController();
    const left = failureOf(
      executor.run(node, [endless('left')], { timeoutMs: 20_000, signal: leaving.signal }),
    );
    leaving.abort();
    expect(await left).toMatchObject({ code: 'node.aborted' });
    controller.abort();
    expect((await ends).map(({ status }) => status)).toEqual(Array(4).fill('rejected'));
    await Promise.all(waiting);
    expect(order).toHaveLength(3);
  });

  describe('that does not come about', () => {
    it('because the name does not resolve', async () => {
      const host = { nodeId: 'n9', address: 'no-such-host.invalid' };
      await expect(hello(fixture.executor(), host)).rejects.toMatchObject({
        code: 'node.name_unresolved',
        message: expect.stringMatching(/^no-such-host.invalid: the name does not resolve/) as string,
        details: { nodeId: 'n9' },
      });
    });

    it('because nothing listens', async () => {
      const port = await freePort();
      await expect(hello(fixture.executor({ port }))).rejects.toMatchObject({
        code: 'node.unreachable',
        message: `127.0.0.1: cannot be reached at 127.0.0.1:${port}: connection refused`,
      });
      await expect(hello(fixture.executor({ port }), { nodeId: 'v6', address: '::1' })).rejects.toMatchObject(
        {
          message: `::1: cannot be reached at [::1]:${port}: connection refused`,
        },
      );
    });

    it('because the other end says nothing', async () => {
      const port = await listen(() => {});
      await expect(hello(fixture.executor({ port, connectTimeoutMs: 200 }))).rejects.toMatchObject({
        code: 'node.unreachable',
        message: `127.0.0.1: cannot be reached at 127.0.0.1:${port}: no answer within 0.2 s`,
      });
    });

    it.each([
      ['speaks no SSH', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
      ['hangs up', ''],
    ])('because the other end %s', async (_, words) => {
      const port = await listen((socket) => socket.end(words));
      await expect(hello(fixture.executor({ port }))).rejects.toMatchObject({ code: 'node.unreachable' });
    });

    it('and is called off meanwhile', async () => {
      const port = await listen(() => {});
      const controller = new AbortController();
      const executor = fixture.executor({ port });
      const batch = executor.run(node, [endless('never')], { timeoutMs: 20_000, signal: controller.signal });
      const failure = failureOf(batch);
      await until('it connects', () => sockets.size > 0);
      controller.abort();
      expect(await failure).toMatchObject({ code: 'node.aborted' });
    });

    it('is not tried again at once, but soon', async () => {
      let connections = 0;
      const port = await listen((socket) => {
        connections += 1;
        socket.destroy();
      });
      const executor = fixture.executor({ port });
      for (let times = 0; times < 20; times += 1) {
        await expect(hello(executor)).rejects.toMatchObject({ code: 'node.unreachable' });
      }
      expect(connections).toBeLessThan(20);
      await until('it is tried again', async () => {
        await hello(executor).catch(() => undefined);
        return connections > 1;
      });
    });
  });

  describe('that breaks', () => {
    it('in the middle of a batch ends it on the node, and the next one connects anew', async () => {
      const executor = fixture.executor();
      const batch = executor.run(node, [{ label: 'first', argv: ['echo', 'a'] }, endless('broken')], {
        timeoutMs: 30_000,
      });
      const failure = failureOf(batch);
      const pid = await readPid(join(sshd.folder, 'broken'));
      await sshd.kill();
      expect(await failure).toMatchObject({
        code: 'node.connection_lost',
        message: expect.stringMatching(/^127.0.0.1: the connection was lost during "work": /) as string,
        details: { label: 'work', nodeId: 'n1', results: [{ stdout: 'a\n' }] },
      });
      await until('the command has ended', async () => !(await isRunning(pid)));
      await expect(hello(executor)).rejects.toMatchObject({ code: 'node.unreachable' });
      await sshd.up();
      await until('it is connected again', () => hello(executor).then(Boolean, () => false));
    });

    it('between batches goes unnoticed by the next one', async () => {
      const executor = fixture.executor();
      await hello(executor);
      await sshd.kill();
      await sshd.up();
      expect(await hello(executor)).toBe('hello\n');
    });

    it('without a word, like a node without power, is noticed by its silence', async () => {
      const cable = await listenAsCable();
      const executor = fixture.executor({
        port: cable.port,
        knownHostsFiles: [join(sshd.folder, 'cable')],
        keepaliveMs: 100,
        connectTimeoutMs: 200,
      });
      const batch = executor.run(node, [endless('dark')], { timeoutMs: 30_000 });
      const failure = failureOf(batch);
      await readPid(join(sshd.folder, 'dark'));
      cable.cut();
      expect(await failure).toMatchObject({
        code: 'node.connection_lost',
        message: expect.stringContaining('Keepalive timeout') as string,
      });
      await expect(hello(executor)).rejects.toMatchObject({ code: 'node.unreachable' });
    });
  });

  describe('with a login that', () => {
    const startUp = (text: string): Promise<void> => writeFile(join(sshd.folder, '.bashrc'), text);

    it('chatters does not disturb', async () => {
      await startUp('echo "welcome, ffff hello"; echo ffff out 3; echo noise >&2; printf "no end of line"\n');
      expect(await hello(fixture.executor())).toBe('hello\n');
    });

    it('sets traps, options and functions does not disturb', async () => {
      await startUp(
        'export BASH_ENV=/no/such; export SHELLOPTS; set -u; echo() { printf bad; }; export -f echo; trap "" USR1 TERM; export LC_ALL=C.UTF-8 IFS=x TMPDIR=/no/such\n',
      );
      expect(await hello(fixture.executor())).toBe('hello\n');
      const batch = fixture.executor().run(node, [endless('trapped')], { timeoutMs: 500 });
      await expect(batch).rejects.toMatchObject({ code: 'node.command_timeout' });
    });

    it('refuses commands is told with its words', async () => {
      await startUp('echo "This account is currently not available."; exit 1\n');
      await expect(hello(fixture.executor())).rejects.toMatchObject({
        code: 'node.login_refused',
        message: '127.0.0.1: the login does not run commands: This account is currently not available.',
      });
    });

    it('takes the input away is told from others', async () => {
      await startUp('read -r -n 30 x\n');
      await expect(hello(fixture.executor())).rejects.toMatchObject({
        code: 'node.strange_answer',
        message: expect.stringContaining('does a start-up file of the login read standard input?') as string,
      });
    });

    it('pours out words without end is given up', async () => {
      await startUp('yes\n');
      await expect(hello(fixture.executor())).rejects.toMatchObject({ code: 'node.strange_answer' });
    });

    it('has no bash is told what is missing', async () => {
      const bare = await Sshd.start({ settings: ['ForceCommand exec /bin/bash.missing'] });
      try {
        const executor = new SshFixture(bare).executor();
        await expect(hello(executor)).rejects.toMatchObject({ code: 'node.tool_missing' });
        await executor.close();
      } finally {
        await bare.stop();
      }
    });
  });

  describe('that is closed', () => {
    it('leaves no socket', async () => {
      const before = openSockets();
      const executor = fixture.executor();
      await hello(executor);
      await hello(executor, { nodeId: 'n2', address: 'localhost' });
      expect(openSockets()).toBeGreaterThan(before);
      await executor.close();
      await executor.close();
      await until('the sockets are gone', () => openSockets() === before);
    });

    it('leaves nothing that would keep the manager alive', async () => {
      await chmod(sshd.keyFile, 0o600);
      const batch: ManagedBatch = { command: { label: 'greet', argv: ['echo', 'hello'] }, lock: 'x' };
      const manager = spawn(
        process.execPath,
        [
          '--import',
          'tsx',
          join(import.meta.dirname, 'manager.ts'),
          'ssh',
          'localhost',
          String(sshd.port),
          sshd.keyFile,
          sshd.knownHostsFile,
        ],
        { env: { ...process.env, BATCH: JSON.stringify(batch) } },
      );
      let printed = '';
      manager.stdout.on('data', (chunk: Buffer) => {
        printed += chunk.toString();
      });
      await once(manager, 'close');
      expect(printed).toBe('hello\n\n');
    });

    it('ends an attempt to connect, too', async () => {
      const before = openSockets();
      const port = await listen(() => {});
      const executor = fixture.executor({ port });
      const failure = failureOf(hello(executor));
      await until('it connects', () => sockets.size > 0);
      await executor.close();
      expect(await failure).toMatchObject({ code: 'node.aborted' });
      for (const socket of sockets) socket.destroy();
      await until('the sockets are gone', () => openSockets() <= before);
    });
  });
});
