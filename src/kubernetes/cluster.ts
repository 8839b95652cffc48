/** The one file that knows the Kubernetes library: how the API server is found and who asks. */
import { existsSync } from 'node:fs';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest, type RequestOptions } from 'node:https';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { withAnySignal } from '../lib/any-signal.ts';
import type { Clock } from '../lib/clock.ts';
import { type KubeApi, type KubeCall, KubeError } from './kube-api.ts';

export interface ClusterOptions {
  /** A kubeconfig file; without it `KUBECONFIG`, the service account of the pod, or `~/.kube/config`. */
  readonly kubeconfig?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly userAgent: string;
}

const tokenFile = '/var/run/secrets/kubernetes.io/serviceaccount/token';
const maxSockets = 64;
/** A request that is not a watch is answered in this time, or not at all. */
const requestMs = 30_000;
/** Tokens rotate about hourly; their files are read again after this time. */
const headersMs = 30_000;
/** Tries while the API server says that it is busy. */
const busyTries = 6;
const longestLine = 32 * 1024 * 1024;

/** @throws Error that names what was looked for when there is no cluster, or its file cannot be read. */
export function connectCluster(options: ClusterOptions): KubeApi {
  const config = findConfig(options);
  const server = config.getCurrentCluster()?.server;
  if (server === undefined || !URL.canParse(server))
    throw new Error('the kubeconfig names no cluster to use');
  return new Cluster(config, new URL(server), options);
}

function findConfig({ kubeconfig, env }: ClusterOptions): KubeConfig {
  const config = new KubeConfig();
  const inCluster = env.KUBERNETES_SERVICE_HOST !== undefined && existsSync(tokenFile);
  const file = kubeconfig ?? env.KUBECONFIG ?? (inCluster ? undefined : join(homedir(), '.kube/config'));
  if (file === undefined) {
    config.loadFromCluster();
    return config;
  }
  try {
    config.loadFromFile(file);
  } catch (thrown) {
    throw new Error(
      `no Kubernetes cluster: ${file} cannot be read (${(thrown as Error).message}); name a file with --kubeconfig`,
      { cause: thrown },
    );
  }
  return config;
}

interface Answer {
  readonly status: number;
  readonly body: string;
  /** What `Retry-After` says. */
  readonly pauseSeconds: number;
}

class Cluster implements KubeApi {
  readonly #config: KubeConfig;
  readonly #server: URL;
  readonly #options: ClusterOptions;
  #agent: HttpAgent | HttpsAgent | undefined;
  #headers: { readonly sent: Record<string, string>; readonly atMs: number } | undefined;

  constructor(config: KubeConfig, server: URL, options: ClusterOptions) {
    this.#config = config;
    this.#server = server;
    this.#options = options;
  }

  async request(call: KubeCall): Promise<unknown> {
    const { clock } = this.#options;
    for (let tries = 1; ; tries += 1) {
      const { status, body, pauseSeconds } = await withAnySignal(
        [AbortSignal.timeout(requestMs), call.signal],
        (signal) => this.#exchange(call, signal),
      );
      if (status < 300) return body === '' ? undefined : (JSON.parse(body) as unknown);
      if (status === 401) this.#headers = undefined;
      if (status !== 429 || tries === busyTries) throw errorOf(call, status, body);
      await clock.sleep(pauseSeconds * 1000, call.signal);
    }
  }

  async #exchange(call: KubeCall, signal: AbortSignal): Promise<Answer> {
    const response = await this.#send(call, signal);
    try {
      const body = await readAll(response);
      const pauseSeconds = Number(response.headers['retry-after'] ?? 1);
      return {
        status: response.statusCode ?? 0,
        body,
        pauseSeconds: Number.isFinite(pauseSeconds) ? pauseSeconds : 1,
      };
    } catch (thrown) {
      throw failureOf(call, thrown, signal);
    }
  }

  async *watch(
    path: string,
    query: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): AsyncIterable<unknown> {
    const call: KubeCall = { method: 'GET', path, query, signal };
    const response = await this.#send(call, signal);
    const status = response.statusCode ?? 0;
    if (status >= 300) throw errorOf(call, status, await readAll(response));
    try {
      for await (const line of linesOf(response)) yield JSON.parse(line) as unknown;
    } catch (thrown) {
      throw failureOf(call, thrown, signal);
    } finally {
      response.destroy();
    }
  }

  async #send(call: KubeCall, signal: AbortSignal): Promise<IncomingMessage> {
    signal.throwIfAborted();
    const headers = await this.#authorized();
    const target = new URL(this.#server);
    target.pathname = `${target.pathname.replace(/\/$/, '')}${call.path}`;
    target.search = new URLSearchParams(call.query).toString();
    const body = call.body === undefined ? undefined : JSON.stringify(call.body);
    const options: RequestOptions = {
      method: call.method,
      agent: this.#agent,
      signal,
      headers: {
        ...headers,
        Accept: 'application/json',
        'User-Agent': this.#options.userAgent,
        ...(body === undefined
          ? {}
          : { 'Content-Type': contentTypeOf(call), 'Content-Length': Buffer.byteLength(body) }),
      },
    };
    return new Promise((resolve, reject) => {
      const open = target.protocol === 'https:' ? httpsRequest : httpRequest;
      const request = open(target, options, resolve);
      request.on('error', (thrown) => reject(failureOf(call, thrown, signal)));
      request.end(body);
    });
  }

  /** Headers that say who asks; also makes the agent with the trusted authorities. */
  async #authorized(): Promise<Record<string, string>> {
    const nowMs = this.#options.clock.now();
    if (this.#headers !== undefined && nowMs - this.#headers.atMs < headersMs) return this.#headers.sent;
    const options: RequestOptions = { headers: {} };
    await this.#config.applyToHTTPSOptions(options);
    if (this.#agent === undefined) {
      const { ca, cert, key, pfx, passphrase, rejectUnauthorized, servername } = options;
      const kept = { keepAlive: true, maxSockets };
      const trust = { ca, cert, key, pfx, passphrase, rejectUnauthorized, servername };
      const known = Object.fromEntries(Object.entries(trust).filter(([, value]) => value !== undefined));
      this.#agent =
        this.#server.protocol === 'https:' ? new HttpsAgent({ ...kept, ...known }) : new HttpAgent(kept);
    }
    const sent = Object.fromEntries(
      Object.entries(options.headers ?? {}).map(([name, value]) => [name, String(value)]),
    );
    if (typeof options.auth === 'string') {
      sent.Authorization = `Basic ${Buffer.from(options.auth).toString('base64')}`;
    }
    this.#headers = { sent, atMs: nowMs };
    return sent;
  }
}

const contentTypes = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
};

const contentTypeOf = ({ method, patch = 'merge' }: KubeCall): string =>
  method === 'PATCH' ? contentTypes[patch] : 'application/json';

async function readAll(response: IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  let text = '';
  for await (const part of response) text += part as string;
  return text;
}

/** Whole lines; the last one, cut off, is dropped. @throws Error for a line without end. */
async function* linesOf(response: IncomingMessage): AsyncIterable<string> {
  response.setEncoding('utf8');
  let rest = '';
  for await (const part of response) {
    const lines = (rest + (part as string)).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > longestLine) throw new Error('the watch sent a line without end');
    yield* lines.filter((line) => line !== '');
  }
}

interface Status {
  readonly reason?: unknown;
  readonly message?: unknown;
}

function errorOf({ method, path }: KubeCall, status: number, body: string): KubeError {
  let said: Status = {};
  try {
    said = (JSON.parse(body) ?? {}) as Status;
  } catch {
    // A proxy in between may say anything.
  }
  const message = typeof said.message === 'string' ? said.message : body.slice(0, 200).trim();
  const reason = typeof said.reason === 'string' ? said.reason : '';
  return new KubeError(status, reason, `Kubernetes: ${method} ${path}: ${status} ${message}`);
}

function failureOf({ method, path }: KubeCall, thrown: unknown, signal: AbortSignal): unknown {
  const reason: unknown = signal.aborted ? signal.reason : undefined;
  if (reason !== undefined && !(reason instanceof DOMException && reason.name === 'TimeoutError'))
    return reason;
  if (thrown instanceof KubeError) return thrown;
  const words = reason === undefined ? (thrown as Error).message : 'no answer in time';
  return new KubeError(0, 'Unreachable', `Kubernetes: ${method} ${path}: ${words}`, thrown);
}
