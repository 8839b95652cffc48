/**
 * A manager in a process of its own, for tests that kill it: `manager.ts local`, `manager.ts ssh ADDRESS PORT KEY
 * KNOWN_HOSTS` or `manager.ts kubernetes ADDRESS KUBECONFIG NAMESPACE`.
 * Runs a batch of one command, which stands in the environment as JSON, and prints the outcome.
 */
import { toAppError } from '../../../src/errors.ts';
import type { Command, Executor } from '../../../src/executors/executor.ts';
import { KubernetesExecutor } from '../../../src/executors/kubernetes/kubernetes-executor.ts';
import { LocalExecutor } from '../../../src/executors/local/local-executor.ts';
import { SshExecutor } from '../../../src/executors/ssh/ssh-executor.ts';

/** What stands in the environment variable BATCH. */
export interface ManagedBatch {
  readonly command: Command;
  readonly lock: string;
}

const [transport, address = 'localhost', ...more] = process.argv.slice(2);
const { command, lock } = JSON.parse(process.env['BATCH'] ?? '') as ManagedBatch;

const executor = makeExecutor();
try {
  const [result] = await executor.run({ nodeId: 'n1', address }, [command], {
    timeoutMs: 60_000,
    lock,
  });
  console.log(result?.stdout);
} catch (error) {
  console.log(toAppError(error).code);
} finally {
  await executor.close();
}

function makeExecutor(): Executor {
  if (transport === 'local') return new LocalExecutor();
  if (transport === 'kubernetes') {
    const [kubeconfigFile, namespace] = more;
    return new KubernetesExecutor({
      kubeconfigFile,
      namespace,
      findPodsBy: 'label',
      podLabel: 'glusterfs-node',
      maxConnections: 0,
    });
  }
  const [port, keyFile = '', knownHostsFile = ''] = more;
  return new SshExecutor({
    user: 'root',
    port: Number(port),
    keyFiles: [keyFile],
    knownHostsFiles: [knownHostsFile],
  });
}
