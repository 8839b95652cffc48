import type { Executor, Host } from '../../../src/executors/executor.ts';
import { LocalExecutor } from '../../../src/executors/local/local-executor.ts';
import { SshExecutor } from '../../../src/executors/ssh/ssh-executor.ts';
import { Sshd } from './sshd.ts';

/** An executor on this machine, reached in one way or another. */
export interface Transport {
  readonly executor: Executor;
  readonly host: Host;
  /** Arguments for `manager.ts`, which runs a batch in a process of its own. */
  readonly manager: readonly string[];
  close(): Promise<void>;
}

export const transports: readonly { readonly name: string; readonly open: () => Promise<Transport> }[] = [
  { name: 'local', open: openLocal },
  { name: 'ssh', open: openSsh },
];

function openLocal(): Promise<Transport> {
  const executor = new LocalExecutor();
  return Promise.resolve({
    executor,
    host: { nodeId: 'n1', address: 'localhost' },
    manager: ['local'],
    close: () => executor.close(),
  });
}

async function openSsh(): Promise<Transport> {
  const sshd = await Sshd.start();
  const executor = new SshExecutor({
    user: 'root',
    port: sshd.port,
    keyFiles: [sshd.keyFile],
    knownHostsFiles: [sshd.knownHostsFile],
  });
  return {
    executor,
    host: { nodeId: 'n1', address: '127.0.0.1' },
    manager: ['ssh', String(sshd.port), sshd.keyFile, sshd.knownHostsFile],
    close: async () => {
      await executor.close();
      await sshd.stop();
    },
  };
}
