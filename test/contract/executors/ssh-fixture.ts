import type { Host } from '../../../src/executors/executor.ts';
import { SshExecutor, type SshExecutorOptions } from '../../../src/executors/ssh/ssh-executor.ts';
import type { Sshd } from './sshd.ts';

export const node: Host = { nodeId: 'n1', address: '127.0.0.1' };

/** Makes executors for an sshd and closes them all. */
export class SshFixture {
  readonly #sshd: Sshd;
  readonly #executors: SshExecutor[] = [];

  constructor(sshd: Sshd) {
    this.#sshd = sshd;
  }

  executor(options: Partial<SshExecutorOptions> = {}): SshExecutor {
    const { port, keyFile, knownHostsFile } = this.#sshd;
    const executor = new SshExecutor({
      user: 'root',
      port,
      keyFiles: [keyFile],
      knownHostsFiles: [knownHostsFile],
      ...options,
    });
    this.#executors.push(executor);
    return executor;
  }

  async close(): Promise<void> {
    await Promise.all(this.#executors.splice(0).map((executor) => executor.close()));
  }
}

/** Runs a command that says hello, and answers with what it printed. */
export async function hello(executor: SshExecutor, host: Host = node): Promise<string | undefined> {
  const [result] = await executor.run(host, [{ label: 'greet', argv: ['echo', 'hello'] }], {
    timeoutMs: 20_000,
  });
  return result?.stdout;
}
