import type { Findings } from './fault.ts';
import { isPlaceholder } from './placeholder.ts';
import { attemptRead, isWorldReadable, type ReadFile } from './read-file.ts';
import type { KeyPath } from './schema.ts';
import { Secret } from './secret.ts';
import { isFaulty, type Setting, type Settings } from './setting.ts';
import { formatSource, rankOf } from './source.ts';

/** What must not be shown, apart from the rest of the configuration. Undefined where none is given. */
export interface Secrets {
  readonly adminKey: Secret | undefined;
  readonly userKey: Secret | undefined;
  readonly sshKeyPassphrase: Secret | undefined;
  readonly s3SecretKey: Secret | undefined;
}

/**
 * Takes each secret from its key or from the file that its `…_file` key names, whichever the stronger source gives; both
 * at once from equally strong sources is a fault.
 */
export function readSecrets(settings: Settings, readFile: ReadFile, findings: Findings): Secrets {
  const reader = new SecretReader(settings, readFile, findings);
  return {
    adminKey: reader.read('auth.admin_key', 'auth.admin_key_file'),
    userKey: reader.read('auth.user_key', 'auth.user_key_file'),
    sshKeyPassphrase: reader.read('ssh.key_passphrase', 'ssh.key_passphrase_file'),
    s3SecretKey: reader.read('backup.s3.secret_key', 'backup.s3.secret_key_file'),
  };
}

class SecretReader {
  readonly #settings: Settings;
  readonly #readFile: ReadFile;
  readonly #findings: Findings;

  constructor(settings: Settings, readFile: ReadFile, findings: Findings) {
    this.#settings = settings;
    this.#readFile = readFile;
    this.#findings = findings;
  }

  read(textPath: KeyPath, filePath: KeyPath): Secret | undefined {
    if (isFaulty(this.#settings, textPath) || isFaulty(this.#settings, filePath)) return undefined;
    const text = this.#settings.get(textPath);
    const file = this.#settings.get(filePath);
    if (file === undefined || file.value === undefined) return this.#fromText(text);
    if (text?.value === undefined) return this.#fromFile(file);
    const difference = rankOf(text.candidate.source) - rankOf(file.candidate.source);
    if (difference === 0) this.#reportBoth(text, file);
    return difference < 0 ? this.#fromFile(file) : this.#fromText(text);
  }

  #fromText(setting: Setting | undefined): Secret | undefined {
    if (!(setting?.value instanceof Secret)) return undefined;
    if (/^\s|\s$/.test(setting.value.reveal())) {
      this.#warn(setting, 'begins or ends with a blank or a line break, which counts as part of it');
    }
    return setting.value;
  }

  #fromFile(setting: Setting): Secret | undefined {
    const path = String(setting.value);
    const attempt = attemptRead(this.#readFile, path);
    if ('trouble' in attempt) return this.#report(setting, attempt.trouble.found, attempt.trouble.remedy);
    if (isWorldReadable(attempt.content)) {
      this.#warn(
        setting,
        `everyone on this machine can read ${path}; take the right away: chmod o-r ${path}`,
      );
    }
    // Editors and `echo` end a file with a line break that nobody means.
    const text = attempt.content.text.replace(/(\r?\n)+$/, '');
    if (text.trim() === '') return this.#report(setting, `${path} is empty`, 'write the secret into it');
    if (isPlaceholder(text)) {
      return this.#report(
        setting,
        `${path} holds the placeholder of a sample`,
        'write a real secret into it',
      );
    }
    return new Secret(text);
  }

  #reportBoth(text: Setting, file: Setting): void {
    const other = `\`${text.info.path}\` (${formatSource(text.candidate.source)})`;
    this.#report(file, `given beside ${other}`, 'give one of the two');
  }

  #report(setting: Setting, found: string, remedy: string): undefined {
    const { writtenAs: key, source } = setting.candidate;
    this.#findings.faults.push({ key, source, found, remedy });
    return undefined;
  }

  #warn(setting: Setting, message: string): void {
    const { writtenAs: key, source } = setting.candidate;
    this.#findings.warnings.push({ key, source, message });
  }
}
