import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ClientOptions, createClient } from '../../../src/client/client.ts';
import { jsonAnswer, ScriptedTransport, textAnswer } from '../client/support.ts';
import { mortar } from './support.ts';

/** How the program would reach the server. */
async function connectionOf(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<ClientOptions> {
  let seen: ClientOptions | undefined;
  const create = (options: ClientOptions) => {
    seen = options;
    return createClient({ ...options, transport: new ScriptedTransport([jsonAnswer({ clusters: [] })]) });
  };
  const { stderr } = await mortar(
    ['cluster', 'list', ...words],
    {},
    { env, around: { createClient: create } },
  );
  expect(stderr).toBe('');
  if (seen === undefined) throw new Error('no client was made');
  return seen;
}

describe('the way to the server', () => {
  it('leads to this machine, without a user, when nothing is said', async () => {
    const connection = await connectionOf([], {});
    expect(connection).toMatchObject({ server: 'http://localhost:8080', userAgent: 'mortar/1.2.3' });
    expect(connection.user).toBeUndefined();
    expect(connection.key).toBeUndefined();
  });

  const heketi = { HEKETI_CLI_SERVER: 'http://h:1', HEKETI_CLI_USER: 'user', HEKETI_CLI_KEY: 'h-key' };
  const own = { MORTAR_SERVER: 'http://m:1', MORTAR_USER: 'admin', MORTAR_KEY: 'm-key' };

  it("is taken from heketi-cli's variables", async () => {
    expect(await connectionOf([], heketi)).toMatchObject({
      server: 'http://h:1',
      user: 'user',
      key: 'h-key',
    });
  });

  it("is taken from Mortar's variables before them", async () => {
    expect(await connectionOf([], { ...heketi, ...own })).toMatchObject({
      server: 'http://m:1',
      user: 'admin',
      key: 'm-key',
    });
  });

  it('is taken from flags before all; empty variables count as unset', async () => {
    const flags = ['--server=http://f:1', '--user', 'admin', '--secret=f-key'];
    expect(await connectionOf(flags, { ...heketi, ...own, MORTAR_SERVER: '' })).toMatchObject({
      server: 'http://f:1',
      user: 'admin',
      key: 'f-key',
    });
    expect(await connectionOf([], { ...heketi, MORTAR_KEY: '' })).toMatchObject({ key: 'h-key' });
  });

  it('may have several CA files, repeated or with commas', async () => {
    expect((await connectionOf(['-C', 'a.pem,b.pem', '--tls-cert=c.pem', '-I'], {})).tls).toEqual({
      caFiles: ['a.pem', 'b.pem', 'c.pem'],
      insecure: true,
    });
  });

  it('has to be an address', async () => {
    expect(
      await mortar(['cluster', 'list', '--server=localhost:8080'], {}, { around: { createClient } }),
    ).toMatchObject({
      code: 255,
      stderr: 'Error: server "localhost:8080": write an address such as http://localhost:8080\n',
    });
  });
});

describe('the key', () => {
  const commands = [
    ['cluster', 'list'],
    ['volume', 'create', '--size=1'],
    ['topology', 'info'],
    ['operation', 'watch', 'aa'],
    ['volume', 'create', '--help'],
    ['nonsense'],
    ['volume', 'create', '--nonsense'],
    ['cluster', 'create', '--block=maybe'],
  ];

  it('never stands in what is printed', async () => {
    const key = fc.stringMatching(/^KEY[0-9a-f]{8,20}$/);
    await fc.assert(
      fc.asyncProperty(key, fc.constantFrom(...commands), fc.boolean(), async (secret, words, isTTY) => {
        const routes = { 'POST /volumes': textAnswer(401, 'Invalid JWT token: signature is invalid') };
        const flags = ['--user=admin', `--secret=${secret}`];
        const env = { MORTAR_KEY: secret, HEKETI_CLI_KEY: secret };
        const { stdout, stderr } = await mortar([...words, ...flags], routes, { isTTY, env });
        expect(stdout + stderr).not.toContain(secret);
      }),
      { numRuns: 40 },
    );
  });
});
