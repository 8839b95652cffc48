/**
 * A manager in a process of its own, for tests that kill it: `manager.ts local` or `manager.ts ssh PORT KEY KNOWN_HOSTS`.
 * Runs a batch of one command, which stands in the environment as JSON, and prints the outcome.
 */
import { toAppError } from '../../../src/errors.ts';
import type { Command } from '../../../src/executors/executor.ts';
import { LocalExecutor } from '../../../src/executors/local/local-executor.ts';
import { SshExecutor } from '../../../src/executors/ssh/ssh-executor.ts';

/** What stands in the environment variable BATCH. */
export interface ManagedBatch {
  readonly command: Command;
  readonly lock: string;
}

const [transport, port, keyFile = '', knownHostsFile = ''] = process.argv.slice(2);
const { command, lock } = JSON.parse(process.env['BATCH'] ?? '') as ManagedBatch;

const executor =
  transport === 'local'
    ? new LocalExecutor()
    : new SshExecutor({
        user: 'root',
        port: Number(port),
        keyFiles: [keyFile],
        knownHostsFiles: [knownHostsFile],
      });
try {
  const [result] = await executor.run({ nodeId: 'n1', address: '127.0.0.1' }, [command], {
    timeoutMs: 60_000,
    lock,
  });
  console.log(result?.stdout);
} catch (error) {
  console.log(toAppError(error).code);
} finally {
  await executor.close();
}
