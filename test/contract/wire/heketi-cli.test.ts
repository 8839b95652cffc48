import { execFile } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { asHeketiCli } from '../../../src/cli/called-as.ts';
import { createProgram } from '../../../src/cli/program.ts';
import { systemSurroundings } from '../../../src/cli/surroundings.ts';
import { startManager, testKeys } from '../../support/manager.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const main = resolve(import.meta.dirname, '../../../src/main.ts');

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program through a link of this name. */
function call(name: string, words: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const link = join(temporaryFolder(), name);
  symlinkSync(main, link);
  return new Promise((done) => {
    const options = { env: { PATH: process.env.PATH, ...env } };
    const args = ['--import', 'tsx', link, ...words];
    execFile(process.execPath, args, options, (error, stdout, stderr) =>
      done({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

describe('called as heketi-cli', () => {
  it('says its name and version', async () => {
    expect(await call('heketi-cli', ['--version'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^heketi-cli \d+\.\d+\.\d+\n$/),
    });
  });

  it('complains as heketi-cli, and exits 255', async () => {
    expect(await call('heketi-cli', ['nonsense'])).toEqual({
      code: 255,
      stdout: '',
      stderr: 'Error: unknown command "nonsense" for "heketi-cli"\nRun \'heketi-cli --help\' for usage.\n',
    });
  });

  it('takes the variables of heketi-cli before its own', async () => {
    const { url } = await startManager();
    const env = {
      HEKETI_CLI_SERVER: url,
      HEKETI_CLI_USER: 'admin',
      HEKETI_CLI_KEY: testKeys.admin,
      MORTAR_SERVER: 'http://127.0.0.1:1',
      MORTAR_KEY: 'another',
    };
    expect(await call('heketi-cli', ['cluster', 'list'], env)).toEqual({
      code: 0,
      stdout: 'Clusters:\n',
      stderr: '',
    });
  });

  it('prints at a terminal what it prints to a file', async () => {
    const { url } = await startManager();
    let stdout = '';
    const output = { isTTY: true, columns: 80, write: (text: string) => (stdout += text) };
    const env = { HEKETI_CLI_SERVER: url, HEKETI_CLI_USER: 'admin', HEKETI_CLI_KEY: testKeys.admin };
    const around = { ...systemSurroundings, env, stdout: output, stderr: output };
    const program = createProgram({ ...around, ...asHeketiCli(around) });
    expect(await program.run(['cluster', 'list'])).toBe(0);
    expect(stdout).toBe('Clusters:\n');
  });
});
