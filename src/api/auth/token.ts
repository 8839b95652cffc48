/** Tokens of the wire contract, section 3. What a client is told is the contract's text. */
import { webcrypto } from 'node:crypto';
import { compactVerify } from 'jose';
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

const hashes = { HS256: 'SHA-256', HS384: 'SHA-384', HS512: 'SHA-512' } as const;
type Algorithm = keyof typeof hashes;

const claimsSchema = z.looseObject({
  iss: z.string().optional(),
  exp: z.number().optional(),
  iat: z.number().optional(),
  nbf: z.number().optional(),
  qsh: z.string().optional(),
});
type Claims = z.infer<typeof claimsSchema>;

const refuse = (reason: string): AppError => new AppError('auth.refused', `Invalid JWT token: ${reason}`);

function decodePart(part: string): unknown {
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
  readonly #keys = new Map<string, Promise<webcrypto.CryptoKey>>();

  constructor(settings: AuthSettings, nowMs: () => number) {
    this.#settings = settings;
    this.#nowMs = nowMs;
  }

  /**
   * @param authorization the value of the `Authorization` header, if any.
   * @returns the role that the token's issuer has.
   * @throws AppError `auth.missing`, `auth.malformed`, `auth.refused` with the contract's texts (section 3.3).
   */
  async verify(authorization: string | undefined, method: string, path: string): Promise<Role> {
    const token = tokenIn(authorization);
    const parts = token.split('.');
    if (parts.length !== 3) throw refuse('token contains an invalid number of segments');
    const algorithm = algorithmOf(decodePart(parts[0] ?? ''));
    const claims = claimsOf(decodePart(parts[1] ?? ''));
    const role = roleOf(claims);
    await this.#checkSignature(token, role, algorithm);
    this.#checkTimes(claims);
    if (claims.qsh !== requestHash(method, path))
      throw new AppError('auth.refused', 'Invalid qsh claim in token');
    return role;
  }

  async #checkSignature(token: string, role: Role, algorithm: Algorithm): Promise<void> {
    try {
      await compactVerify(token, await this.#key(role, algorithm), { algorithms: [algorithm] });
    } catch {
      throw refuse('signature is invalid (client and server secrets may not match)');
    }
  }

  #key(role: Role, algorithm: Algorithm): Promise<webcrypto.CryptoKey> {
    const name = `${role}/${algorithm}`;
    const kept = this.#keys.get(name);
    if (kept !== undefined) return kept;
    const secret = role === 'admin' ? this.#settings.adminKey : this.#settings.userKey;
    const imported = webcrypto.subtle.importKey(
      'raw',
      new TextEncoder().encode(secret),
      { name: 'HMAC', hash: hashes[algorithm] },
      false,
      ['verify'],
    );
    this.#keys.set(name, imported);
    return imported;
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
    throw new AppError('auth.malformed', 'Authorization header format must be Bearer {token}');
  }
  return token;
}

function algorithmOf(header: unknown): Algorithm {
  const alg = (header as { alg?: unknown } | null)?.alg;
  if (typeof alg === 'string' && Object.hasOwn(hashes, alg)) return alg as Algorithm;
  throw refuse(`Unexpected signing method: ${String(alg)}`);
}

function claimsOf(payload: unknown): Claims {
  const claims = claimsSchema.safeParse(payload);
  if (claims.success) return claims.data;
  throw refuse(`the claim ${String(claims.error.issues[0]?.path[0] ?? '')} has the wrong type`);
}

function roleOf({ iss }: Claims): Role {
  if (iss === undefined || iss === '') throw refuse('Token missing iss claim');
  if (iss === 'admin' || iss === 'user') return iss;
  throw refuse('Unknown user');
}
