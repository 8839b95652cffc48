/** Tokens of the wire contract, section 3. What a client is told is the contract's text. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../../errors.ts';
import { goDuration } from './go-duration.ts';
import { requestHash } from './qsh.ts';

export type Role = 'admin' | 'user';

export interface AuthSettings {
  readonly adminKey: string;
  readonly userKey: string;
  /** How far ahead of ours the clock that made a token may be. */
  readonly iatLeewaySeconds: number;
}

const hashes = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512' } as const;
type Algorithm = keyof typeof hashes;

/** Of what a stranger sent, so much is told back. */
const longestEcho = 64;

const claimsSchema = z.looseObject({
  iss: z.string().optional(),
  exp: z.number().optional(),
  iat: z.number().optional(),
  nbf: z.number().optional(),
  qsh: z.string().optional(),
});
type Claims = z.infer<typeof claimsSchema>;

export const malformed = (): AppError =>
  new AppError('auth.malformed', 'Authorization header format must be Bearer {token}');
const refuse = (reason: string): AppError => new AppError('auth.refused', `Invalid JWT token: ${reason}`);

/** Node passes over what is not base64url; a token that has it was not made by a signer. */
const isBase64Url = (part: string): boolean => /^[\w-]*$/.test(part) && part.length % 4 !== 1;

function decodePart(part: string): unknown {
  if (!isBase64Url(part)) throw refuse('a part of the token is not base64url');
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch (thrown) {
    throw refuse(thrown instanceof Error ? thrown.message : 'it cannot be decoded');
  }
}

/** Checks tokens against the two secrets. */
export class TokenVerifier {
  readonly #settings: AuthSettings;
  readonly #nowMs: () => number;

  constructor(settings: AuthSettings, nowMs: () => number) {
    this.#settings = settings;
    this.#nowMs = nowMs;
  }

  /**
   * @param authorization the value of the `Authorization` header, if any.
   * @returns the role that the token's issuer has.
   * @throws AppError `auth.missing`, `auth.malformed`, `auth.refused` with the contract's texts (section 3.3).
   */
  verify(authorization: string | undefined, method: string, path: string): Role {
    const token = tokenIn(authorization);
    const parts = token.split('.');
    if (parts.length !== 3) throw refuse('token contains an invalid number of segments');
    const algorithm = algorithmOf(decodePart(parts[0] ?? ''));
    const claims = claimsOf(decodePart(parts[1] ?? ''));
    const role = roleOf(claims);
    this.#checkSignature(token, role, algorithm);
    this.#checkTimes(claims);
    if (claims.qsh !== requestHash(method, path))
      throw new AppError('auth.refused', 'Invalid qsh claim in token');
    return role;
  }

  /** In place: a detour over the thread pool, as Web Crypto takes it, costs ten times the hash itself. */
  #checkSignature(token: string, role: Role, algorithm: Algorithm): void {
    const secret = role === 'admin' ? this.#settings.adminKey : this.#settings.userKey;
    const end = token.lastIndexOf('.');
    const expected = createHmac(hashes[algorithm], secret).update(token.slice(0, end)).digest();
    const signature = token.slice(end + 1);
    const sent = Buffer.from(signature, 'base64url');
    const isComparable = isBase64Url(signature) && sent.length === expected.length;
    if (isComparable && timingSafeEqual(sent, expected)) return;
    throw refuse('signature is invalid (client and server secrets may not match)');
  }

  #checkTimes({ exp = 0, iat = 0, nbf = 0 }: Claims): void {
    const nowSeconds = Math.floor(this.#nowMs() / 1000);
    if (nowSeconds > exp) throw refuse(`Token is expired by ${goDuration(nowSeconds - Math.floor(exp))}`);
    if (nowSeconds < iat - this.#settings.iatLeewaySeconds) {
      throw refuse('Token used before issued (client and server clocks may differ)');
    }
    if (nowSeconds < nbf) throw refuse('token is not valid yet');
  }
}

function tokenIn(authorization: string | undefined): string {
  if (authorization === undefined || authorization === '') {
    throw new AppError('auth.missing', 'Required authorization token not found');
  }
  const [scheme, token, ...rest] = authorization.trim().split(/\s+/);
  if (scheme?.toLowerCase() !== 'bearer' || token === undefined || rest.length > 0) {
    throw malformed();
  }
  return token;
}

function algorithmOf(header: unknown): Algorithm {
  const alg = (header as { alg?: unknown } | null)?.alg;
  // What a token declares critical, none of which exists here, has to be understood or refused (RFC 7515, 4.1.11).
  if ((header as { crit?: unknown } | null)?.crit !== undefined)
    throw refuse('it demands unknown extensions');
  if (typeof alg !== 'string') throw refuse('signing method (alg) is unspecified');
  if (Object.hasOwn(hashes, alg)) return alg as Algorithm;
  throw refuse(`Unexpected signing method: ${alg.slice(0, longestEcho)}`);
}

function claimsOf(payload: unknown): Claims {
  const claims = claimsSchema.safeParse(payload);
  if (claims.success) return claims.data;
  const claim = claims.error.issues[0]?.path[0];
  throw refuse(
    claim === undefined ? 'the claims are no JSON object' : `the claim ${String(claim)} has the wrong type`,
  );
}

function roleOf({ iss }: Claims): Role {
  if (iss === undefined || iss === '') throw refuse('Token missing iss claim');
  if (iss === 'admin' || iss === 'user') return iss;
  throw refuse('Unknown user');
}
