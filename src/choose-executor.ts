import type { Config } from './config/config.ts';
import type { Reads } from './db/queries.ts';
import type { Executor } from './executors/executor.ts';
import { KubernetesExecutor } from './executors/kubernetes/kubernetes-executor.ts';
import { LocalExecutor } from './executors/local/local-executor.ts';
import { createSimulatedExecutor, openSimulation } from './executors/simulated/simulated-executor.ts';
import { SshExecutor } from './executors/ssh/ssh-executor.ts';

const secondsToMs = (seconds: number): number => seconds * 1000;

/** The way to the nodes that the configuration asks for. @throws AppError `config.invalid` for a faulty simulation file. */
export function chooseExecutor(config: Config, reads: Reads): Executor {
  switch (config.executor) {
    case 'ssh':
      return sshExecutor(config);
    case 'kubernetes':
      return kubernetesExecutor(config);
    case 'local':
      return new LocalExecutor({ sudo: config.ssh.sudo });
    case 'simulated':
      return createSimulatedExecutor({
        simulation: openSimulation({
          file: config.simulation.file,
          stateFile: `${config.database.path}.simulated`,
          deviceSizeGib: config.simulation.deviceSizeGib,
          latencyMs: config.simulation.latencyMs,
          resolveStorageHost: (name) => manageNameOf(reads, name),
        }),
      });
  }
}

/** The simulated node that gluster knows by this storage name. */
export async function manageNameOf(reads: Reads, storageName: string): Promise<string | undefined> {
  const nodeId = await reads.nodes.findByName('storage', storageName);
  return nodeId === undefined ? undefined : (await reads.nodes.find(nodeId))?.manageNames[0];
}

function sshExecutor({ ssh, secrets }: Config): SshExecutor {
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

function kubernetesExecutor({ kubernetes }: Config): KubernetesExecutor {
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
