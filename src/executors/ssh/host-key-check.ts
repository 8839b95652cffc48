import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '../../errors.ts';
import type { Host } from '../executor.ts';
import { nodeError } from '../script/node-error.ts';
import {
  fingerprint,
  type HostKeyVerdict,
  judgeHostKey,
  type KnownHost,
  knownHostLine,
  parseKnownHosts,
} from './known-hosts.ts';

export interface HostKeyOptions {
  /** Files in the form of OpenSSH's known_hosts; one that does not exist counts as empty. */
  readonly files: readonly string[];
  /**
   * `strict`: a host whose key is not on record is refused. `accept-new` is trust on first use: the key that such a host
   * shows at first is believed and written to the first file, so whoever is in between at that moment is believed too.
   * A key that differs from the one on record is refused in either mode.
   */
  readonly checking: 'strict' | 'accept-new';
}

/** Where a connection goes: whom errors name, and the port. */
export interface HostPort {
  readonly host: Host;
  readonly port: number;
}

/** Checks the keys that hosts show against the files, which are read anew each time: people edit them. */
export class HostKeyCheck {
  readonly #options: HostKeyOptions;
  /** Checks that may write come one after the other, so that a key is written once. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: HostKeyOptions) {
    this.#options = options;
  }

  async read(): Promise<KnownHost[]> {
    const texts = await Promise.all(this.#options.files.map(readIfThere));
    return texts.flatMap((text, index) => parseKnownHosts(text, this.#options.files[index] ?? ''));
  }

  /** @returns the error to refuse the host with, or undefined when the key is believed. */
  async refusal(to: HostPort, key: Buffer): Promise<AppError | undefined> {
    const check = this.#turn.then(() => this.#judge(to, key));
    this.#turn = check.catch(() => undefined);
    return check;
  }

  async #judge(to: HostPort, key: Buffer): Promise<AppError | undefined> {
    const verdict = judgeHostKey(await this.read(), { address: to.host.address, port: to.port }, key);
    switch (verdict.kind) {
      case 'known':
        return undefined;
      case 'unknown':
        return this.#meet(to, key, verdict);
      case 'changed':
      case 'revoked':
        return changedError(to, key, verdict);
    }
  }

  async #meet(
    to: HostPort,
    key: Buffer,
    verdict: { readonly authority: KnownHost | undefined },
  ): Promise<AppError | undefined> {
    const [file] = this.#options.files;
    if (this.#options.checking === 'strict' || file === undefined)
      return unknownError(to, key, file, verdict.authority);
    await appendLine(file, knownHostLine(to.host.address, to.port, key));
    return undefined;
  }
}

async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    const { message } = error as Error;
    throw new AppError('config.invalid', `The known_hosts file ${file} cannot be read: ${message}`, {
      cause: error,
    });
  }
}

/** One write in append mode, so that lines of several writers never mix; a last line without its end is ended first. */
async function appendLine(file: string, line: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const text = await readIfThere(file);
  const handle = await open(file, 'a', 0o600);
  try {
    await handle.appendFile(`${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function unknownError(
  to: HostPort,
  key: Buffer,
  file: string | undefined,
  authority: KnownHost | undefined,
): AppError {
  const line = knownHostLine(to.host.address, to.port, key);
  const where = file ?? 'a known_hosts file';
  const byAuthority =
    authority === undefined
      ? ''
      : ` ${authority.file}:${authority.lineNumber} names a certificate authority for it, which Mortar does not understand.`;
  return nodeError(
    'node.host_key_unknown',
    to.host,
    `its host key ${fingerprint(key)} is not on record.${byAuthority} Compare it on the node, then add this line to ${where}: ${line}`,
    { details: { fingerprint: fingerprint(key), line, file } },
  );
}

function changedError(
  to: HostPort,
  key: Buffer,
  verdict: Extract<HostKeyVerdict, { line: KnownHost }>,
): AppError {
  const { file, lineNumber } = verdict.line;
  const shown = fingerprint(key);
  const recorded = fingerprint(verdict.line.key);
  const text =
    verdict.kind === 'revoked'
      ? `its host key ${shown} is marked as revoked in ${file}:${lineNumber}`
      : `it shows the host key ${shown}, but ${recorded} is on record in ${file}:${lineNumber}. Either the node was set up anew or something else answers in its place`;
  return nodeError('node.host_key_changed', to.host, text, {
    details: { fingerprint: shown, recorded, file, lineNumber },
  });
}
