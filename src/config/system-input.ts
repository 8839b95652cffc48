import type { ConfigFlags } from './definition.ts';
import type { ConfigInput } from './load-config.ts';
import { readFileFromDisk } from './read-file.ts';

/** The input of this process; the only place that touches `process.env`. */
export function systemInput(argvFlags: ConfigFlags): ConfigInput {
  return { argvFlags, env: process.env, readFile: readFileFromDisk, cwd: process.cwd() };
}
