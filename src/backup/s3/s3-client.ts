import { createReadStream } from 'node:fs';
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { pipeline } from 'node:stream';
import { AwsV4Signer } from 'aws4fetch';
import { AppError } from '../../errors.ts';
import { explainAnswer } from './s3-answer.ts';

export interface S3Settings {
  /** `https://s3.example.com`, without a path. */
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

export interface S3Request {
  readonly method: 'GET' | 'PUT' | 'DELETE';
  /** Empty for the bucket itself. */
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  /** A file, or a text. */
  readonly body?: { readonly path: string } | { readonly text: string };
  readonly sizeBytes?: number;
  /** Of the body, in hex: the server refuses what arrived otherwise. */
  readonly sha256?: string;
}

/** The longest silence of the server. */
const silenceMs = 60_000;
const triesAtMost = 4;
const firstPauseMs = 500;
const sha256OfNothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** Sends signed requests to an S3-compatible server, with the bucket in the path, and again when it is in trouble. */
export class S3Client {
  readonly #settings: S3Settings;
  readonly #agent: HttpAgent | HttpsAgent;

  constructor(settings: S3Settings) {
    this.#settings = settings;
    const options = { keepAlive: true, timeout: silenceMs };
    this.#agent = settings.endpoint.startsWith('https:') ? new HttpsAgent(options) : new HttpAgent(options);
  }

  /**
   * @returns the answer with its body still to be read; 404 is left to the caller.
   * @throws AppError `backup.failed` in the server's words.
   */
  async send(request: S3Request): Promise<IncomingMessage> {
    for (let tries = 1; ; tries += 1) {
      const outcome = await this.#trySend(request);
      if (!(outcome instanceof AppError)) return outcome;
      if (tries >= triesAtMost || outcome.details.isPassing !== true) throw outcome;
      await new Promise((resolve) => setTimeout(resolve, firstPauseMs * 2 ** tries));
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  async #trySend(request: S3Request): Promise<IncomingMessage | AppError> {
    const { endpoint, bucket } = this.#settings;
    const where = `s3://${bucket}/${request.key} at ${endpoint}`;
    try {
      const answer = await this.#exchange(request);
      const status = answer.statusCode ?? 0;
      if ((status >= 200 && status < 300) || status === 404) return answer;
      return await explainAnswer(answer, where);
    } catch (thrown) {
      const { code, message } = thrown as NodeJS.ErrnoException;
      return new AppError('backup.failed', `${where}: ${message || code}: check backup.s3.endpoint`, {
        cause: thrown,
        details: { isPassing: true },
      });
    }
  }

  async #exchange(request: S3Request): Promise<IncomingMessage> {
    const { method, url, headers } = await this.#sign(request);
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    return new Promise((resolve, reject) => {
      const outgoing = send(url, { method, headers, agent: this.#agent }, resolve);
      outgoing.setTimeout(silenceMs, () =>
        outgoing.destroy(new Error(`no answer within ${silenceMs / 1000} s`)),
      );
      outgoing.once('error', reject);
      const { body } = request;
      if (body === undefined || 'text' in body) outgoing.end(body?.text);
      // An error of the pipeline destroys the request, which rejects.
      else pipeline(createReadStream(body.path), outgoing, () => undefined);
    });
  }

  async #sign(request: S3Request): Promise<{ method: string; url: URL; headers: Record<string, string> }> {
    const { endpoint, bucket, region, accessKey, secretKey } = this.#settings;
    const url = new URL(`${endpoint.replace(/\/$/, '')}/${bucket}/${request.key}`);
    for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.set(name, value);
    const signer = new AwsV4Signer({
      method: request.method,
      url: url.toString(),
      headers: { 'x-amz-content-sha256': request.sha256 ?? sha256OfNothing },
      accessKeyId: accessKey,
      secretAccessKey: secretKey,
      service: 's3',
      region,
    });
    const signed = await signer.sign();
    const headers = Object.fromEntries(signed.headers);
    const length = request.method === 'PUT' ? { 'content-length': String(request.sizeBytes ?? 0) } : {};
    return { method: signed.method, url: signed.url, headers: { ...headers, ...length } };
  }
}
