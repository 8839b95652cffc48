import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { describeConfig, describeConfigAsJson } from '../../../src/config/describe-config.ts';
import { formatFaults, formatWarnings } from '../../../src/config/fault.ts';
import { Secret } from '../../../src/config/secret.ts';
import { check, checkBare, faultsOf, load, remediesOf, warningsOf } from './support.ts';

describe('a secret', () => {
  it('is shown by nothing but reveal()', () => {
    const secret = new Secret('hunter2');
    const ways = [
      String(secret),
      ['in a template:', secret].join(' '),
      // oxlint-disable-next-line typescript/restrict-template-expressions -- that this is harmless is the test
      `${secret}`,
      JSON.stringify({ secret }),
      inspect(secret),
      inspect({ deep: { secret } }, { depth: 9, showHidden: true }),
      Object.entries(secret).join(),
    ];
    for (const text of ways) expect(text).not.toContain('hunter2');
    expect(inspect(secret)).toBe('[secret]');
    expect(JSON.stringify({ secret })).toBe('{"secret":"[secret]"}');
    expect(secret.reveal()).toBe('hunter2');
  });

  it('is hidden in the whole configuration and its description, whatever its source', () => {
    const loaded = load({
      file: 'auth: {admin_key: hunter2}',
      env: { MORTAR_AUTH_ADMIN_KEY: '', MORTAR_SSH_KEY_PASSPHRASE: 'hunter2' },
      files: { '/run/user-key': 'hunter2\n' },
      flags: {},
    });
    const { config } = loaded;
    expect(config.secrets.adminKey?.reveal()).toBe('hunter2');
    const shown = [
      inspect(config, { depth: 9 }),
      JSON.stringify(config),
      describeConfig(loaded),
      JSON.stringify(describeConfigAsJson(loaded)),
    ];
    for (const text of shown) {
      expect(text).not.toContain('hunter2');
      expect(text).toContain('[secret]');
    }
  });

  it('is hidden in faults and warnings', () => {
    const given = [
      { file: 'auth: {admin_key: [hunter2], user_key: {a: hunter2}}\nssh: {key_passphrase: [hunter2]}' },
      { file: 'auth: {admin_keyy: hunter2}\nhunter2' },
      { file: 'auth:\n  admin_key: "hunter2' },
      { env: { HEKETI_ADMIN_KEY: 'hunter2', MORTAR_AUTH_ADMIN_KEY: 'hunter2 ' } },
      {
        file: '{"glusterfs": {}, "jwt": {"admin": {"key": ["hunter2"]}, "user": "hunter2"}}',
        fileName: 'h.json',
      },
    ];
    for (const one of given) {
      const { faults, warnings } = check(one);
      expect(faults.length + warnings.length).toBeGreaterThan(0);
      const text = formatFaults(faults) + formatWarnings(warnings) + JSON.stringify([faults, warnings]);
      expect(text).not.toContain('hunter2');
    }
  });
});

describe('a secret in a file of its own', () => {
  const env = { HOME: '/root', HEKETI_USER_KEY: 'u', MORTAR_EXECUTOR: 'simulated' };
  const file = 'auth: {admin_key_file: /run/admin}';

  function adminKey(content: string): string | undefined {
    return checkBare({
      file,
      env,
      files: { '/run/admin': content },
    }).loaded?.config.secrets.adminKey?.reveal();
  }

  it('counts without the line breaks at its end', () => {
    expect(adminKey('hunter2')).toBe('hunter2');
    expect(adminKey('hunter2\n')).toBe('hunter2');
    expect(adminKey('hunter2\r\n\n')).toBe('hunter2');
    expect(adminKey(' two words \n')).toBe(' two words ');
  });

  it.each([
    ['missing', {}, 'there is no file /run/admin'],
    ['empty', { '/run/admin': '' }, '/run/admin is empty'],
    ['only a line break', { '/run/admin': ' \n' }, '/run/admin is empty'],
    ['a placeholder', { '/run/admin': 'My Secret\n' }, '/run/admin holds the placeholder of a sample'],
    ['a directory', { '/run/admin': { code: 'EISDIR' } }, '/run/admin is a directory'],
    ['unreadable', { '/run/admin': { code: 'EACCES' } }, '/run/admin may not be read'],
  ])('is refused when it is %s', (_, files, found) => {
    expect(faultsOf(checkBare({ file, env, files }))).toEqual([
      `mortar.yaml:1: auth.admin_key_file: ${found}`,
    ]);
  });

  it('brings a warning when everyone can read it', () => {
    const warnings = (mode: number): string =>
      warningsOf(checkBare({ file, env, files: { '/run/admin': { text: 'x', mode } } })).join('\n');
    expect(warnings(0o100644)).toContain('everyone on this machine can read /run/admin');
    expect(warnings(0o100640)).not.toContain('everyone');
  });

  it('gives way to a stronger source, and beats a weaker one', () => {
    const files = { '/run/admin': 'from file' };
    const key = (more: Record<string, string>, text = file): string | undefined =>
      checkBare({ file: text, env: { ...env, ...more }, files }).loaded?.config.secrets.adminKey?.reveal();
    expect(key({ HEKETI_ADMIN_KEY: 'from variable' })).toBe('from variable');
    expect(key({ MORTAR_AUTH_ADMIN_KEY_FILE: '/run/admin' }, 'auth: {admin_key: x}')).toBe('from file');
    expect(key({ MORTAR_AUTH_ADMIN_KEY_FILE: '/run/admin', HEKETI_ADMIN_KEY: 'x' })).toBe('from file');
  });

  it('may not be given beside the secret itself', () => {
    const result = checkBare({
      file: 'auth:\n  admin_key: hunter2\n  admin_key_file: /run/admin\n',
      env,
      files: { '/run/admin': 'x' },
    });
    expect(faultsOf(result)).toEqual([
      'mortar.yaml:3: auth.admin_key_file: given beside `auth.admin_key` (mortar.yaml:2)',
    ]);
    expect(remediesOf(result)).toEqual(['give one of the two']);
  });
});

describe('a secret that is probably not meant so', () => {
  it('brings a warning when it ends with a line break', () => {
    expect(warningsOf(load({ env: { MORTAR_AUTH_USER_KEY: 'x\n' } }))).toEqual([
      'warning: MORTAR_AUTH_USER_KEY: auth.user_key: begins or ends with a blank or a line break, which counts as part of it',
    ]);
  });

  it('brings a warning when user and administrator have the same', () => {
    const env = { MORTAR_AUTH_USER_KEY: 'same', MORTAR_AUTH_ADMIN_KEY: 'same' };
    expect(warningsOf(load({ env })).join()).toContain('whoever has it is administrator');
  });

  it('brings a warning when it stands in a configuration file that everyone can read', () => {
    const text = 'auth: {admin_key: x}';
    const warnings = (mode: number): string[] =>
      warningsOf(
        load({
          flags: { config: 'm.yaml' },
          env: { MORTAR_AUTH_ADMIN_KEY: '' },
          files: { '/work/m.yaml': { text, mode } },
        }),
      );
    expect(warnings(0o644)[0]).toContain(
      'auth.admin_key: stands in a file that everyone on this machine can read',
    );
    expect(warnings(0o600)).toEqual(['']);
  });
});
