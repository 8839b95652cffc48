/** What a client is told when a request does not end well. `message` is complete in itself and shown to people as it is. */
export class ClientError extends Error {
  /** The answer's HTTP status; undefined when there was no answer. */
  readonly status: number | undefined;
  /** The server's error code (docs/errors.md) when it sent a problem document. */
  readonly code: string | undefined;
  /** The problem document's facts for programs. */
  readonly details: Readonly<Record<string, unknown>>;
  /** What a person can do about it, when the server says so. */
  readonly remedy: string | undefined;

  constructor(message: string, options: ClientErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ClientError';
    this.status = options.status;
    this.code = options.code;
    this.details = options.details ?? {};
    this.remedy = options.remedy;
  }
}

interface ClientErrorOptions {
  readonly status?: number;
  readonly code?: string | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  readonly remedy?: string | undefined;
  readonly cause?: unknown;
}

/** There was no answer: the way to the server is blocked, or broke. */
export class TransportError extends ClientError {
  /** What the system calls it, such as ECONNREFUSED; empty when it has no name. */
  readonly systemCode: string;

  constructor(message: string, systemCode: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'TransportError';
    this.systemCode = systemCode;
  }

  /** The connection broke after it was made: whether the request was carried out is not known. */
  get isReset(): boolean {
    return this.systemCode === 'ECONNRESET' || this.systemCode === 'EPIPE';
  }

  /** The server may be there again in a moment, as after a restart. */
  get isPassing(): boolean {
    return this.isReset || this.systemCode === 'ECONNREFUSED' || this.systemCode === 'ETIMEDOUT';
  }
}
