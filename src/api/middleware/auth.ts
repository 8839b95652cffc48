import type { Middleware } from 'koa';
import { AppError } from '../../errors.ts';
import { malformed, type TokenVerifier } from '../auth/token.ts';

/** The one path that the role `user` may use (wire contract section 3.2). */
const userPath = '/volumes';

/** Checks the token of everything that is not public, before anything else looks at the request. */
export const authenticate =
  (verifier: TokenVerifier | undefined, isPublic: (method: string, path: string) => boolean): Middleware =>
  async (context, next) => {
    const path = decodedPath(context.path);
    context.state.isPublic = isPublic(context.method, path);
    if (verifier !== undefined && context.state.isPublic !== true) {
      const sent = context.req.headersDistinct.authorization ?? [];
      // What stands in front of Mortar may look at another one than Mortar.
      if (sent.length > 1) throw malformed();
      const role = verifier.verify(sent[0], context.method, path);
      if (role === 'user' && path !== userPath)
        throw new AppError('auth.forbidden', 'Administrator access required');
    }
    await next();
  };

function decodedPath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
