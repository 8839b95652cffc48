import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { until } from './until.ts';

export const execute = promisify(execFile);

export interface SshdOptions {
  /** The same host key on the same port as an earlier one; new ones when absent. */
  readonly folder?: string;
  readonly port?: number;
  readonly settings?: readonly string[];
}

/** A real sshd of the test's own on 127.0.0.1 and ::1, with its own host key; root logs in with `keyFile`. */
export class Sshd {
  readonly folder: string;
  readonly port: number;
  readonly #settings: readonly string[];
  #process: ChildProcess | undefined;

  private constructor(folder: string, port: number, settings: readonly string[]) {
    this.folder = folder;
    this.port = port;
    this.#settings = settings;
  }

  static async start(options: SshdOptions = {}): Promise<Sshd> {
    await install('/usr/sbin/sshd', 'openssh-server');
    const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'mortar-sshd-')));
    // A user who is not root must reach the authorized keys.
    await chmod(folder, 0o755);
    const sshd = new Sshd(folder, options.port ?? (await freePort()), options.settings ?? []);
    if (!existsSync(sshd.hostKeyFile)) await makeKey(sshd.hostKeyFile);
    if (!existsSync(sshd.keyFile)) {
      await makeKey(sshd.keyFile);
      await sshd.authorize(`${sshd.keyFile}.pub`);
    }
    await sshd.writeKnownHosts();
    await sshd.up();
    return sshd;
  }

  get hostKeyFile(): string {
    return join(this.folder, 'host_key');
  }

  get keyFile(): string {
    return join(this.folder, 'id');
  }

  get knownHostsFile(): string {
    return join(this.folder, 'known_hosts');
  }

  async publicHostKey(): Promise<string> {
    const [type, key] = (await readFile(`${this.hostKeyFile}.pub`, 'utf8')).split(' ');
    return `${type} ${key?.trim()}`;
  }

  async writeKnownHosts(): Promise<void> {
    const key = await this.publicHostKey();
    await writeFile(
      this.knownHostsFile,
      ['127.0.0.1', '::1', 'localhost'].map((name) => `[${name}]:${this.port} ${key}\n`).join(''),
    );
  }

  async authorize(publicKeyFile: string): Promise<void> {
    const file = join(this.folder, 'authorized_keys');
    const known = existsSync(file) ? await readFile(file, 'utf8') : '';
    await writeFile(file, known + (await readFile(publicKeyFile, 'utf8')));
  }

  async up(): Promise<void> {
    await mkdir('/run/sshd', { recursive: true });
    const config = join(this.folder, 'sshd_config');
    const settings = [
      `Port ${this.port}`,
      'ListenAddress 127.0.0.1',
      'ListenAddress ::1',
      `HostKey ${this.hostKeyFile}`,
      `AuthorizedKeysFile ${this.folder}/authorized_keys`,
      'PidFile none',
      'StrictModes no',
      'UsePAM no',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'PermitRootLogin yes',
      'MaxStartups 100',
      // A home of the test's own: bash reads ~/.bashrc when sshd starts it.
      `SetEnv HOME=${this.folder}`,
      ...this.#settings,
    ];
    await writeFile(config, `${settings.join('\n')}\n`);
    const log = join(this.folder, 'sshd.log');
    // It must not outlive a test run that is killed.
    const guard = ['--pdeathsig', 'KILL', '--'];
    const sshd = ['/usr/sbin/sshd', '-D', '-E', log, '-f', config];
    this.#process = spawn('/usr/bin/setpriv', [...guard, ...sshd], { stdio: 'ignore' });
    await until(`sshd answers on port ${this.port}`, () => answers(this.port));
  }

  /** Like a power cut for those who are logged in: the listener and every session process are killed. */
  async kill(): Promise<void> {
    const process = this.#process;
    if (process?.pid === undefined || process.exitCode !== null || process.signalCode !== null) return;
    const sessions = await descendants(process.pid);
    const exit = once(process, 'exit');
    process.kill('SIGKILL');
    await exit;
    for (const pid of sessions.filter(({ name }) => name.startsWith('sshd')).map(({ pid }) => pid))
      signal(pid);
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Makes an ed25519 key pair. */
export async function makeKey(file: string, passphrase = ''): Promise<void> {
  await execute('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-C', 'test', '-f', file]);
}

/** Installs a Debian package where it is missing; test files run side by side, so one after the other. */
export async function install(program: string, debianPackage: string): Promise<void> {
  if (existsSync(program)) return;
  const script = 'test -e "$1" || { apt-get update && apt-get install -y --no-install-recommends "$2"; }';
  await execute('flock', ['/tmp/mortar-apt.lock', 'sh', '-c', script, 'sh', program, debianPackage], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    maxBuffer: 16 * 1024 * 1024,
  });
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

interface Process {
  readonly pid: number;
  readonly name: string;
}

async function descendants(pid: number): Promise<Process[]> {
  const { stdout } = await execute('ps', ['-e', '-o', 'pid=,ppid=,comm=']);
  const all = stdout.split('\n').map((line) => {
    const [own = '', parent = '', name = ''] = line.trim().split(/\s+/);
    return { pid: Number(own), parent: Number(parent), name };
  });
  const below = (parent: number): Process[] =>
    all.filter((each) => each.parent === parent).flatMap((each) => [each, ...below(each.pid)]);
  return below(pid);
}

function signal(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
