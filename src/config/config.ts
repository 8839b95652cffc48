import { dirname, join } from 'node:path';
import type { Secrets } from './read-secrets.ts';
import type { ConfigValues } from './schema.ts';

type Reshaped = 'auth' | 'tls' | 'ssh' | 'xfs' | 'volumes' | 'backup';

/**
 * The configuration that the program works with: the keys in camelCase (docs/reference/configuration.md says what each
 * means), except that secrets stand apart in `secrets`, keys that only make sense together are one object or undefined,
 * and paths of this machine are absolute. Frozen to its leaves.
 */
export interface Config extends Omit<ConfigValues, Reshaped> {
  readonly auth: Pick<ConfigValues['auth'], 'enabled' | 'iatLeewaySeconds'>;
  /** The PEM files for HTTPS; undefined for plain HTTP. */
  readonly tls: TlsConfig | undefined;
  readonly ssh: SshConfig;
  /** `stripe` is what mkfs.xfs is told about a RAID (`su`, `sw`); undefined for nothing. */
  readonly xfs: { readonly stripe: { readonly unitKib: number; readonly width: number } | undefined };
  /** `maxPerCluster` is infinite for no limit. */
  readonly volumes: ConfigValues['volumes'];
  readonly backup: BackupConfig;
  readonly secrets: Secrets;
}

export interface TlsConfig extends Pick<ConfigValues['tls'], 'minVersion' | 'watchSeconds'> {
  readonly certFile: string;
  readonly keyFile: string;
}

interface BackupConfig {
  /** 0: only when asked for. */
  readonly intervalHours: number;
  readonly keepCount: number;
  /** 0: no limit. */
  readonly keepDays: number;
  readonly folder: string;
  /** Takes the backups instead of the folder; its secret is `secrets.s3SecretKey`. */
  readonly s3: S3Config | undefined;
}

interface S3Config {
  readonly endpoint: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly region: string;
  readonly accessKey: string;
}

interface SshConfig {
  readonly user: string;
  readonly port: number;
  readonly keyFiles: readonly string[];
  /** The socket of the agent whose keys are used too; undefined for none. */
  readonly agentSocket: string | undefined;
  readonly sudo: boolean;
  /** New keys are written to the first. */
  readonly knownHostsFiles: readonly string[];
  readonly hostKeyChecking: 'strict' | 'accept-new';
  readonly connectTimeoutSeconds: number;
  /** 0 for no signs of life. */
  readonly keepaliveSeconds: number;
  readonly jump: SshJumpConfig | undefined;
}

/** The host in between. Without a user or keys of its own it has those of the nodes. */
interface SshJumpConfig {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly keyFiles: readonly string[];
}

/** What lies outside the keys. */
export interface Surroundings {
  readonly secrets: Secrets;
  /** The socket of the SSH agent (`SSH_AUTH_SOCK`). */
  readonly agentSocket: string | undefined;
}

/** Makes the configuration of checked values. */
export function shapeConfig(values: ConfigValues, { secrets, agentSocket }: Surroundings): Config {
  const { auth, tls, ssh, xfs, volumes, backup, ...others } = values;
  const { certFile, keyFile, minVersion, watchSeconds } = tls;
  const stripe = { unitKib: xfs.stripeUnitKib, width: xfs.stripeWidth };
  return deepFreeze({
    ...others,
    auth: { enabled: auth.enabled, iatLeewaySeconds: auth.iatLeewaySeconds },
    tls:
      certFile !== undefined && keyFile !== undefined
        ? { certFile, keyFile, minVersion, watchSeconds }
        : undefined,
    ssh: shapeSsh(ssh, agentSocket),
    xfs: { stripe: stripe.unitKib > 0 ? stripe : undefined },
    backup: shapeBackup(backup, values.database.path),
    volumes: { ...volumes, maxPerCluster: shapeVolumeLimit(volumes.maxPerCluster) },
    secrets,
  });
}

function shapeBackup(backup: ConfigValues['backup'], databasePath: string): BackupConfig {
  const { intervalHours, keepCount, keepDays, folder, s3 } = backup;
  const { endpoint, bucket, prefix, region, accessKey = '' } = s3;
  return {
    intervalHours,
    keepCount,
    keepDays,
    folder: folder ?? join(dirname(databasePath), 'backups'),
    s3: bucket === undefined ? undefined : { endpoint, bucket, prefix, region, accessKey },
  };
}

function shapeSsh(ssh: ConfigValues['ssh'], agentSocket: string | undefined): SshConfig {
  const { agent, keyFile: keyFiles, knownHostsFile: knownHostsFiles, jump } = ssh;
  return {
    user: ssh.user,
    port: ssh.port,
    keyFiles,
    agentSocket: agent ? agentSocket : undefined,
    sudo: ssh.sudo,
    knownHostsFiles,
    hostKeyChecking: ssh.hostKeyChecking,
    connectTimeoutSeconds: ssh.connectTimeoutSeconds,
    keepaliveSeconds: ssh.keepaliveSeconds,
    jump: jump.host === undefined ? undefined : shapeJump(jump, jump.host, ssh),
  };
}

function shapeJump(
  jump: ConfigValues['ssh']['jump'],
  host: string,
  nodes: ConfigValues['ssh'],
): SshJumpConfig {
  const keyFiles = jump.keyFile === undefined ? nodes.keyFile : [jump.keyFile];
  return { host, port: jump.port, user: jump.user ?? nodes.user, keyFiles };
}

const defaultVolumesPerCluster = 1000;

/** Heketi's rule: 0 is the default, negative no limit. */
function shapeVolumeLimit(limit: number): number {
  if (limit < 0) return Number.POSITIVE_INFINITY;
  return limit === 0 ? defaultVolumesPerCluster : limit;
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const inner of Object.values(value)) deepFreeze(inner);
  return value;
}
