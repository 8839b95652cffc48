import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatFaults } from '../../../src/config/fault.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import { systemInput } from '../../../src/config/system-input.ts';
import { AppError } from '../../../src/errors.ts';
import { check, checkBare, faultsOf, load, loadBare, remediesOf, warningsOf } from './support.ts';

describe('a first start', () => {
  it('needs no file: --simulate, --listen, --db and the two keys of Heketi in the environment are enough', () => {
    const { config, warnings } = loadBare({
      flags: { simulate: true, listen: '127.0.0.1:9000', db: 'try.db' },
      env: { HEKETI_ADMIN_KEY: 'a', HEKETI_USER_KEY: 'b' },
    });
    expect(config.executor).toBe('simulated');
    expect(config.listen).toEqual({ host: '127.0.0.1', port: 9000 });
    expect(config.database.path).toBe('/work/try.db');
    expect(config.secrets.adminKey?.reveal()).toBe('a');
    expect(warnings).toEqual([]);
  });

  it('names what to do when the keys are missing', () => {
    const result = checkBare({ flags: { simulate: true } });
    expect(faultsOf(result)).toEqual(['default: auth.admin_key: not set', 'default: auth.user_key: not set']);
    expect(remediesOf(result)[0]).toContain('HEKETI_ADMIN_KEY');
    expect(remediesOf(result)[1]).toContain('--disable-auth');
  });

  it('asks for no keys with --disable-auth', () => {
    const { config, warnings } = loadBare({ flags: { simulate: true, disableAuth: true } });
    expect(config.auth.enabled).toBe(false);
    expect(warnings).toEqual([]);
  });

  it('warns when others can reach a server without tokens', () => {
    const flags = { simulate: true, disableAuth: true, listen: ':8080' };
    expect(warningsOf(loadBare({ flags }))).toEqual([
      'warning: --disable-auth: auth.enabled: whoever reaches :8080 is administrator, since no token is asked for',
    ]);
  });

  it('never simulates unless it is told to, and asks for a way to log in to the nodes', () => {
    const result = checkBare({ env: { HEKETI_ADMIN_KEY: 'a', HEKETI_USER_KEY: 'b', HOME: '/root' } });
    expect(faultsOf(result)).toEqual(['default: ssh.key_file: not set']);
    expect(remediesOf(result)[0]).toContain('--simulate');
  });
});

describe('precedence', () => {
  const port = (given: Parameters<typeof load>[0]): number => load(given).config.ssh.port;

  it('is defaults < file < environment, Heketi < environment, Mortar', () => {
    const file = 'ssh: {port: 1001}';
    expect(port({})).toBe(22);
    expect(port({ file })).toBe(1001);
    expect(port({ file, env: { HEKETI_SSH_PORT: '1002' } })).toBe(1002);
    expect(port({ file, env: { HEKETI_SSH_PORT: '1002', MORTAR_SSH_PORT: '1003' } })).toBe(1003);
  });

  it('lets flags win over all', () => {
    const given = { file: 'log: {level: warn}', env: { MORTAR_LOG_LEVEL: 'error' } };
    expect(load(given).config.log.level).toBe('error');
    expect(load({ ...given, flags: { logLevel: 'trace' } }).config.log.level).toBe('trace');
  });

  it('keeps the neighbours of a key that is overridden', () => {
    const { config } = load({ file: 'ssh: {port: 1001, user: storage}', env: { MORTAR_SSH_PORT: '1003' } });
    expect(config.ssh).toMatchObject({ port: 1003, user: 'storage' });
  });

  it('reports a wrong value even where a stronger source overrides it', () => {
    const result = check({ file: 'ssh: {port: 0}', env: { MORTAR_SSH_PORT: '1003' } });
    expect(faultsOf(result)).toEqual(['mortar.yaml:1: ssh.port: found 0']);
  });

  it('warns when a variable of Heketi is set to something else than that of Mortar', () => {
    const differing = load({ env: { HEKETI_SSH_USER: 'one', MORTAR_SSH_USER: 'two' } });
    expect(warningsOf(differing)).toEqual([
      'warning: MORTAR_SSH_USER: ssh.user: HEKETI_SSH_USER is set too, to another value, and is overridden',
    ]);
    const agreeing = load({ env: { HEKETI_SSH_USER: 'two', MORTAR_SSH_USER: 'two' } });
    expect(agreeing.warnings).toEqual([]);
  });

  it('takes the file from MORTAR_CONFIG, and from --config before that', () => {
    const files = { '/work/a.yaml': 'ssh: {port: 1}', '/etc/b.yaml': 'ssh: {port: 2}' };
    expect(port({ files, env: { MORTAR_CONFIG: 'a.yaml' } })).toBe(1);
    expect(port({ files, env: { MORTAR_CONFIG: 'a.yaml' }, flags: { config: '/etc/b.yaml' } })).toBe(2);
  });
});

describe('faults', () => {
  it('are reported all together, each with its place, what was found and the remedy', () => {
    const result = checkBare({
      file: [
        'listn: ":80"',
        'ssh:',
        '  port: 99999',
        '  key_file: /keys/none',
        'executor: sssh',
        'volumes:',
        '  zone_checking: true',
      ].join('\n'),
      env: { MORTAR_HEALTH_INTERVAL_SECONDS: 'soon', HEKETI_USER_KEY: 'user', HOME: '/root' },
      flags: { logLevel: 'loud' },
    });
    expect(formatFaults(result.faults)).toBe(
      `The configuration has 7 faults:
  mortar.yaml:1: listn: unknown key
      did you mean \`listen\`?
  mortar.yaml:3: ssh.port: found 99999
      port must be 1-65535
  mortar.yaml:5: executor: found "sssh"
      this version has the executors \`ssh\`, \`kubernetes\`, \`local\` and \`simulated\` (Heketi's \`mock\`); did you mean \`ssh\`?
  mortar.yaml:7: volumes.zone_checking: found true
      must be one of \`none\`, \`soft\`, \`strict\`
  MORTAR_HEALTH_INTERVAL_SECONDS: health.interval_seconds: found "soon"
      must be a whole number from 1 to 86400, without quotes
  --log-level: log.level: found "loud"
      must be one of \`trace\`, \`debug\`, \`info\`, \`warn\`, \`error\`, \`fatal\`, \`silent\`
  auth.admin_key: not set
      set \`auth.admin_key_file\` (in Heketi's file \`jwt.admin.key\`), or the variable HEKETI_ADMIN_KEY; to try Mortar without keys, start with --disable-auth`,
    );
  });

  it('stop a start with one error that says all of them', () => {
    const input = {
      argvFlags: { listen: '80', logLevel: 'x' },
      env: {},
      cwd: '/',
      readFile: () => ({ text: '' }),
    };
    const thrown = catchError(() => loadConfig(input));
    expect(thrown).toBeInstanceOf(AppError);
    expect(thrown).toMatchObject({ code: 'config.invalid' });
    expect(String(thrown)).toContain('--listen: listen: found "80"');
    expect(String(thrown)).toContain('--log-level: log.level: found "x"');
  });

  it('names an unknown key and the one that was meant, on any level', () => {
    const remedy = (file: string): string | undefined => remediesOf(check({ file }))[0];
    expect(remedy('ssh: {prot: 22}')).toBe('did you mean `ssh.port`?');
    expect(remedy('keyfile: x')).toContain('did you mean `tls.key_file` or `ssh.key_file`');
    expect(remedy('max_running: 3')).toContain('`operations.max_running`');
    expect(remedy('ssh.port: 22')).toContain('`ssh.port`, each name on its own level');
    expect(remedy('opertions: {}')).toBe('did you mean `operations`?');
    expect(remedy('colour: red')).toContain('docs/reference/configuration.md');
    expect(remedy('__proto__: {}')).toContain('remove it');
    expect(remedy('constructor: 1')).toContain('remove it');
  });

  it('tells a group from a key', () => {
    expect(faultsOf(check({ file: 'ssh: 22\nlisten: {port: 80}\nlog:\n  level:' }))).toEqual([
      'mortar.yaml:1: ssh: a value for a group of keys',
      'mortar.yaml:2: listen: found {"port":80}',
      'mortar.yaml:4: log.level: no value',
    ]);
  });

  it('takes a group with everything in it commented out', () => {
    expect(load({ file: 'ssh:\n#  port: 22\n' }).config.ssh.port).toBe(22);
  });

  it('refuses a misspelt variable and only names one that may belong to another program', () => {
    const result = check({ env: { MORTAR_LISTN: ':1', MORTAR_SSH_KEYS: 'x', MORTAR_TEAM: 'blue' } });
    expect(faultsOf(result)).toEqual([
      'MORTAR_LISTN: : unknown variable',
      'MORTAR_SSH_KEYS: : unknown variable',
    ]);
    expect(remediesOf(result)).toEqual(['did you mean `MORTAR_LISTEN`?', 'unset it']);
    expect(warningsOf(result)).toEqual([
      'warning: MORTAR_TEAM: is no variable of the server and sets nothing',
    ]);
  });

  it('overlooks the variables that Kubernetes makes for a service named mortar', () => {
    const env = {
      MORTAR_SERVICE_HOST: '10.0.0.1',
      MORTAR_SERVICE_PORT: '8080',
      MORTAR_SERVICE_PORT_HTTP: '8080',
      MORTAR_PORT: 'tcp://10.0.0.1:8080',
      MORTAR_PORT_8080_TCP: 'tcp://10.0.0.1:8080',
      MORTAR_PORT_8080_TCP_ADDR: '10.0.0.1',
    };
    expect(load({ env }).warnings).toEqual([]);
  });

  it('takes an empty variable as unset', () => {
    expect(
      load({ env: { MORTAR_SSH_PORT: '', HEKETI_SSH_USER: '', MORTAR_CONFIG: '' } }).config.ssh.port,
    ).toBe(22);
  });

  it('says when the file is missing, a directory or not readable, and calls nothing missing that may stand in it', () => {
    const flags = { config: 'c.yaml', simulate: true };
    const faults = (code: string): string[] =>
      faultsOf(checkBare({ flags, files: { '/work/c.yaml': { code } } }));
    expect(faults('ENOENT')).toEqual(['--config: : there is no file /work/c.yaml']);
    expect(faults('EISDIR')).toEqual(['--config: : /work/c.yaml is a directory']);
    expect(faults('EACCES')).toEqual(['--config: : /work/c.yaml may not be read']);
    expect(faults('EIO')).toEqual(['--config: : /work/c.yaml cannot be read (EIO)']);
  });

  it('reports variables and flags too when the file cannot be read', () => {
    const result = checkBare({ file: '"', env: { MORTAR_SSH_PORT: 'x', HOME: '/root' } });
    expect(result.faults.map((fault) => fault.source.kind)).toEqual(['file', 'environment']);
  });
});

describe('the result', () => {
  it('is frozen to its leaves', () => {
    const { config } = load({ file: 'volumes: {pre_options: [a b]}\nssh: {jump: {host: bastion}}' });
    const seen: unknown[] = [];
    const visit = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      seen.push(value);
      expect(Object.isFrozen(value)).toBe(true);
      Object.values(value).forEach(visit);
    };
    visit(config);
    expect(seen.length).toBeGreaterThan(20);
    expect(() => Object.assign(config.ssh, { port: 1 })).toThrow(TypeError);
  });

  it('has absolute paths', () => {
    const { config } = load({
      file: 'database: {path: data/m.db}\nssh: {known_hosts_file: [~/hosts, ./more]}\nsimulation: {file: ../sim}',
    });
    expect(config.database.path).toBe('/work/data/m.db');
    expect(config.ssh.knownHostsFiles).toEqual(['/home/mortar/hosts', '/work/more']);
    expect(config.simulation.file).toBe('/sim');
  });

  it('takes JSON as well as YAML', () => {
    const file = '{\n\t"listen": ":80",\n\t"volumes": {"pre_options": ["a b"]}\n}';
    const { config } = load({ file, fileName: 'mortar.json' });
    expect(config.listen).toEqual({ host: undefined, port: 80 });
    expect(config.volumes.preOptions).toEqual(['a b']);
  });
});

describe('the real surroundings', () => {
  it('are this process: its environment, its directory and its files', () => {
    const directory = mkdtempSync(join(tmpdir(), 'mortar-config-'));
    const file = join(directory, 'mortar.yaml');
    writeFileSync(file, 'executor: simulated\nauth: {admin_key: a, user_key: b}\n', { mode: 0o644 });
    const input = { ...systemInput({ config: file }), env: {} };
    expect(systemInput({}).env).toBe(process.env);
    const { config, warnings } = loadConfig(input);
    expect(config.database.path).toBe(join(process.cwd(), 'mortar.db'));
    expect(warnings.map((warning) => warning.key)).toEqual(['executor', 'auth.admin_key', 'auth.user_key']);
    expect(() => loadConfig({ ...input, argvFlags: { config: directory } })).toThrow(/is a directory/);
    rmSync(directory, { recursive: true });
  });
});

function catchError(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}
