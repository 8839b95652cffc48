import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { loadNodes, startManager } from '../support/manager.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const version = '4.32.5';
const run = promisify(execFile);

/** Installs schemathesis beside other caches when it is not there yet. @returns its program. */
async function schemathesis(): Promise<string> {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const folder = join(cache, 'mortar-tests', `schemathesis-${version}`);
  const program = join(folder, 'bin', 'schemathesis');
  if (!existsSync(program)) {
    await run('python3', ['-m', 'venv', '--clear', folder]);
    await run(join(folder, 'bin', 'pip'), ['install', '--quiet', `schemathesis==${version}`]);
  }
  return program;
}

const budgetSeconds = 60;

describe('the API as its OpenAPI document describes it', () => {
  it('answers whatever fits or does not fit the document as the document says, and never with a crash', async () => {
    const program = await schemathesis();
    const { url, wire } = await startManager({ env: { MORTAR_AUTH_ENABLED: 'false' } });
    await loadNodes(wire, 3, 2);
    const seed = process.env.MORTAR_RANDOM_SEED ?? '';
    const options = [
      ['--phases', 'fuzzing'],
      ['--max-examples', '5'],
      ['--max-time', String(budgetSeconds)],
      ['--seed', seed],
      ['--checks', 'no_internal_error,content_type_conformance,response_schema_conformance'],
      // Streams without an end; files of the API page; what takes the server out of service.
      ['--exclude-path-regex', '/events$|^/docs|^/admin$|^/backup'],
      ['--generation-database', 'none'],
      ['--continue-on-failure', '--no-color'],
    ].flat();
    const env = {
      ...process.env,
      SCHEMATHESIS_HOOKS: 'mortar_checks',
      PYTHONPATH: join(import.meta.dirname, 'schemathesis'),
      PYTHONDONTWRITEBYTECODE: '1',
    };
    const outcome = await run(program, ['run', `${url}/openapi.json`, ...options], {
      cwd: temporaryFolder(),
      env,
      maxBuffer: 64 * 1024 * 1024,
    }).then(
      ({ stdout }) => ({ failed: false, stdout }),
      (thrown: { stdout?: string; stderr?: string }) => ({
        failed: true,
        stdout: `${thrown.stdout ?? ''}${thrown.stderr ?? ''}`,
      }),
    );
    expect(outcome.failed, `seed ${seed}\n${outcome.stdout}`).toBe(false);
    // `230 generated, 230 passed`
    expect(Number(/(\d+) generated/.exec(outcome.stdout)?.[1])).toBeGreaterThan(20);
    expect((await wire.send('/clusters')).status).toBe(200);
  });
});
