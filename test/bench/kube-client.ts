import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import type { ControlPlane } from '../kube/control-plane.ts';

/** Asks the API server as an administrator, and costs as little as it can. */
export class KubeClient {
  readonly #plane: ControlPlane;
  readonly #agent: Agent;

  constructor(plane: ControlPlane) {
    this.#plane = plane;
    this.#agent = new Agent({ keepAlive: true, ca: readFileSync(plane.authorityFile) });
  }

  post<T = unknown>(path: string, body: object): Promise<T> {
    return this.#send('POST', path, JSON.stringify(body)) as Promise<T>;
  }

  async list<T>(path: string): Promise<readonly T[]> {
    return ((await this.#send('GET', path)) as { items: T[] }).items;
  }

  #send(method: string, path: string, body?: string): Promise<unknown> {
    const headers = {
      authorization: `Bearer ${this.#plane.token()}`,
      accept: 'application/json',
      ...(body === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    };
    return new Promise((resolve, reject) => {
      const outgoing = request(
        new URL(path, this.#plane.url),
        { method, headers, agent: this.#agent },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.once('error', reject);
          incoming.once('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            if ((incoming.statusCode ?? 0) < 300) resolve(JSON.parse(text));
            else reject(new Error(`${method} ${path}: ${incoming.statusCode} ${text.slice(0, 300)}`));
          });
        },
      );
      outgoing.once('error', reject);
      outgoing.end(body);
    });
  }
}
