import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { requestHash } from '../../../src/api/auth/qsh.ts';
import { TokenVerifier } from '../../../src/api/auth/token.ts';

const nowSeconds = 1_700_000_100;
const verifier = new TokenVerifier(
  { adminKey: 'test-secret', userKey: 'user-secret', iatLeewaySeconds: 120 },
  () => nowSeconds * 1000,
);
const good = {
  iss: 'admin',
  iat: nowSeconds - 100,
  exp: nowSeconds + 200,
  qsh: requestHash('GET', '/clusters'),
};

const sign = (
  claims: Record<string, unknown>,
  { secret = 'test-secret', alg = 'HS256' } = {},
): Promise<string> =>
  new SignJWT(claims).setProtectedHeader({ alg, typ: 'JWT' }).sign(new TextEncoder().encode(secret));
const check = async (token: string, header = 'bearer') =>
  verifier.verify(`${header} ${token}`, 'GET', '/clusters');
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a token', () => {
  it("passes that the contract gives as an example, and its request hashes are the contract's", async () => {
    const token =
      'eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJhZG1pbiIsImlhdCI6MTcwMDAwMDAwMCwiZXhwIjoxNzAwMDAwMzAwLCJxc2giOiI0NzQ5YTU5ZGU4N2MyN2M5YjJmNDk1YzVmMTMwOWIyNTI1NjgxZGZlMzBjOGE3YjgzNjI1OTAxYjEzMmE5YzI2In0.Md9aKqY2e71_3FjbwvMq4MMVSmDEuwc-dKEJ0OOmAzY';
    expect(await check(token)).toBe('admin');
    expect(requestHash('POST', '/volumes')).toBe(
      '3a9831a9908924e3f78fe948585f41849e92724522f5153cb91aff7f8ea48eac',
    );
    expect(requestHash('GET', '/queue/0123456789abcdef0123456789abcdef')).toBe(
      'b80553bdac677f840f0062dafe1ba0ff7db6ff7ed9ef974a14600f968f5f4c9a',
    );
  });

  it.each(['HS256', 'HS384', 'HS512'])('passes with %s, whatever the case of "Bearer"', async (alg) => {
    const token = await sign(good, { alg });
    for (const word of ['bearer', 'Bearer', 'BEARER']) expect(await check(token, word)).toBe('admin');
  });

  it('has the role of its issuer', async () => {
    expect(await check(await sign({ ...good, iss: 'user' }, { secret: 'user-secret' }))).toBe('user');
  });

  it('passes without iat and nbf, and at the very second it expires', async () => {
    const { iat: _iat, ...rest } = good;
    expect(await check(await sign({ ...rest, exp: nowSeconds }))).toBe('admin');
  });

  it('passes from a clock that is at most two minutes ahead', async () => {
    expect(await check(await sign({ ...good, iat: nowSeconds + 120 }))).toBe('admin');
    await expect(check(await sign({ ...good, iat: nowSeconds + 121 }))).rejects.toThrow(
      'Token used before issued (client and server clocks may differ)',
    );
  });

  it.each([
    [{ exp: nowSeconds - 100 }, 'Invalid JWT token: Token is expired by 1m40s'],
    [{ exp: undefined }, /Invalid JWT token: Token is expired by \d+h/],
    [{ iss: undefined }, 'Invalid JWT token: Token missing iss claim'],
    [{ iss: '' }, 'Invalid JWT token: Token missing iss claim'],
    [{ iss: 'root' }, 'Invalid JWT token: Unknown user'],
    [{ nbf: nowSeconds + 10 }, 'Invalid JWT token: token is not valid yet'],
    [{ qsh: requestHash('POST', '/clusters') }, 'Invalid qsh claim in token'],
    [{ qsh: undefined }, 'Invalid qsh claim in token'],
    [{ exp: 'soon' }, /exp has the wrong type/],
  ])('with the claims %j is refused: %s', async (change, message) => {
    await expect(check(await sign({ ...good, ...change }))).rejects.toThrow(message);
  });

  it('with a wrong signature is refused before its claims are judged', async () => {
    await expect(check(await sign({ ...good, exp: 1 }, { secret: 'other' }))).rejects.toThrow(
      'Invalid JWT token: signature is invalid (client and server secrets may not match)',
    );
  });

  it("signed with the other role's secret is refused", async () => {
    await expect(check(await sign(good, { secret: 'user-secret' }))).rejects.toThrow('signature is invalid');
  });

  it.each(['none', 'RS256', 'hs256'])('with the algorithm %s is refused', async (alg) => {
    const [, payload, signature] = (await sign(good)).split('.');
    await expect(check(`${encode({ alg })}.${payload}.${signature}`)).rejects.toThrow(
      `Unexpected signing method: ${alg}`,
    );
    await expect(check(`${encode({ alg })}.${payload}.`)).rejects.toThrow(
      `Unexpected signing method: ${alg}`,
    );
  });

  it.each(['', 'a.b', 'a.b.c.d'])('that is no token (%j) is refused', (token) => {
    expect(() => verifier.verify(`bearer ${token || 'x'}`, 'GET', '/clusters')).toThrow(
      'token contains an invalid number of segments',
    );
  });

  it('that demands extensions nobody knows here is refused', async () => {
    const [, payload, signature] = (await sign(good)).split('.');
    const header = encode({ alg: 'HS256', crit: ['b64'], b64: false });
    await expect(check(`${header}.${payload}.${signature}`)).rejects.toThrow('it demands unknown extensions');
  });

  it('that is missing or in a malformed header is refused', () => {
    expect(() => verifier.verify(undefined, 'GET', '/')).toThrow(
      expect.objectContaining({ status: 401, message: 'Required authorization token not found' }),
    );
    for (const header of ['bearer', 'basic abc', 'bearer a b', 'token']) {
      expect(() => verifier.verify(header, 'GET', '/')).toThrow(
        expect.objectContaining({
          status: 400,
          message: 'Authorization header format must be Bearer {token}',
        }),
      );
    }
  });
});
