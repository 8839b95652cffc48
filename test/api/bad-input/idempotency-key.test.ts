import { describe, expect, it } from 'vitest';
import { badInputScene, type Scene } from '../../support/bad-input.ts';
import { connectRaw } from '../../support/raw-connection.ts';

const refused = 'Idempotency-Key: must be 1 to 255 visible ASCII characters\n';

/** Every route that takes the header, with a request that would be taken in. */
const creations: readonly (readonly [path: string, body: string])[] = [
  ['/topology/apply', '{"clusters":[]}'],
  ['/clusters', '{}'],
  ['/nodes', '{"zone":1,"cluster":"$cluster","hostnames":{"manage":["n9"],"storage":["192.0.2.9"]}}'],
  ['/devices', '{"node":"$node","name":"/dev/sdx"}'],
  ['/volumes', '{"size":1}'],
  ['/volumes/$volume/clone', '{}'],
  ['/volumes/$volume/expand', '{"expand_size":1}'],
  ['/volumes/$volume/snapshots', '{}'],
  ['/blockvolumes', '{"size":1}'],
  ['/blockvolumes/$volume/expand', '{"new_size":2}'],
];

const badKeys = ['', ' ', 'a b', 'a\tb', 'k'.repeat(256), '\u00e9', 'one, two'];

const send = ({ wire, fill }: Scene, path: string, rawBody: string, key: string) =>
  wire.send(fill(path), { rawBody: fill(rawBody), headers: { 'idempotency-key': key } });

describe('an Idempotency-Key', () => {
  it('is taken by every route that is said to take it', async () => {
    const { wire, fill } = await badInputScene();
    const { paths } = (await wire.send('/openapi.json', { token: undefined })).json() as {
      paths: Record<string, { post?: { parameters?: { name: string }[] } }>;
    };
    const told = Object.entries(paths).filter(([, { post }]) =>
      post?.parameters?.some(({ name }) => name === 'Idempotency-Key'),
    );
    const here = creations.map(([path]) => fill(path).replace(/[0-9a-f]{32}/, '{id}'));
    expect(here.sort()).toEqual(told.map(([path]) => path).sort());
  });

  it.each(creations)('that is none is refused by %s, and nothing is made', async (path, body) => {
    const scene = await badInputScene();
    const before = await scene.state();
    for (const key of badKeys) {
      const { status, text } = await send(scene, path, body, key);
      expect([key, status, text]).toEqual([key, 400, refused]);
    }
    expect(await scene.state()).toEqual(before);
  });

  it.each(['a\u0001b', 'a\u0000b', 'a\u007fb'])('with a control character (%j) is refused', async (key) => {
    const { url, wire } = await badInputScene();
    const token = await wire.token('POST', '/clusters');
    const connection = await connectRaw(
      url,
      `POST /clusters HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: bearer ${token}\r\nIdempotency-Key: ${key}\r\nContent-Length: 2\r\n\r\n{}`,
    );
    expect(await connection.untilClosed()).toMatch(/^HTTP\/1\.1 400 /);
    expect((await wire.send('/clusters')).json().clusters).toHaveLength(1);
  });

  it('that was used is refused for another body and for another route, and serves its own again', async () => {
    const scene = await badInputScene();
    const { wire } = scene;
    const first = await send(scene, '/volumes/$volume/snapshots', '{"name":"two"}', 'once');
    await wire.follow(first);
    const before = await scene.state();
    const others = [
      ['/volumes/$volume/snapshots', '{"name":"three"}'],
      ['/volumes/$volume/snapshots', '{"name":"two","force":true}'],
      ['/volumes/$volume/clone', '{"name":"two"}'],
      ['/volumes', '{"size":1}'],
      ['/clusters', '{}'],
    ] as const;
    for (const [path, body] of others) {
      const { status, text } = await send(scene, path, body, 'once');
      expect([path, status, text]).toEqual([path, 422, expect.stringContaining('Idempotency-Key')]);
    }
    const again = await send(scene, '/volumes/$volume/snapshots', '{"name":"two"}', 'once');
    expect([again.status, again.headers.get('location')]).toEqual([202, first.headers.get('location')]);
    expect(await scene.state()).toEqual(before);
  });
});
