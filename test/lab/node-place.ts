import { expect } from 'vitest';
import { quoteWords } from '../../src/executors/script/quote.ts';
import type { Place } from '../contract/executors/place.ts';
import type { Lab } from './lab.ts';
import type { ProcessOutcome } from './run-process.ts';

/** Kept by ssh itself, so that a look costs no handshake. */
const keptConnection = ['-oControlMaster=auto', '-oControlPersist=20', '-oControlPath=/tmp/mortar-place-%C'];

/** A node of the lab, looked at over connections that are not the executor's. */
export function nodePlace(lab: Lab, node: number): Place {
  const run = (argv: readonly string[], stdin = ''): Promise<ProcessOutcome> =>
    lab.exec(
      ['ssh', '-F', `${lab.stateDir}/ssh_config`, ...keptConnection, `node${node}`, quoteWords(argv)],
      { stdin },
    );
  const say = async (argv: readonly string[], stdin?: string): Promise<string> => {
    const { exitCode, stdout, stderr } = await run(argv, stdin);
    expect(exitCode, `${argv.join(' ')}: ${stderr}`).toBe(0);
    return stdout;
  };
  return {
    makeFolder: async () => (await say(['mktemp', '-d', '/tmp/mortar-executor-XXXXXX'])).trim(),
    removeFolder: async (path) => void (await say(['rm', '-r', path])),
    exists: async (path) => (await run(['test', '-e', path])).exitCode === 0,
    read: async (path) => (await run(['cat', path])).stdout,
    write: async (path, text) => void (await say(['tee', path], text)),
    list: async (path) => (await say(['ls', '-A', path])).split('\n').filter((name) => name !== ''),
    isRunning: async (pid) => {
      const { stdout } = await run(['ps', '-o', 'stat=', '-p', String(pid)]);
      return /^[^ZX]/.test(stdout);
    },
    kill: async (pid) => void (await say(['kill', '-KILL', String(pid)])),
  };
}
