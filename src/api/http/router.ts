import { Router, type RouterContext } from '@koa/router';
import type { Middleware } from 'koa';
import { AppError } from '../../errors.ts';
import type { Once } from '../../operations/once.ts';
import { fingerprint, parseBody, readBody, withItsReason } from './body.ts';
import { jsonContentType, type Reply } from './reply.ts';
import type { Route } from './route.ts';

/** A parameter called `nameOrId` takes names, too. */
export const patternOf = (parameter: string): RegExp =>
  parameter === 'nameOrId' ? /^[a-zA-Z0-9_-]+$/ : /^[A-Fa-f0-9]+$/;
const longestKey = 255;

const unknownPath = (): AppError => new AppError('request.unknown_path', 'Invalid path or request');

/** Routes with the contract's ways (section 2): ids are hex, wrong methods get an empty 405, odd slashes a 301. */
export function createRouter(routes: readonly Route[], bodyLimitBytes: number): Middleware[] {
  const router = new Router({ strict: true, sensitive: true });
  for (const route of routes) {
    const pattern = route.path.replace(/\{(\w+)\}/g, ':$1');
    router.register(pattern, [route.method], async (context: RouterContext) => {
      for (const [name, value] of Object.entries(context.params)) {
        if (!patternOf(name).test(value)) throw unknownPath();
      }
      answer(context, await handle(route, context, bodyLimitBytes));
    });
  }
  return [
    redirectOddSlashes(router),
    refuseOtherMethods(router),
    router.routes() as Middleware,
    refuseUnknownPaths,
  ];
}

const isKnown = (router: Router, path: string): boolean => router.match(path, 'GET').path.length > 0;

function redirectOddSlashes(router: Router): Middleware {
  return async (context, next) => {
    const single = context.path.replace(/\/{2,}/g, '/');
    const trimmed = single.length > 1 ? single.replace(/\/$/, '') : single;
    const isTrailing = trimmed !== single && isKnown(router, trimmed);
    if (single === context.path && !isTrailing) return next();
    context.status = 301;
    // A browser reads `/\\host` as the address of another host.
    const path = (isTrailing ? trimmed : single).replaceAll('\\', '%5C');
    context.set('Location', `${path}${context.search}`);
  };
}

function refuseOtherMethods(router: Router): Middleware {
  return async (context, next) => {
    const { path, pathAndMethod } = router.match(context.path, context.method);
    const isRouted = pathAndMethod.length > 0 && context.method !== 'HEAD';
    if (path.length === 0 || isRouted) return next();
    context.set(
      'Allow',
      [...new Set(path.flatMap(({ methods }) => methods))].filter((name) => name !== 'HEAD').join(', '),
    );
    context.status = 405;
    context.body = '';
  };
}

const refuseUnknownPaths: Middleware = () => {
  throw unknownPath();
};

async function handle(route: Route, context: RouterContext, bodyLimitBytes: number): Promise<Reply> {
  const body = await bodyOf(route, context, bodyLimitBytes);
  const gone = new AbortController();
  const listeners: (() => void)[] = [];
  // The answer's end, not the request's: a request is closed as soon as its body is read.
  context.res.once('close', () => {
    if (!context.res.writableFinished) gone.abort(new Error('the client went away'));
    else for (const tell of listeners) tell();
  });
  return route.handle({
    params: context.params,
    query: queryOf(route, context),
    body,
    once: route.isCreate === true ? onceOf(route, context, body) : undefined,
    userAgent: context.get('user-agent'),
    onSent: (listener) => listeners.push(listener),
    signal: gone.signal,
  });
}

async function bodyOf(route: Route, context: RouterContext, limitBytes: number): Promise<unknown> {
  if (route.body === undefined) return undefined;
  const isSkipped = route.isBodyOptional === true && !(Number(context.get('content-length')) > 0);
  try {
    return parseBody(isSkipped ? '{}' : await readBody(context.req, limitBytes), route.body);
  } catch (thrown) {
    throw route.namesParseFault === true ? withItsReason(thrown) : thrown;
  }
}

/** @throws AppError `request.invalid` for a key that the route does not have, or one that is given twice. */
function queryOf({ query }: Route, context: RouterContext): URLSearchParams {
  const given = new URLSearchParams(context.search);
  if (query === undefined) return given;
  const keys = Object.keys(query);
  for (const key of given.keys()) {
    if (!keys.includes(key)) throw badQuery(key, `unknown; it may have ${keys.join(', ')}`);
    if (given.getAll(key).length > 1) throw badQuery(key, 'given more than once; give it once');
  }
  return given;
}

const badQuery = (key: string, words: string): AppError =>
  new AppError('request.invalid', `query: "${key}": ${words}`, { details: { field: key } });

function onceOf(route: Route, context: RouterContext, body: unknown): Once | undefined {
  // An empty one is no absent one: whoever sends it believes to be safe.
  const key = context.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || key.length > longestKey || !/^[\x21-\x7e]+$/.test(key)) {
    throw new AppError(
      'request.invalid',
      `Idempotency-Key: must be 1 to ${longestKey} visible ASCII characters`,
      {
        details: { field: 'Idempotency-Key' },
      },
    );
  }
  return { key, fingerprint: fingerprint(route.method, context.path, body) };
}

function answer(context: RouterContext, reply: Reply): void {
  if ('headers' in reply) context.set({ ...reply.headers });
  switch (reply.type) {
    case 'json':
      context.status = reply.status;
      context.body = `${JSON.stringify(reply.value)}\n`;
      context.set('Content-Type', jsonContentType);
      return;
    case 'text':
      context.status = reply.status;
      context.body = reply.text;
      context.set('Content-Type', reply.contentType);
      return;
    case 'stream':
      context.status = 200;
      context.body = reply.stream;
      context.set('Content-Type', reply.contentType);
      context.set('Cache-Control', 'no-store');
      return;
    case 'empty':
      context.status = reply.status;
      if (reply.status !== 204) context.body = '';
      context.remove('Content-Type');
  }
}
