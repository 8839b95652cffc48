import { posix } from 'node:path';
import type { ConfigFlags } from '../../../src/config/definition.ts';
import { type Fault, formatFaults, formatWarnings } from '../../../src/config/fault.ts';
import { type ConfigCheck, checkConfig, type LoadedConfig } from '../../../src/config/load-config.ts';
import type { ReadFile } from '../../../src/config/read-file.ts';
import { formatSource } from '../../../src/config/source.ts';

/** Files by path: a text, a text with permission bits, or the code of the error that reading it brings. */
export type Files = Readonly<Record<string, string | { text: string; mode: number } | { code: string }>>;

const cwd = '/work';

/** A file system in memory. */
function filesOf(files: Files): ReadFile {
  return (path) => {
    const file = files[path];
    if (typeof file === 'string') return { text: file };
    if (file !== undefined && 'text' in file) return file;
    throw Object.assign(new Error(`cannot read ${path}`), { code: file?.code ?? 'ENOENT' });
  };
}

export interface Given {
  /** The text of the configuration file, which is then named by --config. */
  readonly file?: string;
  readonly fileName?: string;
  readonly flags?: ConfigFlags;
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Files;
}

/** What a start needs that these tests are not about: both keys, a key for the nodes, a home. */
export const enoughEnv = {
  HOME: '/home/mortar',
  MORTAR_AUTH_ADMIN_KEY: 'admin text',
  MORTAR_AUTH_USER_KEY: 'user text',
  MORTAR_SSH_KEY_FILE: '/keys/id',
};

export const enoughFiles: Files = { '/keys/id': 'private', '/home/mortar/.ssh/known_hosts': 'keys' };

/** Checks a configuration in which nothing is given but what is passed. */
export function checkBare({
  file,
  fileName = 'mortar.yaml',
  flags = {},
  env = {},
  files = {},
}: Given): ConfigCheck {
  const own: Files = file === undefined ? {} : { [posix.join(cwd, fileName)]: file };
  const argvFlags = file === undefined ? flags : { config: fileName, ...flags };
  return checkConfig({ argvFlags, env, cwd, readFile: filesOf({ ...own, ...files }) });
}

/** Checks a configuration that has all a start needs, beside what is passed. */
export function check(given: Given): ConfigCheck {
  return checkBare({
    ...given,
    env: { ...enoughEnv, ...given.env },
    files: { ...enoughFiles, ...given.files },
  });
}

/** The loaded configuration; fails the test with the faults when there are any. */
export function load(given: Given = {}): LoadedConfig {
  return loadedOf(check(given));
}

export function loadBare(given: Given): LoadedConfig {
  return loadedOf(checkBare(given));
}

/** `place: key: found`, one a fault, without the remedies. */
export function faultsOf(result: ConfigCheck): string[] {
  return result.faults.map(({ source, key, found }) => `${formatSource(source)}: ${key}: ${found}`);
}

export function remediesOf(result: ConfigCheck): string[] {
  return result.faults.map((fault: Fault) => fault.remedy);
}

/** The warnings, one a line. */
export function warningsOf(result: { readonly warnings: ConfigCheck['warnings'] }): string[] {
  return formatWarnings(result.warnings).split('\n');
}

function loadedOf(result: ConfigCheck): LoadedConfig {
  if (result.loaded === undefined) throw new Error(formatFaults(result.faults));
  return result.loaded;
}
