import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { memoryOf } from './memory.ts';
import { WireClient } from './wire-client.ts';

const adminKey = 'bench-admin-key';

/** Linux counts CPU time in these, whatever the kernel's own tick is (`getconf CLK_TCK`). */
const ticksPerSecond = 100;

/** A server has come to rest after this time at the latest. */
const restMs = 20_000;
const emptyLogBytes = 1024 ** 2;

/** Heketi was measured with devices of this size. */
const deviceSizeGib = 20_000;

export interface ServerOptions {
  /** Folder that holds the program: `dist/main.js`. */
  readonly program: string;
  /** Folder for the database, the simulated world and the log. */
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
  /** True when absent. */
  readonly areNodesSimulated?: boolean;
}

/** A real `mortar serve` process on simulated nodes without latency, its durability and authentication as they are by default. */
export class ServerProcess {
  readonly client: WireClient;
  readonly url: string;
  readonly adminKey = adminKey;
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #program: string;
  /** From starting the process to its first answer. */
  readonly startMs: number;

  private constructor(
    child: ChildProcess,
    { port, folder, program, startMs }: { port: number; folder: string; program: string; startMs: number },
  ) {
    this.#child = child;
    this.client = new WireClient(port, adminKey);
    this.url = `http://127.0.0.1:${port}`;
    this.#folder = folder;
    this.#program = program;
    this.startMs = startMs;
  }

  /** Starts the process; it is ready when the promise resolves. @throws Error when it ends before that. */
  static async start({
    program,
    folder,
    env = {},
    areNodesSimulated = true,
  }: ServerOptions): Promise<ServerProcess> {
    const started = performance.now();
    const place = ['--listen', '127.0.0.1:0', '--db', join(folder, 'mortar.db')];
    const argv = ['serve', ...(areNodesSimulated ? ['--simulate'] : []), ...place];
    const child = spawn(join(program, 'main.js'), argv, {
      env: { ...process.env, ...serverEnv, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const logPath = join(folder, 'server.log');
    child.stderr?.pipe(createWriteStream(logPath, { flags: 'a' }));
    const port = await portOf(child, logPath);
    const client = new WireClient(port, adminKey);
    const hello = await client.send('GET', '/hello');
    if (hello.status !== 200) throw new Error(`GET /hello: ${hello.status}`);
    client.close();
    return new ServerProcess(child, { port, folder, program, startMs: performance.now() - started });
  }

  /** Runs a command of the command line against this server, its output thrown away. @returns how long it took. */
  async timeCli(...words: string[]): Promise<number> {
    const started = performance.now();
    const child = spawn(join(this.#program, 'main.js'), words, {
      env: { ...process.env, MORTAR_SERVER: this.url, MORTAR_USER: 'admin', MORTAR_KEY: adminKey },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const code = await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', resolve);
    });
    if (code !== 0) throw new Error(`mortar ${words.join(' ')}: exit code ${String(code)}`);
    return performance.now() - started;
  }

  /** CPU time of the process so far, all threads together. */
  cpuMs(): number {
    const stat = readFileSync(`/proc/${this.#child.pid}/stat`, 'utf8');
    // The name before the last bracket may hold anything; user and system time are the 12th and 13th field after it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
  }

  /** Resident memory now, and the most there ever was. */
  memoryMib(): { readonly now: number; readonly peak: number } {
    return memoryOf(this.#child.pid);
  }

  /**
   * The database with its write-ahead log, when the server has come to rest: it empties the log when nothing was written for
   * some seconds. A server that does not is measured as it is.
   */
  async databaseMib(): Promise<number> {
    const size = (name: string): number =>
      statSync(join(this.#folder, name), { throwIfNoEntry: false })?.size ?? 0;
    const deadline = performance.now() + restMs;
    while (size('mortar.db-wal') > emptyLogBytes && performance.now() < deadline) await sleep(100);
    return (size('mortar.db') + size('mortar.db-wal')) / 1024 ** 2;
  }

  /** Ends it in order. */
  async stop(): Promise<void> {
    this.client.close();
    if (this.#child.exitCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGTERM');
    await ended;
  }
}

const serverEnv = {
  HEKETI_ADMIN_KEY: adminKey,
  HEKETI_USER_KEY: 'bench-user-key',
  HEKETI_MOCK_DEVICE_SIZE_GB: String(deviceSizeGib),
  // Lifted for the reference as well.
  HEKETI_GLUSTER_MAX_VOLUMES_PER_CLUSTER: '-1',
};

function portOf(child: ChildProcess, logPath: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const port = /Listening on port (\d+)/.exec(output)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
    child.once('error', reject);
    child.once('exit', (code) =>
      reject(new Error(`mortar serve ended with exit code ${code}; see ${logPath}`)),
    );
  });
}
