import { group, key, optionalKey } from '../definition.ts';
import { readDaemonsetSwitch, readExecutor, readPodNamesSwitch } from '../heketi/values.ts';
import { host } from '../host.ts';
import { boolean, integer, oneOf, path, pathList, port, secret, text } from '../kinds.ts';
import { containerName, contextName, labelKey, loginName, namespaceName } from '../text-rules.ts';

const executors = oneOf(['ssh', 'kubernetes', 'local', 'simulated'], {
  remedy: "this version has the executors `ssh`, `kubernetes`, `local` and `simulated` (Heketi's `mock`)",
});

export const executor = key(executors, {
  default: 'ssh',
  about:
    'How commands reach the nodes: over SSH, by exec in pods of Kubernetes, on this machine itself, or not at all (`simulated`: machines that exist in memory only, to try Mortar out).',
  heketi: [{ name: 'HEKETI_EXECUTOR', read: readExecutor }],
  flag: { flag: '--simulate', field: 'simulate', sets: 'simulated' },
});

const jump = group('A host in between, when the nodes cannot be reached directly.', {
  host: optionalKey(host, { about: 'Name or address of the jump host; without it there is none.' }),
  port: key(port, { default: 22, about: 'SSH port of the jump host.' }),
  user: optionalKey(text(loginName), { about: 'User on the jump host; `ssh.user` when absent.' }),
  key_file: optionalKey(path, {
    about: 'Private key for the jump host; the keys of `ssh.key_file` when absent.',
  }),
});

export const ssh = group('How Mortar logs in to the nodes. Used when `executor` is `ssh`.', {
  user: key(text(loginName), {
    default: 'root',
    about: 'User on the nodes.',
    heketi: [{ name: 'HEKETI_SSH_USER' }],
  }),
  port: key(port, {
    default: 22,
    about: 'SSH port of the nodes.',
    heketi: [{ name: 'HEKETI_SSH_PORT' }],
  }),
  key_file: key(pathList, {
    default: [],
    about: 'Private keys to log in with. This or `ssh.agent` is needed.',
    heketi: [{ name: 'HEKETI_SSH_KEYFILE' }],
  }),
  key_passphrase: optionalKey(secret, { about: 'Passphrase of the private keys that are encrypted.' }),
  key_passphrase_file: optionalKey(path, { about: 'File that holds the passphrase.' }),
  agent: key(boolean, {
    default: false,
    about: 'Whether to log in with the keys of the SSH agent that `SSH_AUTH_SOCK` names.',
  }),
  sudo: key(boolean, {
    default: false,
    about: 'Whether commands are run through `sudo`; the user needs a rule with NOPASSWD.',
  }),
  known_hosts_file: key(pathList, {
    default: ['~/.ssh/known_hosts'],
    about: 'Files with the host keys of the nodes. New keys are written to the first.',
    heketi: [{ name: 'SSH_KNOWN_HOSTS' }],
  }),
  host_key_checking: key(oneOf(['strict', 'accept-new']), {
    default: 'strict',
    about:
      'What happens with a node whose host key is not on record: refuse it, or record the key at first sight. A changed key is always refused.',
  }),
  connect_timeout_seconds: key(integer({ min: 1, max: 600 }), {
    default: 10,
    about: 'Time that a node has to take a connection and the login.',
  }),
  keepalive_seconds: key(integer({ min: 0, max: 3600, note: '0 sends none' }), {
    default: 15,
    about: 'Time between two signs of life on a kept connection.',
  }),
  jump,
});

export const kubernetes = group(
  'How Mortar finds the pods of the nodes, and the API server. Used when `executor` is `kubernetes`.',
  {
    namespace: optionalKey(text(namespaceName), {
      about: "Namespace of the pods; that of Mortar's own pod, or of the kubeconfig's context, when absent.",
      heketi: [{ name: 'HEKETI_KUBE_NAMESPACE' }],
    }),
    find_pods_by: key(oneOf(['label', 'daemonset', 'name']), {
      default: 'label',
      about:
        'What ties a pod to a node of the topology: `label`: the value of the label is the manage name of the node; `daemonset`: the pod has the label, whatever its value, and the manage name is the Kubernetes node it runs on; `name`: the manage name is the name of the pod.',
      heketi: [
        { name: 'HEKETI_KUBE_GLUSTER_DAEMONSET', read: readDaemonsetSwitch },
        { name: 'HEKETI_KUBE_USE_POD_NAMES', read: readPodNamesSwitch },
      ],
    }),
    pod_label: key(text(labelKey), {
      default: 'glusterfs-node',
      about: 'Key of the label by which pods are found.',
    }),
    container: optionalKey(text(containerName), {
      about: 'Container of the pod in which commands run; the first when absent.',
    }),
    kubeconfig_file: optionalKey(path, {
      about: "Kubeconfig with the way to the API server; the service account of Mortar's pod when absent.",
    }),
    context: optionalKey(text(contextName), {
      about: 'Context of the kubeconfig; its current one when absent.',
    }),
    sudo: key(boolean, {
      default: false,
      about: 'Whether commands are run through `sudo` in the container.',
    }),
    max_connections: key(integer({ min: 0, max: 10_000, note: '0 means no limit' }), {
      default: 64,
      about: 'Batches of commands that run at once in all pods; more wait for their turn.',
    }),
    connect_timeout_seconds: key(integer({ min: 1, max: 600 }), {
      default: 10,
      about: 'Time that the API server has to begin a stream to a pod.',
    }),
  },
);

export const simulation = group('The simulated machines. Used when `executor` is `simulated`.', {
  file: optionalKey(path, {
    about:
      'File in which the simulated machines outlive a restart; without it they are gone with the process.',
    flag: { flag: '--simulation-file', field: 'simulationFile' },
  }),
  device_size_gib: key(integer({ min: 1, max: 1_048_576 }), {
    default: 500,
    about: 'Size of each simulated device.',
    heketi: [{ name: 'HEKETI_MOCK_DEVICE_SIZE_GB' }],
  }),
  latency_ms: key(integer({ min: 0, max: 60_000 }), {
    default: 0,
    about: 'Time that each command takes on a simulated machine.',
  }),
});
