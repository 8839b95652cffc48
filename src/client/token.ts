import { SignJWT } from 'jose/jwt/sign';

/** Who asks. Without a user the token has no issuer; servers take it only when their authentication is switched off. */
export interface Credentials {
  readonly user?: string | undefined;
  readonly key?: string | undefined;
}

/** Makes the value of the `Authorization` header for one request. */
export type Authorize = (method: string, target: string) => Promise<string>;

const lifetimeSeconds = 300;
const header = { typ: 'JWT', alg: 'HS256' } as const;

/**
 * An HMAC with no key at all, as heketi-cli sends it when no user is given (wire contract section 3.5). Keys are filled up
 * with zero bytes, so one zero byte is the same key, and one that is not refused for its length.
 */
const emptyKey = new Uint8Array(1);

/**
 * Signs a fresh token for each request (wire contract section 3.1).
 *
 * @param nowMs the clock; it has to agree with the server's.
 */
export function createAuthorize({ user = '', key = '' }: Credentials, nowMs: () => number): Authorize {
  const secret = key === '' ? emptyKey : new TextEncoder().encode(key);
  return async (method, target) => {
    const nowSeconds = Math.floor(nowMs() / 1000);
    const claims = {
      iss: user,
      iat: nowSeconds,
      exp: nowSeconds + lifetimeSeconds,
      qsh: await requestHash(method, target),
    };
    return `bearer ${await new SignJWT(claims).setProtectedHeader(header).sign(secret)}`;
  };
}

/** The hash that binds a token to one request: over method and decoded path; the query does not count. */
export async function requestHash(method: string, target: string): Promise<string> {
  const path = decodePath(target.replace(/\?.*$/s, ''));
  const bytes = new TextEncoder().encode(`${method.toUpperCase()}&${path}`);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A path that is not encoded properly counts as it stands. */
function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
