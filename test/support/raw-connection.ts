import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A connection that sends bytes as they are, and remembers what came back. */
export class RawConnection {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  readonly #chunks: Buffer[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk) => this.#chunks.push(chunk));
    // A connection that is cut off may end in a reset.
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString('latin1');
  }

  /** The status codes of the answers so far. */
  get statuses(): number[] {
    return [...this.text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, code]) => Number(code));
  }

  /** @returns everything that came until the server closed the connection. */
  async untilClosed(): Promise<string> {
    await this.closed;
    return this.text;
  }
}

/** Connects to a server, ended with the test. */
export async function connectRaw(url: string, send = ''): Promise<RawConnection> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  const connection = new RawConnection(socket);
  onTestFinished(() => void socket.destroy());
  await new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  socket.write(send);
  return connection;
}
