import type { Context, Middleware } from 'koa';
import { type AppError, errorCatalogue, toAppError } from '../../errors.ts';
import type { Log } from '../../lib/log.ts';

/**
 * Turns whatever is thrown into an answer: the contract's plain text (section 2), or a problem document (RFC 9457) for a
 * client that prefers JSON. What is unexpected is logged and not told.
 */
export const answerErrors =
  (log: Log): Middleware =>
  async (context, next) => {
    try {
      await next();
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.code === 'server.internal') {
        log.error(
          { err: error.cause ?? error, requestId: context.state.requestId },
          'a request failed unexpectedly',
        );
      }
      answer(context, error);
    }
  };

function answer(context: Context, error: AppError): void {
  context.status = error.status;
  context.set('X-Content-Type-Options', 'nosniff');
  const { retryAfterSeconds } = error.details;
  if (typeof retryAfterSeconds === 'number') context.set('Retry-After', String(retryAfterSeconds));
  const message =
    error.code === 'server.internal'
      ? `${errorCatalogue['server.internal'].title} (request ${String(context.state.requestId)})`
      : error.message;
  if (context.accepts('text/plain', 'application/problem+json', 'application/json') === 'text/plain') {
    context.type = 'text/plain; charset=utf-8';
    context.body = `${message}\n`;
    return;
  }
  context.body = JSON.stringify(problemOf(error, message));
  context.type = 'application/problem+json';
}

function problemOf(error: AppError, message: string): Record<string, unknown> {
  // What commands printed stays in the log.
  const { results: _results, stdout: _stdout, ...details } = error.details;
  return {
    type: `urn:mortar:error:${error.code}`,
    title: errorCatalogue[error.code].title,
    status: error.status,
    detail: message,
    code: error.code,
    remedy: error.remedy,
    details,
  };
}
