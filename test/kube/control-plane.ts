import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ProcessOptions, type ProcessOutcome, runProcess } from '../lab/run-process.ts';
import {
  apiServerArgs,
  controllerManagerArgs,
  etcdArgs,
  files,
  kwokArgs,
  type Ports,
  type Site,
  schedulerArgs,
} from './components.ts';
import { Daemon } from './daemon.ts';
import { type ExecRule, kubeconfig, type User, writeExecRules, writeSettings } from './settings.ts';

export interface ControlPlaneOptions {
  /** Users without any role beside `admin`, who may do everything. Tests give them roles. */
  readonly users?: readonly string[];
  /** Where exec in certain pods runs; in all others it runs on this machine as it is. */
  readonly execRules?: readonly ExecRule[];
  /** Stands in for /bin/bash in every pod, for instance to hop to another machine. A program that needs no bash. */
  readonly bash?: string;
}

type Binary =
  | 'etcd'
  | 'kube-apiserver'
  | 'kube-controller-manager'
  | 'kube-scheduler'
  | 'kwok'
  | 'kubectl'
  | 'helm';

const script = fileURLToPath(new URL('binaries', import.meta.url));
const longestStartMs = 120_000;

/**
 * A real Kubernetes control plane on this machine: etcd, API server with RBAC, controller manager, scheduler, and kwok,
 * which makes nodes and pods ready without a kubelet and runs what is executed in a pod on this machine.
 */
export class ControlPlane {
  /** Everything that the programs write, logs too. */
  readonly folder: string;
  /** https://127.0.0.1:PORT */
  readonly url: string;
  /** PEM file of the authority that the API server's certificate is checked against. */
  readonly authorityFile: string;
  readonly #binaries: string;
  readonly #users: readonly User[];
  readonly #site: Site;
  readonly #etcd: Daemon;
  readonly #apiServer: Daemon;
  readonly #controllerManager: Daemon;
  readonly #scheduler: Daemon;
  readonly #kwok: Daemon;

  /** Starts one and waits until it is ready. The first call on a machine builds the programs, which takes minutes. */
  static async start(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
    const binaries = await findBinaries();
    const folder = await mkdtemp(join(tmpdir(), 'mortar-kube-'));
    const [etcd = 0, etcdPeer = 0, api = 0, kubelet = 0] = await freePorts(4);
    const site = { folder, ports: { etcd, etcdPeer, api, kubelet } satisfies Ports };
    const users = [
      makeUser('admin', ['system:masters']),
      ...(options.users ?? []).map((name) => makeUser(name)),
    ];
    await writeSettings(site, users, options.execRules ?? []);
    const plane = new ControlPlane(binaries, site, users, options.bash);
    try {
      await plane.#start();
    } catch (error) {
      await plane.stop();
      throw error;
    }
    return plane;
  }

  private constructor(binaries: string, site: Site, users: readonly User[], bash: string | undefined) {
    this.#binaries = binaries;
    this.#site = site;
    this.#users = users;
    this.folder = site.folder;
    this.url = `https://127.0.0.1:${site.ports.api}`;
    this.authorityFile = `${site.folder}/${files.authority}`;
    const admin = this.kubeconfig();
    const daemon = (binary: Binary, args: string[], prefix: string[] = []): Daemon =>
      new Daemon([...prefix, this.binary(binary), ...args], `${site.folder}/${binary}.log`);
    this.#etcd = daemon('etcd', etcdArgs(site));
    this.#apiServer = daemon('kube-apiserver', apiServerArgs(site));
    this.#controllerManager = daemon('kube-controller-manager', controllerManagerArgs(site, admin));
    this.#scheduler = daemon('kube-scheduler', schedulerArgs(admin));
    this.#kwok = daemon('kwok', kwokArgs(site, admin), bash === undefined ? [] : withBash(bash));
  }

  /** Where the programs are: `kubectl`, `helm`… */
  get binaries(): string {
    return this.#binaries;
  }

  /** Path of one of the programs. */
  binary(name: Binary): string {
    return join(this.#binaries, name);
  }

  /** @throws Error for a user who was not named at the start. */
  token(user = 'admin'): string {
    const known = this.#users.find(({ name }) => name === user);
    if (known === undefined) throw new Error(`there is no user ${user}`);
    return known.token;
  }

  /** Path of a kubeconfig with which a user comes in. */
  kubeconfig(user = 'admin'): string {
    this.token(user);
    return `${this.folder}/${user}.kubeconfig`;
  }

  /** Makes a kubeconfig for a service account, as its pods would come in. @returns its path. */
  async serviceAccountKubeconfig(namespace: string, name: string): Promise<string> {
    const token = (await this.kubectl(['create', 'token', name, '--namespace', namespace])).trim();
    const path = `${this.folder}/${namespace}.${name}.kubeconfig`;
    await writeFile(path, kubeconfig(this.folder, this.#site.ports.api, name, token), { mode: 0o600 });
    return path;
  }

  /** Runs kubectl. @returns what it printed. @throws Error when it fails. */
  async kubectl(args: readonly string[], options: ProcessOptions & { user?: string } = {}): Promise<string> {
    const outcome = await this.tryKubectl(args, options);
    if (outcome.exitCode !== 0) throw new Error(`kubectl ${args.join(' ')}: ${outcome.stderr.trim()}`);
    return outcome.stdout;
  }

  /** Runs kubectl, whatever comes of it. */
  tryKubectl(
    args: readonly string[],
    options: ProcessOptions & { user?: string } = {},
  ): Promise<ProcessOutcome> {
    const { user, ...processOptions } = options;
    return runProcess(
      [this.binary('kubectl'), `--kubeconfig=${this.kubeconfig(user)}`, ...args],
      processOptions,
    );
  }

  /** Makes objects, or changes them to what is given. */
  async apply(...objects: readonly object[]): Promise<void> {
    const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
    await this.kubectl(['apply', '-f', '-'], { stdin });
  }

  /** From now on exec in these pods runs elsewhere, for pods that were not known at the start. */
  async setExecRules(rules: readonly ExecRule[]): Promise<void> {
    await this.#kwok.stop();
    await writeExecRules(this.#site, rules);
    await this.#startKwok();
  }

  /** Ends the API server, and with it every watch and every exec; what it holds stays in etcd. */
  async stopApiServer(): Promise<void> {
    await this.#apiServer.stop('SIGKILL');
  }

  /** Starts it again on the same port and waits until it is ready. */
  async startApiServer(): Promise<void> {
    this.#apiServer.start();
    await this.#waitUntil('the API server is ready', this.#apiServer, () => this.#answers('/readyz'));
  }

  /** Ends everything and removes the folder. */
  async stop(): Promise<void> {
    await Promise.all([this.#kwok, this.#scheduler, this.#controllerManager].map((each) => each.stop()));
    await this.#apiServer.stop('SIGKILL');
    await this.#etcd.stop('SIGKILL');
    await rm(this.folder, { recursive: true, force: true });
  }

  async #start(): Promise<void> {
    this.#etcd.start();
    await this.startApiServer();
    for (const each of [this.#controllerManager, this.#scheduler]) each.start();
    // Without it no pod can be made in the namespace `default`.
    await this.#waitUntil('the controllers are at work', this.#controllerManager, () =>
      this.#answers('/api/v1/namespaces/default/serviceaccounts/default'),
    );
    await this.#startKwok();
  }

  async #startKwok(): Promise<void> {
    this.#kwok.start();
    await this.#waitUntil('kwok answers', this.#kwok, () =>
      getOk({ port: this.#site.ports.kubelet, path: '/healthz' }),
    );
  }

  async #answers(path: string): Promise<boolean> {
    const ca = await readFile(this.authorityFile, 'utf8').catch(() => undefined);
    if (ca === undefined) return false;
    return getOk({ port: this.#site.ports.api, path, ca, token: this.token() });
  }

  async #waitUntil(what: string, daemon: Daemon, holds: () => Promise<boolean>): Promise<void> {
    const limit = Date.now() + longestStartMs;
    while (!(await holds())) {
      await this.#etcd.check();
      await daemon.check();
      if (Date.now() > limit) throw new Error(`waited in vain: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function findBinaries(): Promise<string> {
  const outcome = await runProcess([script], { timeoutMs: 3_600_000 });
  if (outcome.exitCode !== 0) throw new Error(outcome.stderr.trim());
  return outcome.stdout.trim();
}

function makeUser(name: string, groups: readonly string[] = []): User {
  return { name, token: randomBytes(16).toString('hex'), groups };
}

/** The program sees another bash than everyone else: in a mount namespace of its own. */
function withBash(bash: string): string[] {
  const line = 'mount --bind "$1" /bin/bash && shift && exec "$@"';
  return ['unshare', '--mount', '--', 'sh', '-c', line, 'sh', bash];
}

/** Held all at once, so that no two are the same. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => {
    const address = server.address();
    return address !== null && typeof address === 'object' ? address.port : 0;
  });
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

interface Question {
  readonly port: number;
  readonly path: string;
  /** Without it whoever answers will do. */
  readonly ca?: string;
  readonly token?: string;
}

function getOk({ port, path, ca, token }: Question): Promise<boolean> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const options = { host: '127.0.0.1', port, path, headers, agent: false, timeout: 2000 };
  return new Promise((resolve) => {
    const asking = request({ ...options, ...(ca === undefined ? { rejectUnauthorized: false } : { ca }) });
    asking.on('response', (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asking.on('timeout', () => asking.destroy());
    asking.on('error', () => resolve(false));
    asking.end();
  });
}
