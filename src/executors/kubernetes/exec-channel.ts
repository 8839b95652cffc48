import type { IncomingMessage } from 'node:http';
import { Readable, Writable } from 'node:stream';
import { WebSocket } from 'ws';
import { z } from 'zod';
import type { BatchChannel, ChannelEnd } from '../script/batch-channel.ts';
import type { ClusterAccess } from './access.ts';
import { ApiFailure } from './api-failure.ts';
import { readText } from './api-request.ts';
import type { ExecTarget } from './find-pod.ts';

/** Ways to carry streams over a WebSocket, the best first: only v5 can close one of them alone, which is not needed. */
const protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

/** The first byte of a message says what it belongs to. */
const channels = { stdin: 0, stdout: 1, stderr: 2, status: 3 } as const;

const signOfLifeMs = 15_000;
const longestSilenceMs = 45_000;
const longestRefusalBytes = 64 * 1024;
/** What the server needs to end a connection that is no longer wanted. */
const goodbyeMs = 2000;

export interface ExecRequest extends ExecTarget {
  readonly namespace: string;
  readonly argv: readonly string[];
  readonly connectTimeoutMs: number;
}

/**
 * Starts a program in a pod.
 *
 * @throws ApiFailure when it could not be started; the reason of `signal` when it is aborted first.
 */
export async function openExec(
  access: ClusterAccess,
  request: ExecRequest,
  signal: AbortSignal,
): Promise<BatchChannel> {
  const options = await access.requestOptions();
  signal.throwIfAborted();
  const socket = new WebSocket(urlOf(access, request), protocols, {
    ...options,
    handshakeTimeout: request.connectTimeoutMs,
    perMessageDeflate: false,
  });
  const channel = new ExecChannel(socket);
  await untilOpen(socket, signal);
  return channel;
}

function urlOf({ server }: ClusterAccess, { namespace, pod, container, argv }: ExecRequest): string {
  const path = ['api', 'v1', 'namespaces', namespace, 'pods', pod, 'exec'].map(encodeURIComponent).join('/');
  const query = new URLSearchParams({
    container,
    stdin: 'true',
    stdout: 'true',
    stderr: 'true',
    tty: 'false',
  });
  for (const word of argv) query.append('command', word);
  return `${server.replace(/^http/, 'ws')}/${path}?${query.toString()}`;
}

function untilOpen(socket: WebSocket, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (reason: Error): void => {
      signal.removeEventListener('abort', onAbort);
      socket.terminate();
      reject(reason);
    };
    const onAbort = (): void => fail(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('open', () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
    socket.once('error', (error) => fail(ApiFailure.ofNetwork(error)));
    socket.once('unexpected-response', (_request, response: IncomingMessage) => {
      void readText(response, longestRefusalBytes)
        .then(
          (body) => ApiFailure.ofAnswer(response.statusCode ?? 0, body),
          (error: Error) => error,
        )
        .then(fail);
    });
  });
}

class ExecChannel implements BatchChannel {
  readonly input: Writable;
  readonly output = new Readable({ read: () => undefined });
  readonly errors = new Readable({ read: () => undefined });
  readonly closed: Promise<ChannelEnd>;
  readonly #socket: WebSocket;
  readonly #beat: NodeJS.Timeout;
  readonly #silence: NodeJS.Timeout;
  #conclude: (end: ChannelEnd) => void = () => undefined;
  #lostBy: string | undefined;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    this.input = new Writable({
      write: (chunk: Buffer, _encoding, done) => this.#send(chunk, done),
      // The runner needs no end of its input: it knows how long a batch is, and reads to the end of the connection.
    });
    this.input.on('error', () => undefined);
    const concluded = new Promise<ChannelEnd>((resolve) => {
      this.#conclude = resolve;
    });
    this.closed = concluded.then((end) => this.#deliver(end));
    this.#beat = setInterval(() => {
      if (socket.readyState === WebSocket.OPEN) socket.ping();
    }, signOfLifeMs);
    this.#silence = setTimeout(() => this.#lose('no sign of life came any more'), longestSilenceMs);
    this.#listen();
  }

  drop(): void {
    this.#lose('it was let go');
  }

  #listen(): void {
    const socket = this.#socket;
    socket.on('message', (data: Buffer) => {
      this.#silence.refresh();
      this.#take(data);
    });
    socket.on('pong', () => this.#silence.refresh());
    socket.on('error', (error) => {
      this.#lostBy ??= error.message;
    });
    socket.on('close', (code) => {
      this.#conclude({ lost: this.#lostBy ?? `the API server closed the stream (code ${code})` });
    });
  }

  #take(message: Buffer): void {
    const content = message.subarray(1);
    // Any other number means nothing here: the server says that it has closed a stream.
    if (message[0] === channels.stdout && content.length > 0) this.output.push(content);
    else if (message[0] === channels.stderr && content.length > 0) this.errors.push(content);
    else if (message[0] === channels.status) this.#conclude(endOf(content.toString('utf8')));
  }

  #send(chunk: Buffer, done: (error?: Error | null) => void): void {
    if (this.#socket.readyState !== WebSocket.OPEN) {
      done(new Error('the stream is closed'));
      return;
    }
    const message = Buffer.allocUnsafe(chunk.length + 1);
    message[0] = channels.stdin;
    chunk.copy(message, 1);
    this.#socket.send(message, (error) => done(error));
  }

  #lose(reason: string): void {
    this.#lostBy ??= reason;
    this.#socket.terminate();
  }

  /** Lets go of the socket, and answers once everything that came has been read. */
  async #deliver(end: ChannelEnd): Promise<ChannelEnd> {
    clearInterval(this.#beat);
    clearTimeout(this.#silence);
    this.input.destroy();
    this.#socket.close();
    const timer = setTimeout(() => this.#socket.terminate(), goodbyeMs);
    this.#socket.once('close', () => clearTimeout(timer));
    if (this.#socket.readyState === WebSocket.CLOSED) clearTimeout(timer);
    const read = [this.output, this.errors].map((stream) => {
      const ended = new Promise<void>((resolve) => {
        stream.once('close', resolve);
      });
      stream.push(null);
      stream.resume();
      return ended;
    });
    await Promise.all(read);
    return end;
  }
}

const causeSchema = z.object({ reason: z.string().optional(), message: z.string().optional() });
type Cause = z.infer<typeof causeSchema>;

const statusSchema = z.object({
  status: z.string(),
  message: z.string().optional(),
  details: z
    .object({
      causes: z.array(causeSchema).optional(),
    })
    .optional(),
});

/** What the last message of a stream says of the program: its exit code, or why there is none. */
export function endOf(text: string): ChannelEnd {
  const { data } = statusSchema.safeParse(parseJson(text));
  if (data?.status === 'Success') return { exitCode: 0 };
  const words = data?.message ?? text;
  const code = exitCodeOf(data?.details?.causes ?? [], words);
  // 128 and the number of the signal, as a shell has it.
  if (code === '137') return { signal: 'KILL' };
  if (code !== undefined) return { exitCode: Number(code) };
  return { lost: words, notStarted: words };
}

/** A kubelet gives it as a cause; some only have it in their words. */
function exitCodeOf(causes: readonly Cause[], words: string): string | undefined {
  const cause = causes.find(({ reason }) => reason === 'ExitCode')?.message ?? '';
  return /^\d{1,3}$/.exec(cause)?.[0] ?? /exit (?:status|code) (\d{1,3})$/.exec(words)?.[1];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
