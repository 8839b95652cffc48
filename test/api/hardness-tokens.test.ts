import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { requestHash } from '../../src/api/auth/qsh.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { startManager, testKeys } from '../support/manager.ts';
import { connectRaw } from '../support/raw-connection.ts';

const nowSeconds = Math.floor(Date.now() / 1000);
const good = {
  iss: 'admin',
  iat: nowSeconds,
  exp: nowSeconds + 300,
  qsh: requestHash('GET', '/clusters'),
};

const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const hmac = (text: string, key: string | Buffer, hash = 'sha256'): string =>
  createHmac(hash, key).update(text).digest('base64url');

interface Recipe {
  readonly header?: unknown;
  readonly key?: string | Buffer;
  readonly hash?: string;
}

/** A token made by hand, as an attacker makes it. */
function forge(
  claims: unknown,
  { header = { alg: 'HS256' }, key = testKeys.admin, hash }: Recipe = {},
): string {
  const text = `${encode(header)}.${encode(claims)}`;
  return `${text}.${hmac(text, key, hash)}`;
}

const [head = '', payload = '', signature = ''] = forge(good).split('.');
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const publicPem = publicKey.export({ type: 'spki', format: 'pem' });

function signWithRsa(): string {
  const text = `${encode({ alg: 'RS256' })}.${encode(good)}`;
  return `${text}.${createSign('sha256').update(text).sign(privateKey).toString('base64url')}`;
}

const jwt = (reason: string): string => `Invalid JWT token: ${reason}`;
const badSignature = jwt('signature is invalid (client and server secrets may not match)');
const segments = jwt('token contains an invalid number of segments');
const { iss: _iss, ...withoutIssuer } = good;
const { exp: _exp, ...withoutExpiry } = good;
const { qsh: _qsh, ...withoutHash } = good;

const refused: readonly [name: string, token: string, words: string | RegExp][] = [
  ['alg none, unsigned', `${encode({ alg: 'none' })}.${payload}.`, jwt('Unexpected signing method: none')],
  ['alg none, signed', forge(good, { header: { alg: 'none' } }), jwt('Unexpected signing method: none')],
  ['alg NONE', `${encode({ alg: 'NONE' })}.${payload}.`, jwt('Unexpected signing method: NONE')],
  ['alg nOnE', `${encode({ alg: 'nOnE' })}.${payload}.`, jwt('Unexpected signing method: nOnE')],
  ['alg RS256 with a real RSA signature', signWithRsa(), jwt('Unexpected signing method: RS256')],
  [
    'alg RS256, HMAC over the public key',
    forge(good, { header: { alg: 'RS256' }, key: publicPem as string }),
    jwt('Unexpected signing method: RS256'),
  ],
  ['alg HS256, HMAC over a public key', forge(good, { key: publicPem as string }), badSignature],
  ['alg ES256', forge(good, { header: { alg: 'ES256' } }), jwt('Unexpected signing method: ES256')],
  ['alg toString', forge(good, { header: { alg: 'toString' } }), jwt('Unexpected signing method: toString')],
  [
    'alg __proto__',
    forge(good, { header: { alg: '__proto__' } }),
    jwt('Unexpected signing method: __proto__'),
  ],
  ['alg absent', forge(good, { header: { typ: 'JWT' } }), jwt('signing method (alg) is unspecified')],
  ['alg null', forge(good, { header: { alg: null } }), jwt('signing method (alg) is unspecified')],
  ['alg as a list', forge(good, { header: { alg: ['HS256'] } }), jwt('signing method (alg) is unspecified')],
  [
    'alg as an object that cannot be a text',
    forge(good, { header: { alg: { toString: 1 } } }),
    jwt('signing method (alg) is unspecified'),
  ],
  [
    'alg nested deep',
    forge(good, { header: `{"alg":${'['.repeat(3000)}${']'.repeat(3000)}}` }),
    jwt('signing method (alg) is unspecified'),
  ],
  [
    'a key of its own in the header',
    forge(good, { header: { alg: 'HS256', jwk: { kty: 'oct', k: encode('mine') } }, key: 'mine' }),
    badSignature,
  ],
  [
    'a key id that is a path',
    forge(good, { header: { alg: 'HS256', kid: '/dev/null' }, key: '' }),
    badSignature,
  ],
  ['crit', forge(good, { header: { alg: 'HS256', crit: ['exp'] } }), jwt('it demands unknown extensions')],
  ['an empty key', forge(good, { key: '' }), badSignature],
  ["the other role's key", forge(good, { key: testKeys.user }), badSignature],
  ["the user's name with the administrator's key", forge({ ...good, iss: 'user' }), badSignature],
  ['no signature', `${head}.${payload}.`, badSignature],
  ['half a signature', `${head}.${payload}.${signature.slice(0, 20)}`, badSignature],
  ['a signature with more behind it', `${head}.${payload}.${signature}AAAA`, badSignature],
  ['a signature with what is no base64url in it', `${head}.${payload}.${signature}=!`, badSignature],
  ['a signature by another hash', forge(good, { hash: 'sha512' }), badSignature],
  [
    'another payload under the same signature',
    `${head}.${encode({ ...good, iat: 0 })}.${signature}`,
    badSignature,
  ],
  [
    'expired a second ago',
    forge({ ...good, iat: 0, exp: nowSeconds - 1 }),
    /^Invalid JWT token: Token is expired by \d+s\n$/,
  ],
  [
    'expired an hour and more ago',
    forge({ ...good, iat: 0, exp: nowSeconds - 3700 }),
    /^Invalid JWT token: Token is expired by 1h1m[45]\ds\n$/,
  ],
  ['exp missing', forge(withoutExpiry), /^Invalid JWT token: Token is expired by \d+h\d+m\d+s\n$/],
  ['exp null', forge({ ...good, exp: null }), jwt('the claim exp has the wrong type')],
  ['exp as a text', forge({ ...good, exp: String(good.exp) }), jwt('the claim exp has the wrong type')],
  [
    'exp beyond all numbers',
    forge(JSON.stringify(good).replace(/"exp":\d+/, '"exp":1e999')),
    jwt('the claim exp has the wrong type'),
  ],
  ['exp negative', forge({ ...good, exp: -1 }), /^Invalid JWT token: Token is expired by \d+h\d+m\d+s\n$/],
  [
    'iat beyond the leeway',
    forge({ ...good, iat: nowSeconds + 1000 }),
    jwt('Token used before issued (client and server clocks may differ)'),
  ],
  ['nbf in the future', forge({ ...good, nbf: nowSeconds + 1000 }), jwt('token is not valid yet')],
  ['iss missing', forge(withoutIssuer), jwt('Token missing iss claim')],
  [
    'iss empty, signed with an empty key',
    forge({ ...good, iss: '' }, { key: '' }),
    jwt('Token missing iss claim'),
  ],
  ['iss unknown', forge({ ...good, iss: 'root' }), jwt('Unknown user')],
  ['iss of another case', forge({ ...good, iss: 'Admin' }), jwt('Unknown user')],
  ['iss __proto__', forge({ ...good, iss: '__proto__' }), jwt('Unknown user')],
  ['iss as a list', forge({ ...good, iss: ['admin'] }), jwt('the claim iss has the wrong type')],
  ['qsh missing', forge(withoutHash), 'Invalid qsh claim in token'],
  ['qsh empty', forge({ ...good, qsh: '' }), 'Invalid qsh claim in token'],
  ['qsh wrong', forge({ ...good, qsh: 'x'.repeat(64) }), 'Invalid qsh claim in token'],
  ['qsh in capitals', forge({ ...good, qsh: good.qsh.toUpperCase() }), 'Invalid qsh claim in token'],
  [
    'qsh of another path',
    forge({ ...good, qsh: requestHash('GET', '/volumes') }),
    'Invalid qsh claim in token',
  ],
  [
    'qsh of another method',
    forge({ ...good, qsh: requestHash('POST', '/clusters') }),
    'Invalid qsh claim in token',
  ],
  ['claims that are a list', forge([good]), jwt('the claims are no JSON object')],
  ['claims that are null', forge('null'), jwt('the claims are no JSON object')],
  ['claims that are no JSON', forge('{'), /^Invalid JWT token: .*JSON/],
  ['a header that is no JSON', forge(good, { header: 'x' }), /^Invalid JWT token: .*JSON/],
  [
    'a header with what is no base64url',
    `${head}!.${payload}.${signature}`,
    jwt('a part of the token is not base64url'),
  ],
  ['one part', 'x', segments],
  ['two parts', 'x.y', segments],
  ['five parts, as an encrypted token has', 'a.b.c.d.e', segments],
  ['twelve kilobytes of dots', '.'.repeat(12_000), segments],
  [
    'twelve kilobytes of claims',
    forge({ ...good, pad: 'x'.repeat(9000), qsh: '' }),
    'Invalid qsh claim in token',
  ],
];

describe('a token', () => {
  it('that is forged, spoilt or of another time is refused with the words of the contract', async () => {
    const { wire } = await startManager();
    for (const [name, token, words] of refused) {
      const { status, text } = await wire.send('/clusters', { token });
      const expected = words instanceof RegExp ? expect.stringMatching(words) : `${words}\n`;
      expect([name, status, text]).toEqual([name, 401, expected]);
    }
  });

  it('made by the same hand with nothing wrong passes', async () => {
    const { wire } = await startManager();
    for (const [alg, hash] of [
      ['HS256', 'sha256'],
      ['HS384', 'sha384'],
      ['HS512', 'sha512'],
    ] as const) {
      expect((await wire.send('/clusters', { token: forge(good, { header: { alg }, hash }) })).status).toBe(
        200,
      );
    }
  });

  it('works again and again until it expires, and never after', async () => {
    let nowMs = nowSeconds * 1000;
    const { wire } = await startManager({ overrides: { clock: { ...systemClock, now: () => nowMs } } });
    const token = forge({ ...good, exp: nowSeconds + 10 });
    for (const [laterSeconds, status] of [
      [0, 200],
      [10, 200],
      [11, 401],
      [3600, 401],
    ] as const) {
      nowMs = (nowSeconds + laterSeconds) * 1000;
      expect((await wire.send('/clusters', { token })).status).toBe(status);
    }
  });

  it('for one request opens no other: other method, other path, other spelling of the path', async () => {
    const { wire } = await startManager();
    const token = forge({ ...good, qsh: requestHash('GET', '/clusters') });
    for (const [method, path] of [
      ['POST', '/clusters'],
      ['GET', '/nodes'],
      ['GET', '/clusters/'],
      ['GET', '//clusters'],
      ['HEAD', '/clusters'],
    ] as const) {
      expect((await wire.send(path, { method, token })).status).toBe(401);
    }
    expect((await wire.send('/clusters?limit=1', { token })).status).toBe(200);
  });

  it('of the user opens its one path and nothing else, however that is spelt', async () => {
    const { wire } = await startManager();
    for (const path of ['/clusters', '/volumes/', '/volumes/plan', '/queue/0a', '/admin', '/Volumes']) {
      const answer = await wire.send(path, { user: 'user' });
      expect([path, answer.status, answer.text]).toEqual([path, 401, 'Administrator access required\n']);
    }
    expect((await wire.send('/volumes', { user: 'user' })).status).toBe(200);
  });
});

describe('the Authorization header', () => {
  const malformed = /^HTTP\/1\.1 400 [^]*Authorization header format must be Bearer \{token\}\n$/;
  const headers = [
    ['two of them, both good', [`bearer ${forge(good)}`, `bearer ${forge(good)}`], malformed],
    ['two of them, the first good', [`bearer ${forge(good)}`, 'bearer x'], malformed],
    ['two tokens in one', [`bearer ${forge(good)} ${forge(good)}`], malformed],
    ['two in one, with a comma', [`bearer ${forge(good)}, bearer ${forge(good)}`], malformed],
    ['another scheme', [`basic ${forge(good)}`], malformed],
    ['no scheme', [forge(good)], malformed],
    ['a scheme alone', ['bearer'], malformed],
    ['nothing in it', [''], /^HTTP\/1\.1 401 [^]*Required authorization token not found\n$/],
    ['tabs around it', [`\tBEARER\t${forge(good)}\t`], /^HTTP\/1\.1 200 /],
  ] as const;

  it('that is not exactly one scheme and one token is refused, and so are two headers', async () => {
    const { url } = await startManager();
    for (const [name, values, expected] of headers) {
      const lines = values.map((value) => `Authorization: ${value}\r\n`).join('');
      const connection = await connectRaw(
        url,
        `GET /clusters HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${lines}\r\n`,
      );
      expect([name, await connection.untilClosed()]).toEqual([name, expect.stringMatching(expected)]);
    }
  });

  it('larger than all headers may be is a 431', async () => {
    const { wire } = await startManager();
    expect((await wire.send('/clusters', { token: 'x'.repeat(100_000) })).status).toBe(431);
  });

  it('is asked for everywhere but on the few public paths, and only by GET', async () => {
    const { wire } = await startManager();
    for (const [method, path] of [
      ['HEAD', '/hello'],
      ['POST', '/hello'],
      ['GET', '/hello/'],
      ['GET', '//hello'],
      ['GET', '/nowhere'],
      ['OPTIONS', '/clusters'],
      ['GET', '/operations/events'],
      ['GET', '/admin'],
    ] as const) {
      expect([method, path, (await wire.send(path, { method, token: undefined })).status]).toEqual([
        method,
        path,
        401,
      ]);
    }
  });
});
