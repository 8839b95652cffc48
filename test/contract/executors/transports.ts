import type { Executor, Host } from '../../../src/executors/executor.ts';
import { LocalExecutor } from '../../../src/executors/local/local-executor.ts';
import { SshExecutor } from '../../../src/executors/ssh/ssh-executor.ts';
import { type Place, thisMachine } from './place.ts';
import { Sshd } from './sshd.ts';

/** An executor and the machine that it reaches in one way or another. */
export interface Transport {
  readonly executor: Executor;
  readonly host: Host;
  readonly place: Place;
  /** Arguments for `manager.ts`, which runs a batch in a process of its own. */
  readonly manager: readonly string[];
  close(): Promise<void>;
}

export interface TransportChoice {
  readonly name: string;
  readonly open: () => Promise<Transport>;
}

export const transports: readonly TransportChoice[] = [
  { name: 'local', open: openLocal },
  { name: 'ssh', open: openSsh },
];

function openLocal(): Promise<Transport> {
  const executor = new LocalExecutor();
  return Promise.resolve({
    executor,
    host: { nodeId: 'n1', address: 'localhost' },
    place: thisMachine,
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
    place: thisMachine,
    manager: ['ssh', '127.0.0.1', String(sshd.port), sshd.keyFile, sshd.knownHostsFile],
    close: async () => {
      await executor.close();
      await sshd.stop();
    },
  };
}
