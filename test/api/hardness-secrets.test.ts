import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { replica3 } from '../support/manager.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { Wire } from '../support/wire.ts';

const root = resolve(import.meta.dirname, '../..');
const entry = join(root, 'src/main.ts');
/** In the same process: a wrapper that is killed would leave what it started. */
const tsx = import.meta.resolve('tsx');

/** Texts that stand nowhere else. */
const secrets = {
  admin: 'kEyOfTheAdministrator-9f31c2',
  user: 'kEyOfTheUser-77ab01',
  passphrase: 'pAssphraseOfTheSshKey-5d6e',
  bucket: 'sEcretKeyOfTheBucket-a1b2c3',
};

interface Run {
  readonly child: ChildProcess;
  readonly output: { text: string };
  readonly ended: Promise<number | null>;
}

function run(args: readonly string[], { cwd, env = {} }: { cwd: string; env?: Record<string, string> }): Run {
  const child = spawn(process.execPath, ['--import', tsx, entry, ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? '', HOME: cwd, ...env },
  });
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output.text += chunk.toString();
    });
  }
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = new Promise<number | null>((done) => child.once('close', done));
  return { child, output, ended };
}

/** A folder with a configuration whose secrets stand in files and in variables. */
function prepare(extra = ''): { cwd: string; env: Record<string, string> } {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'admin.key'), `${secrets.admin}\n`, { mode: 0o600 });
  writeFileSync(
    join(cwd, 'mortar.yaml'),
    [
      'listen: "127.0.0.1:0"',
      'auth: {admin_key_file: admin.key}',
      'database: {path: mortar.db}',
      'executor: simulated',
      'log: {level: trace}',
      'health: {enabled: false}',
      extra,
      '',
    ].join('\n'),
    { mode: 0o600 },
  );
  const env = { MORTAR_AUTH_USER_KEY: secrets.user, MORTAR_SSH_KEY_PASSPHRASE: secrets.passphrase };
  return { cwd, env };
}

/** Which secrets, or tokens, stand in a text or a file of bytes. */
const leaksIn = (content: string | Buffer, tokens: readonly string[] = []): string[] => {
  const text = typeof content === 'string' ? content : content.toString('latin1');
  return [...Object.values(secrets), ...tokens].filter((secret) => text.includes(secret));
};

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

/** The command lines of a process and of all that it started. */
function commandLines(pid: number): string[] {
  const lines: string[] = [];
  for (const entryName of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const status = readFileSync(`/proc/${entryName}/status`, 'utf8');
      const isOurs = entryName === String(pid) || new RegExp(`^PPid:\\t${pid}$`, 'm').test(status);
      if (isOurs) lines.push(readFileSync(`/proc/${entryName}/cmdline`, 'utf8'));
    } catch {
      // It ended while we looked.
    }
  }
  return lines;
}

describe('secrets', () => {
  it('appear in no log, no answer, no command line, no file of the manager', async () => {
    const { cwd, env } = prepare();
    const server = run(['serve', '--config', 'mortar.yaml'], { cwd, env });
    await expect.poll(() => /Listening on port (\d+)/.exec(server.output.text)?.[1]).toBeDefined();
    const port = /Listening on port (\d+)/.exec(server.output.text)?.[1] ?? '';
    const wire = new Wire(`http://127.0.0.1:${port}`, { admin: secrets.admin, user: secrets.user });
    const answers: string[] = [];
    const ask = async (...request: Parameters<Wire['finish']>): Promise<void> => {
      const { text, headers } = await wire.finish(...request);
      answers.push(text, JSON.stringify([...headers]));
    };
    const token = await wire.token('GET', '/clusters');
    const badly = new Wire(`http://127.0.0.1:${port}`, { admin: `${secrets.admin}x`, user: secrets.user });
    const badToken = await badly.token('GET', '/clusters');
    for (const accept of ['text/plain', 'application/json']) {
      const headers = { accept };
      await ask('/clusters', { token, headers });
      await ask('/clusters', { token: badToken, headers });
      await ask('/clusters', { token: `${token}.x`, headers });
      await ask('/nowhere', { headers });
      await ask('/volumes', { body: replica3(1), headers });
      await ask('/volumes', { rawBody: '{', headers });
    }
    await ask('/clusters', { body: {} });
    for (const path of ['/openapi.json', '/topology', '/operations/history', '/admin', '/metrics', '/docs'])
      await ask(path);
    expect(leaksIn(answers.join('\n'), [token, badToken])).toEqual([]);
    expect(leaksIn(commandLines(server.child.pid ?? 0).join('\n'), [token])).toEqual([]);
    server.child.kill('SIGTERM');
    await server.ended;
    expect(server.output.text).toContain('"msg":"request"');
    expect(leaksIn(server.output.text, [token, badToken])).toEqual([]);
    const written = filesBelow(cwd).filter((path) => !path.endsWith('admin.key'));
    expect(written.map((path) => path.slice(cwd.length + 1))).toContain('mortar.db');
    expect(written.filter((path) => leaksIn(readFileSync(path), [token]).length > 0)).toEqual([]);
  });

  it('are not shown by the check of the configuration, nor by its faults', async () => {
    const { cwd, env } = prepare('backup: {s3: {bucket: b-b, access_key: id}}');
    for (const args of [['--show'], ['--show', '--json'], ['--show', '--log-level', 'nonsense']]) {
      const check = run(['config', 'check', '--config', 'mortar.yaml', ...args], {
        cwd,
        env: { ...env, MORTAR_BACKUP_S3_SECRET_KEY: secrets.bucket, MORTAR_AUTH_ADMIN_KEY: secrets.admin },
      });
      await check.ended;
      expect(check.output.text).not.toBe('');
      expect(leaksIn(check.output.text)).toEqual([]);
    }
  });

  it('are not told by a client whose key is refused', async () => {
    const { cwd, env } = prepare();
    const server = run(['serve', '--config', 'mortar.yaml'], { cwd, env });
    await expect.poll(() => /Listening on port (\d+)/.exec(server.output.text)?.[1]).toBeDefined();
    const port = /Listening on port (\d+)/.exec(server.output.text)?.[1] ?? '';
    const client = run(['--json', 'cluster', 'list'], {
      cwd,
      env: { MORTAR_SERVER: `http://127.0.0.1:${port}`, MORTAR_USER: 'admin', MORTAR_KEY: secrets.user },
    });
    expect(await client.ended).not.toBe(0);
    expect(client.output.text).toContain('signature is invalid');
    expect(leaksIn(client.output.text)).toEqual([]);
  });
});
