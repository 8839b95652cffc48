/** The settings of `mortar provisioner`: a flag wins over its variable, and that over the default. */
import { readFileSync } from 'node:fs';
import { failure } from './cli/exit-error.ts';

export interface ProvisionerFlags {
  readonly kubeconfig?: string;
  readonly provisionerName?: string;
  readonly inTree?: boolean;
  readonly csiDriver?: string;
  readonly namespace?: string;
  readonly http?: string;
  readonly workers?: string;
  readonly retryLongest?: string;
  readonly leaseSeconds?: string;
  readonly logLevel?: string;
  readonly logFormat?: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
const logFormats = ['json', 'pretty'] as const;

export interface ProvisionerSettings {
  readonly kubeconfig: string | undefined;
  readonly name: string;
  readonly servesInTree: boolean;
  readonly csiDriver: string;
  readonly namespace: string;
  readonly http: { readonly host: string; readonly port: number } | undefined;
  readonly workers: number;
  readonly longestPauseMs: number;
  readonly leaseMs: number;
  readonly logLevel: (typeof logLevels)[number];
  readonly logFormat: (typeof logFormats)[number];
}

/** A label domain and a name, or a name alone. */
const namePattern = /^([a-z0-9]([a-z0-9.-]*[a-z0-9])?\/)?[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/;
const namespacePattern = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const namespaceFile = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';

/** @throws ExitError that names the flag, its value and what it may be. */
export function readProvisionerSettings(flags: ProvisionerFlags, env: Variables): ProvisionerSettings {
  const read = (flag: string | undefined, variable: string): string | undefined =>
    flag ?? (env[variable] || undefined);
  const name = read(flags.provisionerName, 'MORTAR_PROVISIONER_NAME') ?? 'mortar.io/glusterfs';
  if (!namePattern.test(name) || name.startsWith('kubernetes.io/')) {
    throw failure(
      `--provisioner-name: "${name}" must be a name such as example.org/glusterfs, not of kubernetes.io`,
    );
  }
  const namespace = read(flags.namespace, 'POD_NAMESPACE') ?? ownNamespace();
  if (!namespacePattern.test(namespace)) {
    throw failure(`--namespace: "${namespace}" must be the name of a namespace`);
  }
  return {
    kubeconfig: flags.kubeconfig,
    name,
    namespace,
    servesInTree: flags.inTree ?? isTrue('MORTAR_PROVISIONER_IN_TREE', env),
    csiDriver: read(flags.csiDriver, 'MORTAR_PROVISIONER_CSI_DRIVER') ?? 'csi.mortar.io',
    http: listenOf(read(flags.http, 'MORTAR_PROVISIONER_HTTP') ?? '0.0.0.0:8081'),
    workers: count('--workers', read(flags.workers, 'MORTAR_PROVISIONER_WORKERS') ?? '100', 1, 1000),
    longestPauseMs:
      count(
        '--retry-longest',
        read(flags.retryLongest, 'MORTAR_PROVISIONER_RETRY_LONGEST') ?? '300',
        1,
        86_400,
      ) * 1000,
    leaseMs:
      count(
        '--lease-seconds',
        read(flags.leaseSeconds, 'MORTAR_PROVISIONER_LEASE_SECONDS') ?? '15',
        2,
        3600,
      ) * 1000,
    logLevel: oneOf('--log-level', read(flags.logLevel, 'MORTAR_LOG_LEVEL') ?? 'info', logLevels),
    logFormat: oneOf('--log-format', read(flags.logFormat, 'MORTAR_LOG_FORMAT') ?? 'json', logFormats),
  };
}

/** That of the pod; on no pod, `default`. */
function ownNamespace(): string {
  try {
    return readFileSync(namespaceFile, 'utf8').trim();
  } catch {
    return 'default';
  }
}

function isTrue(variable: string, env: Variables): boolean {
  const text = env[variable] ?? '';
  if (text === '' || text === 'false') return false;
  if (text === 'true') return true;
  throw failure(`${variable}: "${text}" must be true or false`);
}

function count(flag: string, text: string, min: number, max: number): number {
  const value = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw failure(`${flag}: "${text}" must be a whole number from ${min} to ${max}`);
}

function oneOf<Word extends string>(flag: string, text: string, words: readonly Word[]): Word {
  const word = words.find((candidate) => candidate === text);
  if (word !== undefined) return word;
  throw failure(`${flag}: "${text}" must be one of ${words.join(', ')}`);
}

function listenOf(text: string): ProvisionerSettings['http'] {
  if (text === 'off') return undefined;
  const match = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3] ?? Number.NaN);
  if (match === null || port > 65_535) {
    throw failure(`--http: "${text}" must be HOST:PORT, :PORT or off`);
  }
  return { host: match[1] ?? (match[2] || '0.0.0.0'), port };
}
