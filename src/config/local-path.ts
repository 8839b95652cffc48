import { resolve } from 'node:path';

export interface PathBase {
  /** What relative paths are relative to. */
  readonly cwd: string;
  /** What `~` stands for; undefined when HOME is not set. */
  readonly home: string | undefined;
}

/** Makes a path of this machine absolute; undefined when it starts with `~` and there is no home. */
export function absolutePath(path: string, base: PathBase): string | undefined {
  if (path !== '~' && !path.startsWith('~/')) return resolve(base.cwd, path);
  return base.home === undefined ? undefined : resolve(base.cwd, base.home, path.slice(2));
}
