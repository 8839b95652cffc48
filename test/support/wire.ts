import { SignJWT } from 'jose';
import { requestHash } from '../../src/api/auth/qsh.ts';

export interface WireAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; throws when it is none. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of any shape
  json(): any;
}

export interface WireRequest {
  readonly method?: string;
  readonly body?: unknown;
  /** Sent as it is instead of `body`. */
  readonly rawBody?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly user?: 'admin' | 'user';
  readonly token?: string | undefined;
}

/** Speaks the wire as a plain client does: a fresh token each time, no knowledge of answers. */
export class Wire {
  readonly #base: string;
  readonly #keys: Readonly<Record<'admin' | 'user', string>>;

  constructor(base: string, keys: Readonly<Record<'admin' | 'user', string>>) {
    this.#base = base;
    this.#keys = keys;
  }

  async send(path: string, request: WireRequest = {}): Promise<WireAnswer> {
    const method =
      request.method ?? (request.body === undefined && request.rawBody === undefined ? 'GET' : 'POST');
    const token = 'token' in request ? request.token : await this.token(method, path, request.user);
    const body = request.rawBody ?? (request.body === undefined ? undefined : JSON.stringify(request.body));
    const response = await fetch(`${this.#base}${path}`, {
      method,
      redirect: 'manual',
      headers: { ...(token === undefined ? {} : { authorization: `bearer ${token}` }), ...request.headers },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: () => JSON.parse(text) as unknown,
    };
  }

  token(method: string, path: string, user: 'admin' | 'user' = 'admin'): Promise<string> {
    const qsh = requestHash(method, decodeURIComponent(path.split('?')[0] ?? ''));
    return new SignJWT({ qsh })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setIssuer(user)
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(new TextEncoder().encode(this.#keys[user]));
  }

  /** Sends a request that goes to the queue and follows it to its end, with the same headers. */
  async finish(path: string, request: WireRequest = {}): Promise<WireAnswer> {
    return this.follow(await this.send(path, request), request.headers);
  }

  /** Follows what was accepted to its end; any other answer is the end already. */
  async follow(accepted: WireAnswer, headers: Readonly<Record<string, string>> = {}): Promise<WireAnswer> {
    if (accepted.status !== 202) return accepted;
    const queue = accepted.headers.get('location') ?? '';
    for (;;) {
      const answer = await this.send(queue, { headers });
      if (answer.headers.get('x-pending') !== 'true') {
        return answer.status === 303 ? this.send(answer.headers.get('location') ?? '') : answer;
      }
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
}
