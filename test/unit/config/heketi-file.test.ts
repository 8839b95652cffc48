import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeConfigAsJson } from '../../../src/config/describe-config.ts';
import { checkBare, faultsOf, type Given, loadBare, remediesOf, warningsOf } from './support.ts';

const sample = readFileSync(join(import.meta.dirname, 'fixtures', 'heketi.json'), 'utf8');
const keys = { HEKETI_ADMIN_KEY: 'a', HEKETI_USER_KEY: 'b', HOME: '/root' };
const files = { '/root/.ssh/known_hosts': 'keys', '/keys/id': 'private' };

/** A start with Heketi's file; keys and home are there. */
function given(file: string | object, env: Record<string, string> = {}): Given {
  const text = typeof file === 'string' ? file : JSON.stringify(file);
  return { file: text, fileName: 'heketi.json', env: { ...keys, ...env }, files };
}

/** Heketi's file with a working section for SSH and these keys in `glusterfs`. */
function withSsh(glusterfs: object = {}, sshexec: object = {}): object {
  return {
    port: '8080',
    glusterfs: { executor: 'ssh', sshexec: { keyfile: '/keys/id', ...sshexec }, ...glusterfs },
  };
}

describe("Heketi's sample file", () => {
  it('is refused as it is, because its secrets are placeholders, with their lines', () => {
    const result = checkBare({ file: sample, fileName: 'heketi.json', env: { HOME: '/root' } });
    expect(faultsOf(result)).toEqual([
      'heketi.json:17: jwt.admin.key: found [secret], the placeholder of a sample',
      'heketi.json:21: jwt.user.key: found [secret], the placeholder of a sample',
    ]);
  });

  it('starts the simulation once the secrets come from the environment, and says so', () => {
    const { config, warnings } = loadBare(given(sample));
    expect(config).toMatchObject({
      listen: { host: undefined, port: 8080 },
      executor: 'simulated',
      database: { path: '/var/lib/heketi/heketi.db' },
      log: { level: 'debug' },
      health: { enabled: true, intervalSeconds: 120, startDelaySeconds: 10 },
      volumes: {
        zoneChecking: 'none',
        blockHosting: { autoCreate: true, sizeGib: 500, options: ['group gluster-block'] },
      },
    });
    expect(warningsOf({ warnings })).toEqual([
      'warning: heketi.json:11: use_auth: has no meaning here: as in Heketi, it has no effect; only `--disable-auth` turns tokens off',
      'warning: heketi.json:17: jwt.admin.key: holds the placeholder of a sample, which does not matter as it is overridden',
      'warning: heketi.json:21: jwt.user.key: holds the placeholder of a sample, which does not matter as it is overridden',
      'warning: heketi.json:26: backup_db_to_kube_secret: has no meaning here: Mortar makes no copy of its database in Kubernetes',
      'warning: heketi.json:29: profiling: has no meaning here: Mortar has no profiling routes',
      'warning: heketi.json:38: glusterfs.executor: the machines are simulated: volumes that are made do not exist anywhere',
      'warning: heketi.json:41: glusterfs.sshexec: has no meaning here: the executor is simulated',
      'warning: heketi.json:54: glusterfs.kubeexec: has no meaning here: the executor is simulated',
    ]);
  });

  it('with the executor ssh is refused for each comment that was left in place of a value, with its line', () => {
    const result = checkBare(given(sample, { HEKETI_EXECUTOR: 'ssh' }));
    expect(faultsOf(result)).toEqual([
      'heketi.json:42: glusterfs.sshexec.keyfile: found "path/to/private_key", the placeholder of a sample',
      'heketi.json:44: glusterfs.sshexec.port: found "Optional: port of sshd. Default is 22", the placeholder of a sample',
      'heketi.json:45: glusterfs.sshexec.fstab: found "Optional: fstab file on the nodes. Default is /etc/fstab", the placeholder of a sample',
      'heketi.json:46: glusterfs.sshexec.pv_data_alignment: found "Optional: alignment of physical volumes. Default is 256K", the placeholder of a sample',
      'heketi.json:47: glusterfs.sshexec.vg_physicalextentsize: found "Optional: extent size of volume groups. Default is 4MB", the placeholder of a sample',
      'heketi.json:48: glusterfs.sshexec.lv_chunksize: found "Optional: chunk size of thin pools. Default is 256K", the placeholder of a sample',
    ]);
    expect(remediesOf(result)[1]).toBe('give a real value (port, 1-65535), or remove the key');
  });
});

describe("Heketi's file", () => {
  it('has every key mapped', () => {
    const { config } = loadBare(
      given(
        {
          port: '9090',
          enable_tls: true,
          cert_file: '/keys/id',
          key_file: '/keys/id',
          jwt: { admin: { key: 'file admin' }, user: { key: 'file user' } },
          default_state: 'read-only',
          glusterfs: {
            executor: 'ssh',
            db: 'h.db',
            loglevel: 'critical',
            brick_min_size_gb: 2,
            brick_max_size_gb: 100,
            max_bricks_per_volume: 64,
            average_file_size_kb: 128,
            max_volumes_per_cluster: -1,
            zone_checking: 'strict',
            pre_request_volume_options: 'nfs.disable on,group virt',
            post_request_volume_options: 'user.note x y',
            auto_create_block_hosting_volume: true,
            block_hosting_volume_size: 50,
            block_hosting_volume_options: 'group a,b c',
            max_inflight_operations: 8,
            operation_retry_limits: { volume_create: 7 },
            disable_monitor_gluster_nodes: true,
            start_time_monitor_gluster_nodes: 11,
            refresh_time_monitor_gluster_nodes: 121,
            sshexec: {
              user: 'storage',
              port: '2222',
              keyfile: '/keys/id',
              sudo: true,
              fstab: '/var/lib/heketi/fstab',
              mountopts: 'rw,noatime',
              snapshot_limit: 14,
              gluster_cli_timeout: 900,
              backup_lvm_metadata: true,
              lvm_wrapper: '/usr/sbin/exec-on-host',
              pv_data_alignment: '1M',
              vg_physicalextentsize: '8MB',
              lv_chunksize: '512K',
              xfs_su: 131_072,
              xfs_sw: 10,
            },
          },
        },
        { HEKETI_ADMIN_KEY: '', HEKETI_USER_KEY: '' },
      ),
    );
    expect(config.secrets.adminKey?.reveal()).toBe('file admin');
    expect(config).toMatchObject({
      listen: { host: undefined, port: 9090 },
      tls: { certFile: '/keys/id', keyFile: '/keys/id' },
      adminState: 'read-only',
      executor: 'ssh',
      database: { path: '/work/h.db' },
      log: { level: 'fatal' },
      bricks: { minSizeGib: 2, maxSizeGib: 100, maxPerVolume: 64, averageFileSizeKib: 128 },
      volumes: {
        maxPerCluster: Number.POSITIVE_INFINITY,
        zoneChecking: 'strict',
        preOptions: ['nfs.disable on', 'group virt'],
        postOptions: ['user.note x y'],
        blockHosting: { autoCreate: true, sizeGib: 50, options: ['group a', 'b c'] },
      },
      operations: { maxRunning: 8, createRetries: 7 },
      health: { enabled: false, startDelaySeconds: 11, intervalSeconds: 121 },
      ssh: { user: 'storage', port: 2222, keyFiles: ['/keys/id'], sudo: true },
      mounts: { method: 'fstab', fstabFile: '/var/lib/heketi/fstab', options: 'rw,noatime' },
      gluster: { snapshotLimit: 14, cliTimeoutSeconds: 900 },
      lvm: {
        backupMetadata: true,
        wrapper: '/usr/sbin/exec-on-host',
        dataAlignmentKib: 1024,
        extentSizeKib: 8192,
        chunkSizeKib: 512,
      },
      xfs: { stripe: { unitKib: 128, width: 10 } },
    });
  });

  it("has Heketi's defaults where they differ, and says whose they are", () => {
    const loaded = loadBare(given({ glusterfs: { sshexec: { keyfile: '/keys/id' } } }));
    expect(loaded.config).toMatchObject({
      listen: { host: undefined, port: 8080 },
      executor: 'ssh',
      database: { path: '/work/heketi.db' },
      ssh: { user: 'heketi', port: 22, hostKeyChecking: 'accept-new' },
      volumes: { zoneChecking: 'none' },
      mounts: { method: 'systemd' },
    });
    const ofHeketi = describeConfigAsJson(loaded).filter(({ place }) => place === "Heketi's default");
    expect(ofHeketi.map(({ key }) => key)).toEqual([
      'listen',
      'database.path',
      'ssh.user',
      'ssh.host_key_checking',
      'volumes.zone_checking',
    ]);
  });

  it('takes empty texts, null and 0 for the default, as Heketi does', () => {
    const empty = { brick_max_size_gb: 0, zone_checking: '', block_hosting_volume_size: null, loglevel: '' };
    const { config } = loadBare(given(withSsh(empty, { fstab: '', port: '', snapshot_limit: 0, xfs_su: 0 })));
    expect(config.bricks.maxSizeGib).toBe(4096);
    expect(config.volumes.blockHosting.sizeGib).toBe(1024);
    expect(config.mounts.method).toBe('systemd');
  });

  it('takes upper and lower case for the same, as Heketi does', () => {
    const { config } = loadBare(
      given({ Port: '81', glusterfs: { Executor: 'ssh', SSHexec: { KeyFile: '/keys/id', User: 'me' } } }),
    );
    expect(config.listen.port).toBe(81);
    expect(config.ssh.user).toBe('me');
  });

  it('warns once of each key without a meaning, with its line', () => {
    const text = `{
      "prot": "1",
      "_comment": "not warned of",
      "glusterfs": {
        "executor": "ssh",
        "alocator": 1,
        "db_read_only": true,
        "sshexec": { "keyfile": "/keys/id", "keyfil": "x",
          "debug_umount_failures": true, "rebalance_on_expansion": false, "fstab": "/etc/fstab" },
        "refresh_time_background_cleaner": 5
      }
    }`;
    expect(
      warningsOf(
        loadBare(given(text, { MORTAR_SSH_HOST_KEY_CHECKING: 'strict', MORTAR_MOUNTS_METHOD: 'fstab' })),
      ),
    ).toEqual([
      'warning: heketi.json:2: prot: has no meaning here: unknown key; did you mean `port`?',
      'warning: heketi.json:6: glusterfs.alocator: has no meaning here: unknown key',
      'warning: heketi.json:7: glusterfs.db_read_only: has no meaning here: `default_state` can be `read-only`',
      'warning: heketi.json:8: glusterfs.sshexec.keyfil: has no meaning here: unknown key; did you mean `glusterfs.sshexec.keyfile`?',
      "warning: heketi.json:9: glusterfs.sshexec.debug_umount_failures: has no meaning here: a failed command's own words are always in the error",
      'warning: heketi.json:9: glusterfs.sshexec.rebalance_on_expansion: has no meaning here: as in Heketi; set MORTAR_GLUSTER_REBALANCE_ON_EXPAND instead',
      'warning: heketi.json:10: glusterfs.refresh_time_background_cleaner: has no meaning here: Mortar finishes or undoes what was interrupted by itself',
    ]);
  });

  it.each(['inject/ssh', 'docker'])(
    'with the executor %s is refused, and the executors named',
    (executor) => {
      const result = checkBare(given({ glusterfs: { executor } }));
      expect(faultsOf(result)).toEqual([`heketi.json:1: glusterfs.executor: found "${executor}"`]);
      expect(remediesOf(result)[0]).toMatch(/this version has the executors `ssh`, `kubernetes`, `local`/);
    },
  );

  it('says how it mounts and how it checks host keys', () => {
    const text = (sshexec: object, env = {}): string =>
      warningsOf(loadBare(given(withSsh({}, sshexec), env))).join('\n');
    expect(text({})).toContain('Mortar makes systemd mount units. MORTAR_MOUNTS_METHOD=fstab keeps to fstab');
    expect(text({ fstab: '/x/fstab' })).toContain('mounts are written to /x/fstab, as `fstab` says');
    expect(text({})).toContain('Heketi did not check host keys');
    expect(text({}, { SSH_KNOWN_HOSTS: '/root/.ssh/known_hosts' })).not.toContain('host keys');
  });

  it('checks host keys strictly when SSH_KNOWN_HOSTS is set', () => {
    const { ssh } = loadBare(given(withSsh(), { SSH_KNOWN_HOSTS: '/a:/root/.ssh/known_hosts' })).config;
    expect(ssh).toMatchObject({
      hostKeyChecking: 'strict',
      knownHostsFiles: ['/a', '/root/.ssh/known_hosts'],
    });
  });

  it('is overridden by variables and flags like any file', () => {
    const { config } = loadBare({
      ...given(sample, { HEKETI_HTTP_PORT: '81', MORTAR_LOG_LEVEL: 'warn' }),
      flags: { config: 'heketi.json', db: '/tmp/x.db' },
    });
    expect(config).toMatchObject({
      listen: { port: 81 },
      log: { level: 'warn' },
      database: { path: '/tmp/x.db' },
    });
  });

  it.each([
    ['a port out of range', { port: '99999' }, 'heketi.json:1: port: found "99999"'],
    [
      'a number in a text',
      withSsh({ brick_max_size_gb: '4096' }),
      'heketi.json:1: glusterfs.brick_max_size_gb: found "4096"',
    ],
    [
      'a size that LVM would not take',
      withSsh({}, { lv_chunksize: 'big' }),
      'heketi.json:1: glusterfs.sshexec.lv_chunksize: found "big"',
    ],
    [
      'a stripe unit that is no KiB',
      withSsh({}, { xfs_su: 1000, xfs_sw: 2 }),
      'heketi.json:1: glusterfs.sshexec.xfs_su: found 1000',
    ],
    [
      'a truth value in quotes',
      withSsh({ disable_monitor_gluster_nodes: 'true' }),
      'heketi.json:1: glusterfs.disable_monitor_gluster_nodes: found "true"',
    ],
    ['a text for a group', { jwt: 'secret' }, 'heketi.json:1: jwt: a value for a group of keys'],
    ['TLS without files', { enable_tls: true }, 'heketi.json:1: enable_tls: true without files'],
    [
      'TLS with one file',
      { enable_tls: true, cert_file: '/keys/id' },
      'heketi.json:1: cert_file: set without `tls.key_file`',
    ],
    ['a switch that is none', { enable_tls: 'yes' }, 'heketi.json:1: enable_tls: found "yes"'],
    ['a missing private key', { glusterfs: { executor: 'ssh' } }, 'default: ssh.key_file: not set'],
  ])('is refused with %s', (_, file, expected) => {
    expect(faultsOf(checkBare(given({ ...withSsh(), ...file })))).toEqual([expected]);
  });

  it('with a port that is a number is taken, which Heketi did not', () => {
    expect(loadBare(given({ ...withSsh(), port: 8081 })).config.listen.port).toBe(8081);
  });

  it('is recognised by its shape, not by its name', () => {
    const yaml = 'glusterfs:\n  executor: mock\n';
    expect(loadBare({ ...given(yaml), fileName: 'any.yaml' }).config.executor).toBe('simulated');
    expect(faultsOf(checkBare(given('{"glusterfs": 3}')))[0]).toBe('heketi.json:1: glusterfs: unknown key');
  });
});

describe("Heketi's variables", () => {
  const config = (env: Record<string, string>) =>
    loadBare({ env: { ...keys, MORTAR_SSH_KEY_FILE: '/keys/id', ...env }, files }).config;

  it('set the keys of Mortar', () => {
    const env = {
      HEKETI_HTTP_PORT: '81',
      HEKETI_DEFAULT_STATE: 'local-client',
      HEKETI_JWT_IAT_LEEWAY_SECONDS: '5',
      HEKETI_DISABLE_HEALTH_MONITOR: 'true',
      HEKETI_EXECUTOR: 'mock',
      HEKETI_DB_PATH: '/x.db',
      HEKETI_GLUSTERAPP_LOGLEVEL: 'none',
      HEKETI_AUTO_CREATE_BLOCK_HOSTING_VOLUME: 'T',
      HEKETI_BLOCK_HOSTING_VOLUME_SIZE: '10',
      HEKETI_BLOCK_HOSTING_VOLUME_OPTIONS: 'a b,c d',
      HEKETI_GLUSTERAPP_REBALANCE_ON_EXPANSION: '0',
      HEKETI_MAX_INFLIGHT_OPERATIONS: '9',
      HEKETI_GLUSTER_MAX_VOLUMES_PER_CLUSTER: '77',
      HEKETI_ZONE_CHECKING: 'strict',
      HEKETI_PRE_REQUEST_VOLUME_OPTIONS: 'e f',
      HEKETI_POST_REQUEST_VOLUME_OPTIONS: 'g h',
      HEKETI_SSH_KEYFILE: '/keys/id',
      HEKETI_SSH_USER: 'me',
      HEKETI_SSH_PORT: '23',
      HEKETI_FSTAB: '/var/lib/heketi/fstab',
      HEKETI_MOUNT_OPTS: 'rw',
      HEKETI_SNAPSHOT_LIMIT: '3',
      HEKETI_GLUSTER_CLI_TIMEOUT: '30',
      HEKETI_LVM_WRAPPER: '/w',
      HEKETI_MOCK_DEVICE_SIZE_GB: '600',
    };
    expect(config(env)).toMatchObject({
      listen: { host: undefined, port: 81 },
      adminState: 'local-client',
      auth: { iatLeewaySeconds: 5 },
      health: { enabled: false },
      executor: 'simulated',
      database: { path: '/x.db' },
      log: { level: 'silent' },
      volumes: {
        maxPerCluster: 77,
        zoneChecking: 'strict',
        preOptions: ['e f'],
        postOptions: ['g h'],
        blockHosting: { autoCreate: true, sizeGib: 10, options: ['a b', 'c d'] },
      },
      gluster: { rebalanceOnExpand: false, snapshotLimit: 3, cliTimeoutSeconds: 30 },
      operations: { maxRunning: 9 },
      ssh: { user: 'me', port: 23 },
      mounts: { method: 'fstab', fstabFile: '/var/lib/heketi/fstab', options: 'rw' },
      lvm: { wrapper: '/w' },
      simulation: { deviceSizeGib: 600 },
    });
  });

  it.each(['1', 't', 'T', 'TRUE', 'true', 'True'])('take %s for true', (word) => {
    expect(config({ HEKETI_AUTO_CREATE_BLOCK_HOSTING_VOLUME: word }).volumes.blockHosting.autoCreate).toBe(
      true,
    );
  });

  it.each(['0', 'f', 'F', 'FALSE', 'false', 'False'])('take %s for false', (word) => {
    expect(config({ HEKETI_GLUSTERAPP_REBALANCE_ON_EXPANSION: word }).gluster.rebalanceOnExpand).toBe(false);
  });

  it.each(['yes', 'TrUe', 'on', '2'])('refuse %s for a truth value', (word) => {
    const result = checkBare({
      env: { ...keys, MORTAR_SSH_KEY_FILE: '/keys/id', HEKETI_GLUSTERAPP_REBALANCE_ON_EXPANSION: word },
      files,
    });
    expect(faultsOf(result)).toEqual([
      `HEKETI_GLUSTERAPP_REBALANCE_ON_EXPANSION: gluster.rebalance_on_expand: found "${word}"`,
    ]);
  });

  it.each(['false', 'True', '1', 'yes'])(
    'turn the health monitor off with the word true only, not with %s',
    (word) => {
      expect(config({ HEKETI_DISABLE_HEALTH_MONITOR: word }).health.enabled).toBe(true);
    },
  );

  it('keep the host of the file when they name a port', () => {
    const listen = (file: string) =>
      loadBare({ file, env: { ...keys, HEKETI_HTTP_PORT: '81', MORTAR_SSH_KEY_FILE: '/keys/id' }, files })
        .config.listen;
    expect(listen('listen: 127.0.0.1:80')).toEqual({ host: '127.0.0.1', port: 81 });
    expect(listen('listen: "[::1]:80"')).toEqual({ host: '::1', port: 81 });
    expect(listen('')).toEqual({ host: undefined, port: 81 });
  });

  it('without a meaning here bring a warning', () => {
    const result = checkBare({
      env: { HEKETI_PROFILING: 'false', HEKETI_KUBE_DB_SECRET_NAME: 'x', HEKETI_CLI_SERVER: 'y' },
    });
    expect(warningsOf(result)).toEqual([
      'warning: HEKETI_KUBE_DB_SECRET_NAME: has no meaning here: Mortar makes no copy of its database in Kubernetes',
      'warning: HEKETI_PROFILING: has no meaning here: Mortar has no profiling routes',
    ]);
  });
});
