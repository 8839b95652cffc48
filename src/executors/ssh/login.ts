import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import ssh2, { type AnyAuthMethod, type AuthHandlerMiddleware, type ParsedKey } from 'ssh2';
import { fingerprint } from './known-hosts.ts';

/** Who logs in and with what. */
export interface LoginOptions {
  readonly user: string;
  /** Private keys, tried in order. */
  readonly keyFiles: readonly string[];
  /** For those keys that are encrypted. */
  readonly passphrase?: string | undefined;
  /** The same from a file; a line break at its end does not count. */
  readonly passphraseFile?: string | undefined;
  /** Socket of an SSH agent (`SSH_AUTH_SOCK`) whose keys are tried after the others. */
  readonly agentSocket?: string | undefined;
}

/** One attempt to log in, with what the user reads when all of them failed. */
interface Attempt {
  readonly method: AnyAuthMethod;
  readonly name: string;
}

/** Keeps parsed keys: to decrypt one takes a tenth of a second in which the manager does nothing else. */
export class Login {
  readonly user: string;
  readonly #options: LoginOptions;
  readonly #parsed = new Map<string, { readonly digest: string; readonly key: ParsedKey }>();

  constructor(options: LoginOptions) {
    this.user = options.user;
    this.#options = options;
  }

  /** Reads the keys (anew each time, since they are replaced now and then). A key that cannot be used is no attempt. */
  async prepare(): Promise<LoginTry> {
    const attempts: Attempt[] = [];
    const faults: string[] = [];
    for (const file of this.#options.keyFiles) {
      const key = await this.#load(file);
      if (typeof key === 'string') faults.push(key);
      else attempts.push(this.#byKey(file, key));
    }
    const { agentSocket } = this.#options;
    if (agentSocket !== undefined) attempts.push(this.#byAgent(agentSocket));
    return new LoginTry(attempts, faults);
  }

  #byKey(file: string, key: ParsedKey): Attempt {
    return {
      method: { type: 'publickey', username: this.user, key },
      name: `the key ${file} (${fingerprint(key.getPublicSSH())})`,
    };
  }

  #byAgent(agentSocket: string): Attempt {
    return {
      method: { type: 'agent', username: this.user, agent: agentSocket },
      name: `the keys of the agent ${agentSocket}`,
    };
  }

  /** @returns the key, or what is wrong with it. */
  async #load(file: string): Promise<ParsedKey | string> {
    let text: string;
    let passphrase: string | undefined;
    try {
      text = await readFile(file, 'utf8');
      passphrase = await this.#passphrase();
    } catch (error) {
      return `the key ${file} cannot be read: ${(error as Error).message}`;
    }
    const digest = createHash('sha256')
      .update(`${passphrase ?? ''}\n${text}`)
      .digest('hex');
    const kept = this.#parsed.get(file);
    if (kept?.digest === digest) return kept.key;
    const parsed = ssh2.utils.parseKey(text, passphrase);
    // The words of the parser are fixed texts: neither the key nor the passphrase is in them.
    if (parsed instanceof Error) return `the key ${file} cannot be used: ${parsed.message}`;
    const [key] = [parsed].flat();
    if (key === undefined || !key.isPrivateKey())
      return `the key ${file} cannot be used: it is not a private key`;
    this.#parsed.set(file, { digest, key });
    return key;
  }

  async #passphrase(): Promise<string | undefined> {
    const { passphrase, passphraseFile } = this.#options;
    if (passphrase !== undefined || passphraseFile === undefined) return passphrase;
    return (await readFile(passphraseFile, 'utf8')).replace(/\r?\n$/, '');
  }
}

/** At its first call a handler gets null, whatever the type says. */
function isList(accepted: readonly string[] | null): accepted is readonly string[] {
  return accepted !== null;
}

/** One login: hands its attempts to ssh2 one by one and remembers what became of them. */
export class LoginTry {
  readonly #attempts: readonly Attempt[];
  readonly #tried: string[] = [];
  readonly #faults: string[];
  #accepted: readonly string[] = [];

  constructor(attempts: readonly Attempt[], faults: readonly string[]) {
    this.#attempts = attempts;
    this.#faults = [...faults];
  }

  /** For ssh2: called for the first attempt and after each that failed; `false` gives up. */
  readonly handler: AuthHandlerMiddleware = (accepted, _partial, next) => {
    this.#accepted = isList(accepted) ? accepted : [];
    const attempt = this.#attempts[this.#tried.length];
    if (attempt !== undefined) this.#tried.push(attempt.name);
    next(attempt?.method ?? (false as never));
  };

  note(fault: string): void {
    this.#faults.push(fault);
  }

  /** What was tried and what could not be, in words. */
  describe(): string {
    const tried = this.#tried.length === 0 ? 'no key could be tried' : `tried ${this.#tried.join(', ')}`;
    const accepted = this.#accepted.length === 0 ? '' : `; the node accepts ${this.#accepted.join(', ')}`;
    return [tried + accepted, ...this.#faults].join('; ');
  }
}
