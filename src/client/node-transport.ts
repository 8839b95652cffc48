import { readFileSync } from 'node:fs';
import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isCertificateFault } from './certificate-fault.ts';
import { ClientError } from './client-error.ts';
import { inspectCertificate } from './inspect-certificate.ts';
import type { HttpRequest, HttpResponse, Transport } from './transport.ts';
import { explainFailure } from './transport-failure.ts';

export interface TlsOptions {
  /** PEM files; they replace the system's authorities. */
  readonly caFiles?: readonly string[];
  /** Takes any certificate: whoever is in between can read and change everything. */
  readonly insecure?: boolean;
}

/** At most so many requests at a time (wire contract section 20.1). */
const maxRequests = 32;
/** The longest silence; event streams give a sign of life every 15 s. */
const silenceMs = 120_000;

/**
 * HTTP and HTTPS with kept connections.
 *
 * @throws ClientError when a CA file cannot be read.
 */
export function createNodeTransport(server: URL, tls: TlsOptions = {}): Transport {
  return server.protocol === 'https:'
    ? new NodeTransport(server, new HttpsAgent({ ...agentOptions, ...readTls(tls) }))
    : new NodeTransport(server, new HttpAgent(agentOptions));
}

const agentOptions = { keepAlive: true, maxSockets: maxRequests, scheduling: 'lifo' } as const;

function readTls({ caFiles = [], insecure = false }: TlsOptions): {
  ca?: string[];
  rejectUnauthorized: boolean;
} {
  const ca = caFiles.map((file) => {
    try {
      return readFileSync(file, 'utf8');
    } catch (thrown) {
      throw new ClientError(`--tls-cert: ${file} cannot be read: ${(thrown as Error).message}`, {
        cause: thrown,
      });
    }
  });
  return { ...(ca.length === 0 ? {} : { ca }), rejectUnauthorized: !insecure };
}

class NodeTransport implements Transport {
  readonly address: string;
  readonly #server: URL;
  readonly #agent: HttpAgent;
  readonly #open = new Set<ClientRequest>();
  #isClosed = false;

  constructor(server: URL, agent: HttpAgent) {
    this.address = server.origin;
    this.#server = server;
    this.#agent = agent;
  }

  async request(request: HttpRequest): Promise<HttpResponse> {
    request.signal?.throwIfAborted();
    try {
      return new NodeResponse(await this.#send(request), (thrown) => this.#explain(thrown, request));
    } catch (thrown) {
      throw await this.#explain(thrown, request);
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const outgoing of this.#open) outgoing.destroy(new Error('the client was closed'));
    this.#agent.destroy();
  }

  #send({ method, target, headers, body, signal }: HttpRequest): Promise<IncomingMessage> {
    const send = this.#server.protocol === 'https:' ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      if (this.#isClosed) throw new Error('the client was closed');
      const outgoing: ClientRequest = send({
        agent: this.#agent,
        host: this.#server.hostname.replace(/^\[|\]$/g, ''),
        port: this.#server.port,
        method,
        path: target,
        headers: {
          ...headers,
          ...(body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }),
        },
        ...(signal === undefined ? {} : { signal }),
      });
      outgoing.setTimeout(silenceMs, () => {
        const words = `no answer within ${silenceMs / 1000} s`;
        outgoing.destroy(Object.assign(new Error(words), { code: 'ETIMEDOUT' }));
      });
      this.#open.add(outgoing);
      outgoing.once('close', () => this.#open.delete(outgoing));
      outgoing.once('response', resolve);
      outgoing.once('error', reject);
      outgoing.end(body);
    });
  }

  async #explain(thrown: unknown, { method, target, signal }: HttpRequest): Promise<unknown> {
    if (signal?.aborted === true) return signal.reason;
    const isCertificate = isCertificateFault((thrown as NodeJS.ErrnoException).code ?? '');
    const peer = isCertificate ? await inspectCertificate(this.#server) : undefined;
    return explainFailure(thrown, { method, url: `${this.address}${target}` }, peer);
  }
}

class NodeResponse implements HttpResponse {
  readonly #message: IncomingMessage;
  readonly #explain: (thrown: unknown) => Promise<unknown>;

  constructor(message: IncomingMessage, explain: (thrown: unknown) => Promise<unknown>) {
    this.#message = message;
    this.#explain = explain;
    // The body may break off before anybody reads it; whoever reads it is told.
    message.on('error', () => undefined);
  }

  get status(): number {
    return this.#message.statusCode ?? 0;
  }

  get statusText(): string {
    return this.#message.statusMessage ?? '';
  }

  header(name: string): string | undefined {
    const value = this.#message.headers[name];
    return Array.isArray(value) ? value[0] : value;
  }

  chunks(): AsyncGenerator<string> {
    this.#message.setEncoding('utf8');
    return this.#parts<string>();
  }

  async text(): Promise<string> {
    let text = '';
    for await (const chunk of this.chunks()) text += chunk;
    return text;
  }

  async bytes(): Promise<Uint8Array> {
    const parts: Buffer[] = [];
    for await (const part of this.#parts<Buffer>()) parts.push(part);
    return Buffer.concat(parts);
  }

  async *#parts<Part>(): AsyncGenerator<Part> {
    try {
      for await (const part of this.#message) yield part as Part;
    } catch (thrown) {
      throw await this.#explain(thrown);
    }
  }
}
