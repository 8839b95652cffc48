import type { Config } from './config/config.ts';
import type { Reads } from './db/queries.ts';
import type { Executor } from './executors/executor.ts';

const secondsToMs = (seconds: number): number => seconds * 1000;

/**
 * The way to the nodes that the configuration asks for. Only its own code is loaded: each of them brings much along.
 *
 * @throws AppError `config.invalid` for a faulty simulation file.
 */
export async function chooseExecutor(config: Config, reads: Reads): Promise<Executor> {
  switch (config.executor) {
    case 'ssh':
      return sshExecutor(config);
    case 'kubernetes':
      return kubernetesExecutor(config);
    case 'local': {
      const { LocalExecutor } = await import('./executors/local/local-executor.ts');
      return new LocalExecutor({ sudo: config.ssh.sudo });
    }
    case 'simulated':
      return simulatedExecutor(config, reads);
  }
}

/** The simulated node that gluster knows by this storage name. */
export async function manageNameOf(reads: Reads, storageName: string): Promise<string | undefined> {
  const nodeId = await reads.nodes.findByName('storage', storageName);
  return nodeId === undefined ? undefined : (await reads.nodes.find(nodeId))?.manageNames[0];
}

async function simulatedExecutor({ simulation, database }: Config, reads: Reads): Promise<Executor> {
  const { createSimulatedExecutor, openSimulation } = await import(
    './executors/simulated/simulated-executor.ts'
  );
  return createSimulatedExecutor({
    simulation: openSimulation({
      file: simulation.file,
      stateFile: `${database.path}.simulated`,
      deviceSizeGib: simulation.deviceSizeGib,
      latencyMs: simulation.latencyMs,
      resolveStorageHost: (name) => manageNameOf(reads, name),
    }),
  });
}

async function sshExecutor({ ssh, secrets }: Config): Promise<Executor> {
  const { SshExecutor } = await import('./executors/ssh/ssh-executor.ts');
  return new SshExecutor({
    user: ssh.user,
    port: ssh.port,
    keyFiles: ssh.keyFiles,
    passphrase: secrets.sshKeyPassphrase?.reveal(),
    agentSocket: ssh.agentSocket,
    sudo: ssh.sudo,
    knownHostsFiles: ssh.knownHostsFiles,
    hostKeyChecking: ssh.hostKeyChecking,
    connectTimeoutMs: secondsToMs(ssh.connectTimeoutSeconds),
    keepaliveMs: secondsToMs(ssh.keepaliveSeconds),
    jump: ssh.jump,
  });
}

async function kubernetesExecutor({ kubernetes }: Config): Promise<Executor> {
  const { KubernetesExecutor } = await import('./executors/kubernetes/kubernetes-executor.ts');
  return new KubernetesExecutor({
    kubeconfigFile: kubernetes.kubeconfigFile,
    context: kubernetes.context,
    namespace: kubernetes.namespace,
    findPodsBy: kubernetes.findPodsBy,
    podLabel: kubernetes.podLabel,
    container: kubernetes.container,
    sudo: kubernetes.sudo,
    maxConnections: kubernetes.maxConnections,
    connectTimeoutMs: secondsToMs(kubernetes.connectTimeoutSeconds),
  });
}
