import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Config } from './config/config.ts';
import { AppError } from './errors.ts';

/** How often idle connections are ended while the listener closes. */
const sweepMs = 50;

/** The socket that requests come in by, plain or with TLS. */
export class HttpListener {
  readonly #server: Server;
  readonly #config: Config;

  constructor(config: Config, handler: RequestListener) {
    const { tls, limits } = config;
    this.#config = config;
    this.#server =
      tls === undefined
        ? createHttpServer(handler)
        : createHttpsServer({ cert: readFileSync(tls.certFile), key: readFileSync(tls.keyFile) }, handler);
    this.#server.requestTimeout = limits.requestTimeoutSeconds * 1000;
    this.#server.headersTimeout = limits.requestTimeoutSeconds * 1000;
    this.#server.keepAliveTimeout = 65_000;
  }

  /** @returns the port it listens on. @throws AppError `config.invalid` when the address cannot be had. */
  listen(): Promise<number> {
    const { host, port } = this.#config.listen;
    return new Promise((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => {
        const why = error.code === 'EADDRINUSE' ? 'the port is in use by another program' : error.message;
        reject(new AppError('config.invalid', `listen: ${host ?? '*'}:${port}: ${why}`, { cause: error }));
      });
      this.#server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
        resolve((this.#server.address() as AddressInfo).port);
      });
    });
  }

  /** Takes no more connections; resolves when open requests are answered, or at the latest after `graceMs`. */
  close(graceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const sweep = setInterval(() => this.#server.closeIdleConnections(), sweepMs);
      const deadline = setTimeout(() => this.#server.closeAllConnections(), graceMs);
      this.#server.close(() => {
        clearInterval(sweep);
        clearTimeout(deadline);
        resolve();
      });
      this.#server.closeIdleConnections();
    });
  }
}
