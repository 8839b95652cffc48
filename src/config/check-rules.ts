import type { Findings } from './fault.ts';
import { formatListenAddress } from './listen.ts';
import { attemptRead, isWorldReadable, type ReadFile } from './read-file.ts';
import type { Secrets } from './read-secrets.ts';
import type { ConfigValues, KeyPath } from './schema.ts';
import { isFaulty, isGiven, type Settings } from './setting.ts';
import { defaultSource, type Source } from './source.ts';

export interface RuleInput {
  readonly settings: Settings;
  readonly values: ConfigValues;
  readonly secrets: Secrets;
  readonly agentSocket: string | undefined;
  /** Whether this process runs in a pod of Kubernetes. */
  readonly isInPod: boolean;
  readonly readFile: ReadFile;
  /** False when the configuration file could not be read: then nothing is called missing that may stand in it. */
  readonly isComplete: boolean;
}

/**
 * Checks what no key can say alone: keys that need or exclude each other, files that must be there, and combinations
 * that are allowed but seldom meant. A key that is faulty already takes part in no rule.
 */
export function checkRules(input: RuleInput, findings: Findings): void {
  const rules = new Rules(input, findings);
  rules.checkAuth();
  rules.checkTls();
  rules.checkSsh();
  rules.checkKubernetes();
  rules.checkSimulation();
  rules.checkStorage();
  rules.checkBackup();
}

class Rules {
  readonly #input: RuleInput;
  readonly #findings: Findings;

  constructor(input: RuleInput, findings: Findings) {
    this.#input = input;
    this.#findings = findings;
  }

  checkAuth(): void {
    const { values, secrets } = this.#input;
    if (!values.auth.enabled) {
      this.#warnOfOpenDoor();
      return;
    }
    this.#requireKey('admin', 'HEKETI_ADMIN_KEY');
    this.#requireKey('user', 'HEKETI_USER_KEY');
    if (secrets.userKey !== undefined && secrets.adminKey?.reveal() === secrets.userKey.reveal()) {
      this.#warn(
        'auth.user_key',
        'is the same as the key of the administrator, so whoever has it is administrator',
      );
    }
  }

  checkTls(): void {
    const { certFile, keyFile } = this.#input.values.tls;
    if (
      this.#sound('tls.cert_file', 'tls.key_file') &&
      (certFile === undefined) !== (keyFile === undefined)
    ) {
      const [present, absent] =
        certFile === undefined
          ? (['tls.key_file', 'tls.cert_file'] as const)
          : (['tls.cert_file', 'tls.key_file'] as const);
      this.#fault(present, `set without \`${absent}\``, `set \`${absent}\` too, or neither`);
    }
    if (certFile !== undefined) this.#requireFile('tls.cert_file', certFile, 'public');
    if (keyFile !== undefined) this.#requireFile('tls.key_file', keyFile, 'private');
  }

  checkSsh(): void {
    const { values, agentSocket } = this.#input;
    if (values.executor !== 'ssh' || !this.#sound('executor')) return;
    const { keyFile, agent, jump } = values.ssh;
    if (this.#canMiss('ssh.key_file', 'ssh.agent') && keyFile.length === 0 && !agent) {
      const remedy =
        'set `ssh.key_file` (MORTAR_SSH_KEY_FILE) or `ssh.agent`; to try Mortar without machines, start with --simulate';
      this.#fault('ssh.key_file', 'not set', remedy);
    }
    if (agent && agentSocket === undefined) {
      this.#fault('ssh.agent', 'true, but SSH_AUTH_SOCK is not set', 'start the agent, or set it to false');
    }
    for (const file of keyFile) this.#requireFile('ssh.key_file', file, 'private');
    if (jump.keyFile !== undefined) this.#requireFile('ssh.jump.key_file', jump.keyFile, 'private');
    this.#checkJump();
    this.#checkKnownHosts();
  }

  checkKubernetes(): void {
    const { executor, kubernetes } = this.#input.values;
    if (executor !== 'kubernetes' || !this.#sound('executor')) return;
    const { kubeconfigFile, context } = kubernetes;
    if (kubeconfigFile !== undefined)
      this.#requireFile('kubernetes.kubeconfig_file', kubeconfigFile, 'private');
    else if (context !== undefined && this.#canMiss('kubernetes.kubeconfig_file')) {
      const remedy = 'set `kubernetes.kubeconfig_file` too; a service account has no contexts';
      this.#fault('kubernetes.context', 'set without `kubernetes.kubeconfig_file`', remedy);
    } else if (!this.#input.isInPod && this.#canMiss('kubernetes.kubeconfig_file')) {
      this.#warn(
        'executor',
        '`kubernetes` without `kubernetes.kubeconfig_file` works in a pod only, and this is none',
      );
    }
  }

  checkSimulation(): void {
    const { settings, values } = this.#input;
    const simulated = values.executor === 'simulated';
    if (simulated && settings.get('executor')?.candidate.source.kind !== 'flag') {
      this.#warn('executor', 'the machines are simulated: volumes that are made do not exist anywhere');
    }
    if (!simulated && isGiven(settings, 'simulation.file')) {
      this.#warn('simulation.file', 'has no effect unless `executor` is `simulated` (--simulate)');
    }
  }

  checkStorage(): void {
    const { bricks, xfs, mounts } = this.#input.values;
    if (this.#sound('bricks.min_size_gib', 'bricks.max_size_gib') && bricks.minSizeGib > bricks.maxSizeGib) {
      const found = `${bricks.minSizeGib}, more than \`bricks.max_size_gib\` (${bricks.maxSizeGib})`;
      this.#fault('bricks.min_size_gib', found, 'must not be more than the largest size');
    }
    const isHalfStripe = xfs.stripeUnitKib > 0 !== xfs.stripeWidth > 0;
    if (this.#sound('xfs.stripe_unit_kib', 'xfs.stripe_width') && isHalfStripe) {
      const [present, absent] =
        xfs.stripeWidth > 0
          ? (['xfs.stripe_width', 'xfs.stripe_unit_kib'] as const)
          : (['xfs.stripe_unit_kib', 'xfs.stripe_width'] as const);
      this.#fault(present, `set without \`${absent}\``, `set \`${absent}\` too, or neither`);
    }
    if (mounts.method !== 'fstab' && isGiven(this.#input.settings, 'mounts.fstab_file')) {
      this.#warn('mounts.fstab_file', 'has no effect unless `mounts.method` is `fstab`');
    }
  }

  checkBackup(): void {
    const { settings, secrets, values } = this.#input;
    const others = ['backup.s3.access_key', 'backup.s3.secret_key', 'backup.s3.secret_key_file'] as const;
    if (values.backup.s3.bucket === undefined) {
      const given = others.find((path) => isGiven(settings, path));
      if (given !== undefined && this.#sound('backup.s3.bucket'))
        this.#fault(
          given,
          'set without `backup.s3.bucket`',
          'set `backup.s3.bucket` too, or none of the group',
        );
      return;
    }
    if (values.backup.s3.accessKey === undefined && this.#canMiss('backup.s3.access_key'))
      this.#fault('backup.s3.access_key', 'not set', 'set the id of the access key for the bucket');
    const isSecretGiven = isGiven(settings, 'backup.s3.secret_key_file');
    const canMiss = this.#canMiss('backup.s3.secret_key', 'backup.s3.secret_key_file');
    if (secrets.s3SecretKey === undefined && !isSecretGiven && canMiss)
      this.#fault('backup.s3.secret_key', 'not set', 'set `backup.s3.secret_key_file`');
  }

  #requireKey(who: 'admin' | 'user', heketiVariable: string): void {
    const present = who === 'admin' ? this.#input.secrets.adminKey : this.#input.secrets.userKey;
    const key = `auth.${who}_key` as const;
    const fileKey = `auth.${who}_key_file` as const;
    if (present !== undefined || !this.#canMiss('auth.enabled', key, fileKey)) return;
    // A file that is named but cannot be used has its own fault.
    if (isGiven(this.#input.settings, fileKey)) return;
    const remedy = `set \`${fileKey}\` (in Heketi's file \`jwt.${who}.key\`), or the variable ${heketiVariable}; to try Mortar without keys, start with --disable-auth`;
    this.#fault(key, 'not set', remedy);
  }

  #warnOfOpenDoor(): void {
    const { listen } = this.#input.values;
    if (listen.host !== undefined && /^(127\.|::1$|localhost$)/.test(listen.host)) return;
    const where = formatListenAddress(listen);
    this.#warn('auth.enabled', `whoever reaches ${where} is administrator, since no token is asked for`);
  }

  #checkJump(): void {
    const { settings, values } = this.#input;
    const others = ['ssh.jump.port', 'ssh.jump.user', 'ssh.jump.key_file'] as const;
    const given = others.find((path) => isGiven(settings, path));
    if (values.ssh.jump.host !== undefined || given === undefined || !this.#sound('ssh.jump.host')) return;
    this.#fault(given, 'set without `ssh.jump.host`', 'set `ssh.jump.host` too, or none of the group');
  }

  #checkKnownHosts(): void {
    const { knownHostsFile, hostKeyChecking } = this.#input.values.ssh;
    if (hostKeyChecking !== 'strict' || !this.#sound('ssh.known_hosts_file', 'ssh.host_key_checking')) return;
    if (knownHostsFile.some((file) => 'content' in attemptRead(this.#input.readFile, file))) return;
    const files = knownHostsFile.join(', ');
    this.#warn(
      'ssh.known_hosts_file',
      `none can be read (${files}), so every node will be refused; record the keys with ssh-keyscan, or set \`ssh.host_key_checking\` to \`accept-new\``,
    );
  }

  #requireFile(path: KeyPath, file: string, content: 'public' | 'private'): void {
    if (!this.#sound(path)) return;
    const attempt = attemptRead(this.#input.readFile, file);
    if ('trouble' in attempt) this.#fault(path, attempt.trouble.found, attempt.trouble.remedy);
    else if (content === 'private' && isWorldReadable(attempt.content)) {
      this.#warn(path, `everyone on this machine can read ${file}; take the right away: chmod o-r ${file}`);
    }
  }

  #canMiss(...paths: readonly KeyPath[]): boolean {
    return this.#input.isComplete && this.#sound(...paths);
  }

  #sound(...paths: readonly KeyPath[]): boolean {
    return !paths.some((path) => isFaulty(this.#input.settings, path));
  }

  #fault(path: KeyPath, found: string, remedy: string): void {
    this.#findings.faults.push({ ...this.#place(path), found, remedy });
  }

  #warn(path: KeyPath, message: string): void {
    this.#findings.warnings.push({ ...this.#place(path), message });
  }

  #place(path: KeyPath): { key: string; source: Source } {
    const candidate = this.#input.settings.get(path)?.candidate;
    return { key: candidate?.writtenAs ?? path, source: candidate?.source ?? defaultSource };
  }
}
