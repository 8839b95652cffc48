import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ProvisionerMetrics } from './metrics.ts';

/** Serves `/metrics` and `/healthz`. @throws the system's error when the port is taken. */
export async function serveMetrics(
  listen: { readonly host: string; readonly port: number },
  metrics: ProvisionerMetrics,
): Promise<{ readonly port: number; close(): void }> {
  const server: Server = createServer((request, response) => {
    const path = request.url?.split('?')[0];
    if (request.method !== 'GET' || (path !== '/metrics' && path !== '/healthz')) {
      response.writeHead(404).end('there are /metrics and /healthz\n');
    } else if (path === '/healthz') {
      response.writeHead(200, { 'content-type': 'text/plain' }).end('ok\n');
    } else {
      void metrics.registry.metrics().then((text) => {
        response.writeHead(200, { 'content-type': metrics.registry.contentType }).end(text);
      });
    }
  });
  server.listen(listen.port, listen.host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
