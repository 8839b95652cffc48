import { type CatalogueEntry, entry } from './entry.ts';

/** Errors on the way to a node, and of what is asked of it. */
export const nodeCatalogue = {
  // Nodes: the layers of the preflight, from the outside in
  'node.name_unresolved': entry(
    500,
    'The host name of the node does not resolve',
    'Correct the name in the topology, or the DNS.',
  ),
  'node.unreachable': entry(
    500,
    'The node does not answer',
    'Check that the node is up, the address and the port.',
  ),
  'node.host_key_unknown': entry(
    500,
    'The host key of the node is not known',
    'Add it to known_hosts, or allow trust on first use.',
  ),
  'node.host_key_changed': entry(
    500,
    'The host key of the node is not the one on record',
    'Find out why it changed; then replace the line in known_hosts.',
  ),
  'node.login_refused': entry(
    500,
    'The node refused the login',
    'Check the user and that its key is authorized on the node.',
  ),
  'node.sudo_refused': entry(
    500,
    'sudo did not run without a password',
    'Give the user a NOPASSWD rule, see the guide.',
  ),
  'node.module_missing': entry(
    500,
    'A kernel module is missing on the node',
    'Load the module, and load it at boot.',
  ),
  'node.tool_missing': entry(500, 'A program is missing on the node', 'Install the package that is named.'),
  'node.glusterd_down': entry(
    500,
    'glusterd does not run on the node',
    'Start it: systemctl enable --now glusterd.',
  ),
  'node.peer_refused': entry(
    500,
    'The gluster cluster did not accept the node as a peer',
    'Read the words of glusterd.',
  ),
  'node.command_failed': entry(
    500,
    'A command failed on a node',
    "Read the node's own words in the message.",
  ),
  'node.command_timeout': entry(
    500,
    'A command on a node did not end in time and was ended',
    'Look at the load and the disks of the node.',
  ),
  'node.connection_lost': entry(
    500,
    'The connection to the node broke while a command was running',
    'Mortar finds out by itself what was done.',
  ),
  'node.strange_answer': entry(
    500,
    'A node gave an answer that cannot be read',
    "Look at the node's own words in the message; report them.",
  ),
  'node.aborted': entry(
    500,
    'The work on the node was called off',
    'Nothing; it was cancelled on request or by shutdown.',
  ),

  'node.lost': entry(
    500,
    'The node was declared lost: nothing is ever sent to it',
    'Nothing; its bricks are made again elsewhere when the node is removed.',
  ),

  // Nodes behind Kubernetes
  'node.pod_missing': entry(
    500,
    'There is no pod for the node',
    'Compare the manage name of the node with the label, the node or the name of its pod, and the namespace; see `kubernetes.find_pods_by`.',
  ),
  'node.pod_ambiguous': entry(
    500,
    'Several pods stand for one node',
    'Let one pod only have the label on this node, or find pods by their name (`kubernetes.find_pods_by`).',
  ),
  'node.pod_not_ready': entry(
    500,
    'The pod of the node does not run',
    'Look at it with kubectl describe pod; Mortar takes it as soon as it runs.',
  ),
  'node.container_unknown': entry(
    500,
    'The pod has no such container',
    'Set `kubernetes.container` to one that is named, or to none for the first.',
  ),
  'kubernetes.unreachable': entry(
    500,
    'The API server of Kubernetes cannot be reached, or cannot do what it was asked',
    'Check that it is up, its address, and what its words say.',
  ),
  'kubernetes.certificate_unknown': entry(
    500,
    'The certificate of the API server is not trusted',
    'Let the kubeconfig name the authority that signed it (certificate-authority), and the name it is made for.',
  ),
  'kubernetes.unauthorized': entry(
    500,
    'The API server of Kubernetes does not accept the token',
    'Renew the token or the client certificate of the kubeconfig; in a pod, check that its service account still exists.',
  ),
  'kubernetes.forbidden': entry(
    500,
    'Kubernetes does not allow what Mortar needs',
    'Give its service account get, list and watch on pods, and get and create on pods/exec, in the namespace of the pods; see docs/kubernetes.md.',
  ),
} as const satisfies Record<string, CatalogueEntry>;
