import { randomUUID } from 'node:crypto';
import type { Middleware } from 'koa';
import type { Log } from '../../lib/log.ts';

const requestIdPattern = /^[\w.-]{1,64}$/;

/** Gives each request an id (the client's own when it sends one), and a line in the log when it is answered. */
export const logRequests =
  (log: Log, now: () => number): Middleware =>
  async (context, next) => {
    const sent = context.get('x-request-id');
    const requestId = requestIdPattern.test(sent) ? sent : randomUUID();
    context.state.requestId = requestId;
    context.set('X-Request-Id', requestId);
    const startedMs = now();
    await next();
    const fields = {
      requestId,
      method: context.method,
      path: context.path,
      status: context.status,
      ms: now() - startedMs,
    };
    if (context.status >= 500) log.warn(fields, 'request');
    else log.debug(fields, 'request');
  };
