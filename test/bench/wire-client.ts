import { createHash, createHmac } from 'node:crypto';
import { Agent, type IncomingHttpHeaders, request } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const pollMs = 5;
const refusedPauseMs = 20;
const base64url = (text: string): string => Buffer.from(text).toString('base64url');
const tokenHeader = base64url('{"alg":"HS256","typ":"JWT"}');

const sleep = (durationMs: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, durationMs));

/**
 * A client of the wire contract that costs as little as it can, since it shares the machine with the server it measures:
 * kept connections, a fresh token for each request, `/queue` asked every 5 ms, refusals (429) repeated after 20 ms.
 */
export class WireClient {
  readonly #port: number;
  readonly #key: string;
  readonly #agent = new Agent({ keepAlive: true });
  #refusals = 0;

  constructor(port: number, key: string) {
    this.#port = port;
    this.#key = key;
  }

  /** Answers 429 so far. */
  get refusals(): number {
    return this.#refusals;
  }

  close(): void {
    this.#agent.destroy();
  }

  send(method: string, path: string, body?: unknown): Promise<Answer> {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      authorization: `bearer ${this.#token(method, path)}`,
      ...(payload === undefined ? {} : { 'content-length': Buffer.byteLength(payload) }),
    };
    return new Promise((resolve, reject) => {
      const outgoing = request(
        { host: '127.0.0.1', port: this.#port, agent: this.#agent, method, path, headers },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.once('error', reject);
          incoming.once('end', () => {
            const { statusCode: status = 0, headers: received } = incoming;
            resolve({ status, headers: received, body: Buffer.concat(chunks).toString('utf8') });
          });
        },
      );
      outgoing.once('error', reject);
      outgoing.end(payload);
    });
  }

  /** The JSON of a resource. @throws Error for any other answer than 200. */
  async read<T>(path: string): Promise<T> {
    const answer = await this.send('GET', path);
    if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status} ${answer.body}`);
    return JSON.parse(answer.body) as T;
  }

  /**
   * Sends a change and takes it as accepted, repeating refusals. @returns the path of its queue entry.
   * @throws Error for any other answer.
   */
  async submit(method: string, path: string, body?: unknown): Promise<string> {
    for (;;) {
      const answer = await this.send(method, path, body);
      if (answer.status === 202) return answer.headers.location ?? '';
      if (answer.status !== 429) throw new Error(`${method} ${path}: ${answer.status} ${answer.body}`);
      this.#refusals += 1;
      await sleep(refusedPauseMs);
    }
  }

  /**
   * Asks a queue entry until it is over, and reads the resource that it led to, as official clients do.
   *
   * @returns the id of the resource, or an empty text when there is none. @throws Error when it failed.
   */
  async follow(queuePath: string, pauseMs = pollMs): Promise<string> {
    for (;;) {
      const answer = await this.send('GET', queuePath);
      if (answer.status === 303) return this.#follow(answer.headers.location ?? '');
      if (answer.status === 204) return '';
      if (answer.headers['x-pending'] !== 'true')
        throw new Error(`GET ${queuePath}: ${answer.status} ${answer.body}`);
      await sleep(pauseMs);
    }
  }

  async finish(method: string, path: string, body?: unknown): Promise<string> {
    return this.follow(await this.submit(method, path, body));
  }

  async #follow(path: string): Promise<string> {
    const { status, body } = await this.send('GET', path);
    if (status !== 200) throw new Error(`GET ${path}: ${status} ${body}`);
    return path.slice(path.lastIndexOf('/') + 1);
  }

  #token(method: string, path: string): string {
    const nowSeconds = Math.floor(Date.now() / 1000);
    const target = path.split('?')[0] ?? '';
    const qsh = createHash('sha256').update(`${method}&${target}`).digest('hex');
    const claims = { iss: 'admin', iat: nowSeconds, exp: nowSeconds + 300, qsh };
    const signed = `${tokenHeader}.${base64url(JSON.stringify(claims))}`;
    return `${signed}.${createHmac('sha256', this.#key).update(signed).digest('base64url')}`;
  }
}
