import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { CertificateKeeper } from './certificate-keeper.ts';
import type { Config } from './config/config.ts';
import { ConnectionGuard } from './connection-guard.ts';
import { AppError } from './errors.ts';
import type { Log } from './lib/log.ts';

/** How often idle connections are ended while the listener closes. */
const sweepMs = 50;
/** Signs of life that the kernel sends on a silent connection, so that a vanished peer is noticed. */
const keepAliveProbeMs = 30_000;
/** How often Node looks for requests that take too long. Its own default is half a minute. */
const longestCheckMs = 5000;

/** The socket that requests come in by, plain or with TLS. Its limits are those of `limits` in the configuration. */
export class HttpListener {
  readonly #server: Server;
  readonly #config: Config;
  readonly #certificate: CertificateKeeper | undefined;

  /** @throws AppError `config.invalid` when the certificate cannot be used. */
  constructor(config: Config, handler: RequestListener, log: Log) {
    this.#config = config;
    const { tls, limits } = config;
    if (tls === undefined) this.#server = createHttpServer(optionsOf(config));
    else {
      const keeper = new CertificateKeeper(tls, log);
      const server = createHttpsServer({ ...optionsOf(config), ...keeper.context });
      keeper.onChange = (context) => server.setSecureContext(context);
      this.#server = server satisfies HttpsServer;
      this.#certificate = keeper;
    }
    this.#server.maxConnections = limits.connections;
    const guard = new ConnectionGuard(limits.requestTimeoutSeconds * 1000, log);
    guard.watch(this.#server, handler);
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
        this.#certificate?.start();
        resolve((this.#server.address() as AddressInfo).port);
      });
    });
  }

  /** Reads the certificate again. Connections that are open keep the one they began with; a bad one is not taken. */
  reloadCertificate(): void {
    this.#certificate?.reload();
  }

  /** Takes no more connections; resolves when open requests are answered, or at the latest after `graceMs`. */
  close(graceMs: number): Promise<void> {
    this.#certificate?.stop();
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

function optionsOf({ limits }: Config) {
  const requestTimeoutMs = limits.requestTimeoutSeconds * 1000;
  return {
    requestTimeout: requestTimeoutMs,
    headersTimeout: requestTimeoutMs,
    handshakeTimeout: requestTimeoutMs,
    connectionsCheckingInterval: Math.min(longestCheckMs, requestTimeoutMs),
    keepAliveTimeout: limits.idleConnectionSeconds * 1000,
    keepAlive: true,
    keepAliveInitialDelay: keepAliveProbeMs,
    maxHeaderSize: limits.headerKib * 1024,
  };
}
