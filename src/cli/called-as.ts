import { basename } from 'node:path';
import type { Output, Surroundings } from './surroundings.ts';

const heketiCli = 'heketi-cli';

/** Whether the program was called by heketi-cli's name, such as by a link to it. @param path what was called. */
export const isCalledAsHeketiCli = (path: string): boolean =>
  basename(path).replace(/\.[cm]?js$/, '') === heketiCli;

/** heketi-cli does not look whether somebody looks. */
const plain = (output: Output): Output => ({
  isTTY: false,
  write: (text) => output.write(text),
  on: (event, listener) => output.on?.(event, listener),
});

/** What commands see when they are to answer as heketi-cli does: its name, its variables first, nothing made for a terminal. */
export function asHeketiCli({ env, stdout, stderr }: Surroundings): Partial<Surroundings> {
  return {
    name: heketiCli,
    stdout: plain(stdout),
    stderr: plain(stderr),
    env: {
      ...env,
      MORTAR_SERVER: env.HEKETI_CLI_SERVER || env.MORTAR_SERVER,
      MORTAR_USER: env.HEKETI_CLI_USER || env.MORTAR_USER,
      MORTAR_KEY: env.HEKETI_CLI_KEY || env.MORTAR_KEY,
    },
  };
}
