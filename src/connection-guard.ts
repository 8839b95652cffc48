import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Log } from './lib/log.ts';

/** How long a client may go on sending a body that has been answered already. */
const lingerMs = 5000;

/** What a client is told whose bytes are no request, by Node's code. */
const faults: Readonly<Record<string, readonly [status: string, words: string]>> = {
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    'the address and the headers are larger than limits.header_kib',
  ],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ['413 Payload Too Large', 'the chunk extensions are too large'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'the request did not arrive in time'],
};
const unreadable = ['400 Bad Request', 'this is not an HTTP request'] as const;

/** Ends connections that nobody reads from or that send without end, and answers those that do not speak HTTP. */
export class ConnectionGuard {
  readonly #silenceMs: number;
  readonly #log: Log;
  /** Answers that are not finished yet. */
  readonly #open = new WeakMap<Duplex, Set<ServerResponse>>();

  constructor(silenceMs: number, log: Log) {
    this.#silenceMs = silenceMs;
    this.#log = log;
  }

  watch(server: Server, handler: RequestListener): void {
    server.on('request', (request, response) => {
      this.#track(request, response);
      handler(request, response);
    });
    server.setTimeout(this.#silenceMs);
    server.on('timeout', (socket) => this.#endSilent(socket));
    server.on('clientError', (error: NodeJS.ErrnoException, socket) => this.#answerFault(error, socket));
    server.on('drop', () =>
      this.#log.warn({}, 'a connection was refused: there are too many (limits.connections)'),
    );
  }

  #track(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    const open = this.#open.get(socket) ?? new Set();
    this.#open.set(socket, open.add(response));
    response.once('close', () => open.delete(response));
    response.once('finish', () => endUnread(request));
  }

  /**
   * Nothing moved for a while. A connection that waits for our answer is left alone; one that does not take what we send,
   * or has nothing to do with us, is ended.
   */
  #endSilent(socket: Duplex): void {
    const isAtWork = (this.#open.get(socket)?.size ?? 0) > 0;
    if (isAtWork && socket.writableLength === 0) return;
    if (isAtWork) this.#log.info({}, 'a connection was cut off: its client does not read the answer');
    socket.destroy();
  }

  #answerFault(error: NodeJS.ErrnoException, socket: Duplex): void {
    const hasBegun = [...(this.#open.get(socket) ?? [])].some(({ headersSent }) => headersSent);
    if (error.code === 'ECONNRESET' || !socket.writable || hasBegun) {
      socket.destroy();
      return;
    }
    const [status, words] = faults[error.code ?? ''] ?? unreadable;
    this.#log.debug({ code: error.code, status }, 'a request could not be read');
    const headers = `Connection: close\r\nContent-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff`;
    socket.end(
      `HTTP/1.1 ${status}\r\n${headers}\r\nContent-Length: ${words.length + 1}\r\n\r\n${words}\n`,
      () => socket.destroy(),
    );
  }
}

/** Passes over what still comes of a body that was answered without being read whole; but not for ever. */
function endUnread(request: IncomingMessage): void {
  if (request.complete) return;
  request.resume();
  const cut = setTimeout(() => {
    if (!request.complete) request.socket.destroy();
  }, lingerMs);
  cut.unref();
  request.once('close', () => clearTimeout(cut));
}
