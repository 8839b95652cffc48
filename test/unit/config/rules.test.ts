import { describe, expect, it } from 'vitest';
import { check, faultsOf, load, remediesOf, warningsOf } from './support.ts';

function faults(file: string, env: Record<string, string> = {}): string[] {
  return faultsOf(check({ file, env }));
}

describe('keys that belong together', () => {
  it('are asked for together', () => {
    expect(faults('tls: {cert_file: /keys/id}')).toEqual([
      'mortar.yaml:1: tls.cert_file: set without `tls.key_file`',
    ]);
    expect(faults('tls: {key_file: /keys/id}')).toEqual([
      'mortar.yaml:1: tls.key_file: set without `tls.cert_file`',
    ]);
    expect(faults('xfs: {stripe_unit_kib: 64}')).toEqual([
      'mortar.yaml:1: xfs.stripe_unit_kib: set without `xfs.stripe_width`',
    ]);
    expect(faults('xfs: {stripe_width: 4}')).toEqual([
      'mortar.yaml:1: xfs.stripe_width: set without `xfs.stripe_unit_kib`',
    ]);
    expect(faults('ssh: {jump: {user: hop}}')).toEqual([
      'mortar.yaml:1: ssh.jump.user: set without `ssh.jump.host`',
    ]);
  });

  it('are checked for Kubernetes when it is the executor', () => {
    const file = (text: string): string[] => faults(`executor: kubernetes\nkubernetes: ${text}`);
    expect(file('{}')).toEqual([]);
    expect(file('{context: east}')).toEqual([
      'mortar.yaml:2: kubernetes.context: set without `kubernetes.kubeconfig_file`',
    ]);
    expect(file('{kubeconfig_file: /nowhere/config}')).toEqual([
      'mortar.yaml:2: kubernetes.kubeconfig_file: there is no file /nowhere/config',
    ]);
    expect(faults('kubernetes: {context: east}')).toEqual([]);
  });

  it('may be missing in a pod, which has a service account; elsewhere that is worth a word', () => {
    const warnings = (env: Record<string, string>): string[] =>
      warningsOf(check({ file: 'executor: kubernetes', env }));
    expect(warnings({ KUBERNETES_SERVICE_HOST: '10.96.0.1' }).join('')).toBe('');
    expect(warnings({})).toEqual([
      'warning: mortar.yaml:1: executor: `kubernetes` without `kubernetes.kubeconfig_file` works in a pod only, and this is none',
    ]);
  });

  it('are not asked for when one of them is wrong already', () => {
    expect(faults('tls: {cert_file: 3}')).toEqual(['mortar.yaml:1: tls.cert_file: found 3']);
    expect(faults('xfs: {stripe_unit_kib: 64, stripe_width: four}')).toEqual([
      'mortar.yaml:1: xfs.stripe_width: found "four"',
    ]);
  });

  it('must not contradict each other', () => {
    const result = check({ file: 'bricks:\n  min_size_gib: 10\n  max_size_gib: 5' });
    expect(faultsOf(result)).toEqual([
      'mortar.yaml:2: bricks.min_size_gib: 10, more than `bricks.max_size_gib` (5)',
    ]);
    expect(remediesOf(result)).toEqual(['must not be more than the largest size']);
  });
});

describe('a bucket for backups', () => {
  it('needs its key and the secret of that', () => {
    expect(faults('backup: {s3: {bucket: copies}}')).toEqual([
      'default: backup.s3.access_key: not set',
      'default: backup.s3.secret_key: not set',
    ]);
    expect(faults('backup: {s3: {access_key: AK}}')).toEqual([
      'mortar.yaml:1: backup.s3.access_key: set without `backup.s3.bucket`',
    ]);
  });

  it.each([
    ['endpoint: https://s3.example.com/path', 'backup.s3.endpoint'],
    ['endpoint: ftp://s3.example.com', 'backup.s3.endpoint'],
    ['bucket: Copies', 'backup.s3.bucket'],
    ['bucket: a/b', 'backup.s3.bucket'],
    ['prefix: east', 'backup.s3.prefix'],
    ['prefix: ../', 'backup.s3.prefix'],
  ])('is refused with %s', (line, key) => {
    expect(faults(`backup: {s3: {${line}}}`).some((fault) => fault.includes(`${key}: found`))).toBe(true);
  });

  it('is taken with its secret in a file, which is not shown', () => {
    const { config } = load({
      file: 'backup: {s3: {endpoint: "https://s3.example.com", bucket: copies, access_key: AK, secret_key_file: /keys/s3}}',
      files: { '/keys/s3': 'very secret\n' },
    });
    expect(config.backup.s3).toMatchObject({ bucket: 'copies', prefix: '', region: 'us-east-1' });
    expect(config.secrets.s3SecretKey?.reveal()).toBe('very secret');
    expect(JSON.stringify(config)).not.toContain('very secret');
  });
});

describe('what a start needs', () => {
  it('is an agent that runs, when its keys are wanted', () => {
    expect(faults('ssh: {agent: true}')).toEqual([
      'mortar.yaml:1: ssh.agent: true, but SSH_AUTH_SOCK is not set',
    ]);
  });

  it('are the files that are named', () => {
    expect(
      faults('ssh:\n  key_file: [/keys/none, /keys/id]\n  jump: {host: b, key_file: /keys/gone}', {
        MORTAR_SSH_KEY_FILE: '',
      }),
    ).toEqual([
      'mortar.yaml:2: ssh.key_file: there is no file /keys/none',
      'mortar.yaml:3: ssh.jump.key_file: there is no file /keys/gone',
    ]);
    expect(faults('tls: {cert_file: c, key_file: k}')).toEqual([
      'mortar.yaml:1: tls.cert_file: there is no file /work/c',
      'mortar.yaml:1: tls.key_file: there is no file /work/k',
    ]);
  });

  it('is a home, where a path says "~"', () => {
    expect(faults('', { HOME: '' })).toEqual([
      'default: ssh.known_hosts_file: found ["~/.ssh/known_hosts"], but HOME is not set',
    ]);
    expect(faults('executor: simulated', { HOME: '' })).toEqual([]);
    expect(faults('database: {path: ~/m.db}\nexecutor: local', { HOME: '' })).toEqual([
      'mortar.yaml:1: database.path: found "~/m.db", but HOME is not set',
    ]);
  });

  it('is nothing of SSH for the other executors', () => {
    const env = { MORTAR_SSH_KEY_FILE: '/keys/none', HOME: '' };
    expect(faults('executor: local', env)).toEqual([]);
  });
});

describe('a warning', () => {
  const warnings = (file: string, env: Record<string, string> = {}, files = {}): string[] =>
    warningsOf(load({ file, env, files }));

  it('says that simulated machines hold nothing, unless a flag asked for them', () => {
    expect(warnings('executor: simulated')).toEqual([
      'warning: mortar.yaml:1: executor: the machines are simulated: volumes that are made do not exist anywhere',
    ]);
    expect(load({ flags: { simulate: true } }).warnings).toEqual([]);
  });

  it('names keys without effect', () => {
    expect(warnings('simulation: {file: x}')[0]).toContain('has no effect unless `executor` is `simulated`');
    expect(warnings('mounts: {fstab_file: /etc/x}')[0]).toContain(
      'has no effect unless `mounts.method` is `fstab`',
    );
    expect(warnings('mounts: {method: fstab, fstab_file: /etc/x}')).toEqual(['']);
  });

  it('names a private key that everyone can read', () => {
    const files = { '/keys/id': { text: 'private', mode: 0o644 } };
    expect(warnings('', {}, files)[0]).toContain('everyone on this machine can read /keys/id');
  });

  it('says that every node will be refused without a file of host keys', () => {
    const file = 'ssh: {known_hosts_file: /etc/none}';
    expect(warnings(file)[0]).toContain('every node will be refused');
    expect(warnings(`${file}\n`, { MORTAR_SSH_HOST_KEY_CHECKING: 'accept-new' })).toEqual(['']);
  });
});
