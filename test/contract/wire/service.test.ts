import { describe, expect, it } from 'vitest';
import { mortarAt } from '../../api/cli/support.ts';
import { loadNodes, startManager } from '../../support/manager.ts';

describe('/internal/logging', () => {
  it('shows and changes how much the log tells', async () => {
    const logLevel = { level: 'info' };
    const { wire } = await startManager({ overrides: { logLevel } });
    expect((await wire.send('/internal/logging')).text).toBe('{"loglevel":{"glusterfs":"info"}}\n');
    for (const [name, own] of [
      ['none', 'silent'],
      ['critical', 'fatal'],
      ['error', 'error'],
      ['warning', 'warn'],
      ['debug', 'debug'],
    ]) {
      const answer = await wire.send('/internal/logging', { body: { loglevel: { glusterfs: name } } });
      expect([answer.status, answer.text]).toEqual([200, `{"loglevel":{"glusterfs":"${name}"}}\n`]);
      expect(logLevel.level).toBe(own);
    }
    const unchanged = await wire.send('/internal/logging', { body: { LogLevel: { glusterfs: '' } } });
    expect(unchanged.text).toBe('{"loglevel":{"glusterfs":"debug"}}\n');
  });

  it.each([
    ['{"loglevel":{}}', 422, 'Only "glusterfs" logger may be modified\n'],
    ['{}', 422, 'Only "glusterfs" logger may be modified\n'],
    ['{"loglevel":{"heketi":"info"}}', 422, 'Only "glusterfs" logger may be modified\n'],
    ['{"loglevel":{"glusterfs":"loud"}}', 422, 'invalid log level: loud\n'],
    ['{"loglevel":{"glusterfs":"__proto__"}}', 422, 'invalid log level: __proto__\n'],
    ['{"loglevel":7}', 400, expect.stringMatching(/^request unable to be parsed: loglevel: /)],
    ['{', 400, expect.stringMatching(/^request unable to be parsed: /)],
    ['', 400, expect.stringMatching(/^request unable to be parsed: /)],
  ])('%s is a %i', async (rawBody, status, text) => {
    const { wire } = await startManager();
    const answer = await wire.send('/internal/logging', { rawBody });
    expect([answer.status, answer.text]).toEqual([status, text]);
  });
});

describe('/admin', () => {
  it.each([
    ['{"state":""}', 400, 'validation failed: state: cannot be blank.\n'],
    ['{}', 400, 'validation failed: state: cannot be blank.\n'],
    ['{"state":null}', 400, 'validation failed: state: cannot be blank.\n'],
    ['{"state":"off"}', 400, 'validation failed: state: must be a valid value.\n'],
    ['{"state":1}', 400, expect.stringMatching(/^request unable to be parsed: state: /)],
    ['nonsense', 400, expect.stringMatching(/^request unable to be parsed: /)],
  ])('%s is a %i', async (rawBody, status, text) => {
    const { wire } = await startManager();
    const answer = await wire.send('/admin', { rawBody });
    expect([answer.status, answer.text]).toEqual([status, text]);
    expect((await wire.send('/admin')).text).toBe('{"state":"normal"}\n');
  });

  it('lets clients of its own machine change things while it is local-client, and no others', async () => {
    const { wire } = await startManager();
    expect((await wire.send('/admin', { body: { state: 'local-client' } })).status).toBe(204);
    expect((await wire.send('/admin')).text).toBe('{"state":"local-client"}\n');
    expect((await wire.send('/clusters', { body: {} })).status).toBe(201);
    expect((await wire.send('/admin', { body: { state: 'normal' } })).status).toBe(204);
  });

  it('starts in the state that is configured', async () => {
    const { wire } = await startManager({ env: { HEKETI_DEFAULT_STATE: 'read-only' } });
    expect((await wire.send('/admin')).text).toBe('{"state":"read-only"}\n');
    const refused = await wire.send('/clusters', { body: {} });
    expect([refused.status, refused.text]).toEqual([503, 'Service disabled for maintenance\n']);
  });
});

describe('mortar', () => {
  it('shows and sets mode and log level in the words of heketi-cli', async () => {
    const { url } = await startManager();
    const mortar = mortarAt(url);
    expect(await mortar('server', 'mode', 'get')).toEqual({ code: 0, stdout: 'normal\n', stderr: '' });
    expect(await mortar('server', 'mode', 'set')).toEqual({
      code: 255,
      stdout: '',
      stderr: 'Error: missing mode argument\n',
    });
    expect((await mortar('server', 'mode', 'set', 'normal', 'x')).stderr).toBe('Error: too many arguments\n');
    expect((await mortar('server', 'mode', 'set', 'off')).stderr).toBe(
      'Error: validation failed: state: must be a valid value.\n',
    );
    expect(await mortar('loglevel', 'get')).toEqual({ code: 0, stdout: 'info\n', stderr: '' });
    expect((await mortar('loglevel', 'set')).stderr).toBe('Error: missing log-level argument\n');
    expect((await mortar('loglevel', 'set', 'a', 'b')).stderr).toBe('Error: too many arguments\n');
    expect((await mortar('loglevel', 'set', 'loud')).stderr).toBe('Error: invalid log level: loud\n');
    expect((await mortar('loglevel', 'set', 'debug')).stdout).toBe('Server log level updated\n');
    expect((await mortar('loglevel', 'get')).stdout).toBe('debug\n');
    expect(await mortar('server', 'mode', 'set', 'read-only')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect((await mortar('server', 'mode', 'set', 'normal')).stderr).toBe(
      'Error: Service disabled for maintenance\n',
    );
  });

  it("prints the server's dump and check as they are", async () => {
    const { url, wire } = await startManager();
    await loadNodes(wire, 1, 1);
    const mortar = mortarAt(url);
    for (const word of ['dump', 'check']) {
      const { text } = await wire.send(`/db/${word}`);
      expect(await mortar('db', word)).toEqual({ code: 0, stdout: text, stderr: '' });
    }
  });
});
