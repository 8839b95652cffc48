import { describe, expect, it } from 'vitest';
import { configKeys, keyInfos } from '../../../src/config/schema.ts';
import { check, enoughEnv, enoughFiles, load, remediesOf } from './support.ts';

/** A document that sets one key. */
function documentOf(path: string, value: unknown): string {
  return JSON.stringify(path.split('.').reduceRight<unknown>((inner, name) => ({ [name]: inner }), value));
}

const companions: Record<string, object> = {
  'tls.cert_file': { env: { MORTAR_TLS_KEY_FILE: '/keys/id' } },
  'tls.key_file': { env: { MORTAR_TLS_CERT_FILE: '/keys/id' } },
  'ssh.agent': { env: { SSH_AUTH_SOCK: '/run/agent' } },
  'ssh.jump.port': { env: { MORTAR_SSH_JUMP_HOST: 'bastion' } },
  'ssh.jump.user': { env: { MORTAR_SSH_JUMP_HOST: 'bastion' } },
  'ssh.jump.key_file': { env: { MORTAR_SSH_JUMP_HOST: 'bastion' } },
};

describe('every default', () => {
  it('is as the reference says', () => {
    const { config } = load();
    const { secrets, ...visible } = config;
    expect(secrets.sshKeyPassphrase).toBeUndefined();
    expect(visible).toEqual({
      listen: { host: '127.0.0.1', port: 8080 },
      tls: undefined,
      auth: { enabled: true, iatLeewaySeconds: 120 },
      adminState: 'normal',
      database: { path: '/work/mortar.db', whenLocked: 'fail' },
      backup: { intervalHours: 24, folder: '/work/backups', keepCount: 30, keepDays: 0, s3: undefined },
      log: { level: 'info', format: 'json' },
      executor: 'ssh',
      ssh: {
        user: 'root',
        port: 22,
        keyFiles: ['/keys/id'],
        agentSocket: undefined,
        sudo: false,
        knownHostsFiles: ['/home/mortar/.ssh/known_hosts'],
        hostKeyChecking: 'strict',
        connectTimeoutSeconds: 10,
        keepaliveSeconds: 15,
        jump: undefined,
      },
      kubernetes: {
        namespace: undefined,
        findPodsBy: 'label',
        podLabel: 'glusterfs-node',
        container: undefined,
        kubeconfigFile: undefined,
        context: undefined,
        sudo: false,
        maxConnections: 64,
        connectTimeoutSeconds: 10,
      },
      simulation: { file: undefined, deviceSizeGib: 500, latencyMs: 0 },
      bricks: { minSizeGib: 1, maxSizeGib: 4096, maxPerVolume: 32, averageFileSizeKib: 64 },
      volumes: {
        maxPerCluster: 1000,
        zoneChecking: 'soft',
        preOptions: [],
        postOptions: [],
        extraAllowedOptions: [],
        expand: 'add-bricks',
        blockHosting: {
          autoCreate: false,
          sizeGib: 1024,
          options: ['group gluster-block'],
          prealloc: 'full',
        },
      },
      lvm: {
        chunkSizeKib: 256,
        poolLimitPercent: 95,
        extentSizeKib: 4096,
        dataAlignmentKib: 256,
        metadataSizeMib: 128,
        backupMetadata: false,
        wrapper: '',
      },
      xfs: { stripe: undefined },
      mounts: { method: 'systemd', fstabFile: '/etc/fstab', options: 'rw,inode64,noatime,nouuid' },
      gluster: { cliTimeoutSeconds: 600, rebalanceOnExpand: true, snapshotLimit: 0 },
      operations: {
        maxRunning: 32,
        maxRunningPerCluster: 16,
        maxQueued: 10_000,
        resultTtlHours: 24,
        historyDays: 30,
        createRetries: 4,
        healTimeoutSeconds: 0,
        commandTimeoutSeconds: 600,
        shutdownGraceSeconds: 20,
      },
      health: { enabled: true, intervalSeconds: 120, startDelaySeconds: 10, probeTimeoutSeconds: 5 },
      doctor: {
        enabled: true,
        intervalMinutes: 60,
        nodesAtOnce: 4,
        nodeTimeoutSeconds: 60,
        quarantineDays: 7,
      },
      limits: {
        bodyKib: 1024,
        idempotencyTtlHours: 24,
        requestTimeoutSeconds: 30,
        headerKib: 16,
        connections: 4096,
        idleConnectionSeconds: 65,
        eventStreams: 256,
      },
    });
  });

  it('may be written into the file', () => {
    for (const { path, key } of keyInfos.values()) {
      if (key.default === undefined) continue;
      const given = { file: documentOf(path, key.default), ...companions[path] };
      expect({ path, faults: check(given).faults }).toEqual({ path, faults: [] });
    }
  });
});

describe('every key', () => {
  it('has a variable by one rule, and no two have the same', () => {
    const variables = [...keyInfos.values()].map(({ variable }) => variable);
    expect(new Set(variables).size).toBe(variables.length);
    expect(variables).toContain('MORTAR_SSH_KEY_FILE');
    expect(variables).toContain('MORTAR_SSH_JUMP_KEY_FILE');
    expect(variables).toContain('MORTAR_VOLUMES_BLOCK_HOSTING_SIZE_GIB');
    for (const variable of variables) expect(variable).toMatch(/^MORTAR_[A-Z0-9_]+$/);
  });

  it('refuses nonsense, whichever its kind', () => {
    for (const { path } of keyInfos.values()) {
      const result = check({ file: documentOf(path, { nonsense: [1] }), ...companions[path] });
      expect(result.faults.map((fault) => fault.key)).toContain(path);
    }
  });

  it('is explained in whole sentences', () => {
    for (const { path, key } of keyInfos.values())
      expect(`${path}: ${key.about}`).toMatch(/^[a-z0-9_.]+: [A-Z].*[.)]$/s);
    for (const [name, member] of Object.entries(configKeys))
      expect(`${name}: ${member.about}`).toMatch(/^[a-z_]+: [A-Z].*\.$/s);
  });
});

const accepted: [path: string, value: unknown][] = [
  ['listen', ':8080'],
  ['listen', '0.0.0.0:1'],
  ['listen', '[::1]:65535'],
  ['listen', '[fe80::1%eth0]:80'],
  ['listen', 'localhost:0'],
  ['ssh.key_file', '/keys/id'],
  ['ssh.key_file', ['/keys/id', '/keys/id']],
  ['ssh.user', 'storage-admin'],
  ['ssh.keepalive_seconds', 0],
  ['log.level', 'silent'],
  ['log.level', 'warning'],
  ['volumes.max_per_cluster', -1],
  ['volumes.pre_options', 'performance.io-cache off'],
  ['volumes.pre_options', ['group virt', 'user.note some words, and a comma']],
  ['volumes.extra_allowed_options', ['cluster.lookup-optimize']],
  ['lvm.extent_size_kib', 131_072],
  ['lvm.wrapper', '/usr/sbin/exec-on-host'],
  ['mounts.options', 'rw,noatime,x-systemd.device-timeout=10s'],
  ['tls.cert_file', '/keys/id'],
];

const refused: [path: string, value: unknown, remedy: string][] = [
  ['listen', '8080', 'HOST:PORT'],
  ['listen', 8080, '":8080" in quotes'],
  ['listen', '127.0.0.1', 'HOST:PORT'],
  ['listen', '127.0.0.1:70000', 'port must be 1-65535'],
  ['listen', ':http', 'port must be 1-65535'],
  ['listen', '::1:8080', 'brackets'],
  ['listen', '[127.0.0.1]:80', 'only an IPv6 address goes in brackets'],
  ['listen', '10.0.0.300:80', 'IP address'],
  ['listen', 'http://host:80', 'HOST:PORT'],
  ['ssh.port', 0, 'port must be 1-65535'],
  ['ssh.port', 22.5, 'port must be 1-65535'],
  ['ssh.port', '22', 'without quotes'],
  ['ssh.user', 'root;reboot', 'login name'],
  ['ssh.jump.host', 'user@bastion', 'without user and port'],
  ['ssh.sudo', 'yes', 'true or false, without quotes'],
  ['ssh.key_file', ['/keys/id', 3], 'entry 2: must be a path'],
  ['ssh.key_file', 'a\u0000b', 'without control characters'],
  ['executor', 'docker', '`ssh`, `kubernetes`, `local` and `simulated`'],
  ['kubernetes.namespace', 'Storage', 'name of a namespace'],
  ['kubernetes.find_pods_by', 'daemon-set', 'did you mean `daemonset`?'],
  ['kubernetes.pod_label', 'glusterfs-node=a', 'without a value'],
  ['kubernetes.container', 'a b', 'name of a container'],
  ['kubernetes.max_connections', -1, 'whole number from 0'],
  ['admin_state', 'readonly', 'did you mean `read-only`?'],
  ['volumes.pre_options', 'nfs.disable', 'with a blank between'],
  ['volumes.pre_options', ['a b', 'c d\nrm'], 'entry 2'],
  ['volumes.extra_allowed_options', 'a b', 'without a value'],
  ['bricks.max_per_volume', 0, 'whole number from 1'],
  ['lvm.chunk_size_kib', 100, 'multiple of 64'],
  ['lvm.extent_size_kib', 3000, 'power of two'],
  ['lvm.wrapper', 'nsenter -t 1', 'absolute path of a program'],
  ['mounts.fstab_file', 'fstab', 'absolute path on the nodes'],
  ['mounts.options', 'rw, noatime', 'without blanks'],
  ['auth.admin_key', 12_345, 'put quotes around it'],
  ['auth.admin_key', '', 'must not be empty'],
  ['limits.body_kib', Number.MAX_SAFE_INTEGER, 'whole number'],
];

describe('a value in the file', () => {
  it.each(accepted)('may be: %s = %j', (path, value) => {
    const { env, ...rest } = { env: {}, ...companions[path] };
    expect(check({ file: documentOf(path, value), env, ...rest }).faults).toEqual([]);
  });

  it.each(refused)('may not be: %s = %j', (path, value, remedy) => {
    const result = check({ file: documentOf(path, value), ...companions[path] });
    expect(remediesOf(result).join('\n')).toContain(remedy);
  });

  it('may not be infinite or far too large', () => {
    expect(check({ file: 'bricks: {max_size_gib: .inf}' }).faults[0]).toMatchObject({
      found: 'found Infinity',
    });
    expect(check({ file: 'bricks: {max_size_gib: 1e99}' }).faults).toHaveLength(1);
  });
});

describe('a value in a variable', () => {
  const withEnv = (env: Record<string, string>) => load({ env }).config;

  it('may be a number, a truth value, or a list by commas', () => {
    expect(withEnv({ MORTAR_SSH_PORT: '2222' }).ssh.port).toBe(2222);
    expect(withEnv({ MORTAR_SSH_SUDO: 'true' }).ssh.sudo).toBe(true);
    expect(withEnv({ MORTAR_VOLUMES_PRE_OPTIONS: 'a b, c d' }).volumes.preOptions).toEqual(['a b', 'c d']);
  });

  it('may be a list of paths by colons', () => {
    expect(withEnv({ MORTAR_SSH_KEY_FILE: '/keys/id:/keys/id' }).ssh.keyFiles).toEqual([
      '/keys/id',
      '/keys/id',
    ]);
  });

  it.each([
    ['MORTAR_SSH_PORT', '22 '],
    ['MORTAR_SSH_PORT', '0x16'],
    ['MORTAR_SSH_PORT', '99999999999999999999'],
    ['MORTAR_SSH_SUDO', 'yes'],
    ['MORTAR_LOG_FORMAT', 'JSON'],
    ['MORTAR_LISTEN', 'tcp://10.0.0.1:8080'],
  ])('may not be: %s=%s', (variable, text) => {
    const result = check({ env: { [variable]: text } });
    expect(result.faults.map(({ source, found }) => ({ source, found }))).toEqual([
      { source: { kind: 'environment', variable }, found: `found ${JSON.stringify(text)}` },
    ]);
  });
});

describe('the typed form', () => {
  it('has no limit of volumes for a negative number, and the default for 0', () => {
    const limit = (value: number) =>
      load({ file: documentOf('volumes.max_per_cluster', value) }).config.volumes;
    expect(limit(-1).maxPerCluster).toBe(Number.POSITIVE_INFINITY);
    expect(limit(0).maxPerCluster).toBe(1000);
    expect(limit(5).maxPerCluster).toBe(5);
  });

  it('has the jump host with the user and keys of the nodes unless it has its own', () => {
    const jump = (text: string) => load({ file: `ssh: {user: storage, jump: ${text}}` }).config.ssh.jump;
    expect(jump('{host: bastion}')).toEqual({
      host: 'bastion',
      port: 22,
      user: 'storage',
      keyFiles: ['/keys/id'],
    });
    expect(jump('{host: "::1", port: 3, user: hop, key_file: /keys/id}')).toEqual({
      host: '::1',
      port: 3,
      user: 'hop',
      keyFiles: ['/keys/id'],
    });
  });

  it('has the socket of the agent only when the agent is wanted', () => {
    const socket = (file: string) =>
      load({ file, env: { SSH_AUTH_SOCK: '/run/agent' } }).config.ssh.agentSocket;
    expect(socket('ssh: {agent: true}')).toBe('/run/agent');
    expect(socket('')).toBeUndefined();
  });

  it('has certificate and key, stripe unit and width, as one', () => {
    const file = 'tls: {cert_file: c.pem, key_file: k.pem}\nxfs: {stripe_unit_kib: 128, stripe_width: 10}';
    const { config } = load({
      file,
      env: enoughEnv,
      files: { ...enoughFiles, '/work/c.pem': '', '/work/k.pem': '' },
    });
    expect(config.tls).toEqual({
      certFile: '/work/c.pem',
      keyFile: '/work/k.pem',
      minVersion: 'TLSv1.2',
      watchSeconds: 30,
    });
    expect(config.xfs.stripe).toEqual({ unitKib: 128, width: 10 });
  });
});
