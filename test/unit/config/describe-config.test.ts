import { describe, expect, it } from 'vitest';
import { describeConfig, describeConfigAsJson } from '../../../src/config/describe-config.ts';
import { findingsAsJson, formatFaults, formatWarnings } from '../../../src/config/fault.ts';
import { keyInfos } from '../../../src/config/schema.ts';
import { check, load } from './support.ts';

describe('the effective configuration', () => {
  const loaded = load({
    file: 'log:\n  level: warning\n\nssh:\n  known_hosts_file: hosts',
    env: { HEKETI_SSH_PORT: '2222', MORTAR_SSH_HOST_KEY_CHECKING: 'accept-new' },
    flags: { listen: '[::1]:0' },
  });

  it('has a line for every key with its value and where it comes from', () => {
    const lines = describeConfig(loaded)
      .split('\n')
      .map((line) => line.replaceAll(/ +#/g, ' #'));
    expect(lines).toHaveLength(keyInfos.size);
    expect(lines).toContain('listen = "[::1]:0" # --listen');
    expect(lines).toContain('log.level = "warn" # mortar.yaml:2');
    expect(lines).toContain('ssh.port = 2222 # HEKETI_SSH_PORT');
    expect(lines).toContain('ssh.known_hosts_file = ["/work/hosts"] # mortar.yaml:5');
    expect(lines).toContain('auth.admin_key = [secret] # MORTAR_AUTH_ADMIN_KEY');
    expect(lines).toContain('tls.cert_file = (not set) # default');
  });

  it('has a JSON form', () => {
    const described = describeConfigAsJson(loaded);
    expect(described.find(({ key }) => key === 'ssh.port')).toEqual({
      key: 'ssh.port',
      value: 2222,
      place: 'HEKETI_SSH_PORT',
      source: { kind: 'environment', variable: 'HEKETI_SSH_PORT' },
    });
    expect(described.find(({ key }) => key === 'auth.admin_key')?.value).toBe('[secret]');
    expect(JSON.parse(JSON.stringify(described))).toEqual(described);
  });
});

describe('faults and warnings', () => {
  it('are nothing when there are none', () => {
    expect(formatFaults([])).toBe('');
    expect(formatWarnings([])).toBe('');
  });

  it('have a JSON form with the place written out', () => {
    const { faults, warnings } = check({ file: '\nlistn: 1', env: { HEKETI_PROFILING: '1' } });
    expect(findingsAsJson(faults)).toEqual([
      {
        key: 'listn',
        source: { kind: 'file', path: 'mortar.yaml', line: 2 },
        place: 'mortar.yaml:2',
        found: 'unknown key',
        remedy: 'did you mean `listen`?',
      },
    ]);
    expect(findingsAsJson(warnings)[0]).toMatchObject({ place: 'HEKETI_PROFILING' });
  });

  it('are counted in words that fit', () => {
    const { faults } = check({ file: 'listn: 1' });
    expect(formatFaults(faults)).toMatch(/^The configuration has a fault:\n/);
  });
});
