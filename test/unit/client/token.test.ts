import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createAuthorize, requestHash } from '../../../src/client/token.ts';

const nowMs = (): number => 1_700_000_000_000;

describe('the request hash', () => {
  it.each([
    ['GET', '/clusters', '4749a59de87c27c9b2f495c5f1309b2525681dfe30c8a7b83625901b132a9c26'],
    ['POST', '/volumes', '3a9831a9908924e3f78fe948585f41849e92724522f5153cb91aff7f8ea48eac'],
    [
      'GET',
      '/queue/0123456789abcdef0123456789abcdef',
      'b80553bdac677f840f0062dafe1ba0ff7db6ff7ed9ef974a14600f968f5f4c9a',
    ],
  ])('of %s %s is that of the contract', async (method, path, hash) => {
    expect(await requestHash(method, path)).toBe(hash);
  });

  it('covers the decoded path and leaves the query out', async () => {
    const plain = await requestHash('GET', '/volumes/a b');
    expect(await requestHash('get', '/volumes/a%20b?limit=3')).toBe(plain);
  });

  it('takes a path that is not encoded properly as it stands', async () => {
    expect(await requestHash('GET', '/volumes/%zz')).toHaveLength(64);
  });
});

describe('the token', () => {
  it('is the one of the contract, to the byte', async () => {
    const authorize = createAuthorize({ user: 'admin', key: 'test-secret' }, nowMs);
    expect(await authorize('GET', '/clusters')).toBe(
      'bearer eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJhZG1pbiIsImlhdCI6MTcwMDAwMDAwMCwiZXhwIjoxNzAwMDAwMzAwLCJxc2giOiI0NzQ5YTU5ZGU4N2MyN2M5YjJmNDk1YzVmMTMwOWIyNTI1NjgxZGZlMzBjOGE3YjgzNjI1OTAxYjEzMmE5YzI2In0.Md9aKqY2e71_3FjbwvMq4MMVSmDEuwc-dKEJ0OOmAzY',
    );
  });

  it('is signed with an empty key and names nobody when no user is given, as heketi-cli does', async () => {
    const token = (await createAuthorize({}, nowMs)('GET', '/clusters')).slice('bearer '.length);
    const [header = '', payload = '', signature] = token.split('.');
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({ iss: '' });
    expect(signature).toBe(createHmac('sha256', '').update(`${header}.${payload}`).digest('base64url'));
  });
});
