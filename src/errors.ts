/**
 * The one error type of Mortar and the catalogue of its codes. Rooms throw an `AppError` with a code; only the edges
 * (api/, cli/) turn a code into an HTTP status or an exit status. `docs/errors.md` is made from this catalogue.
 */

interface CatalogueEntry {
  /** HTTP status that the API answers with. */
  readonly status: number;
  /** What happened, in the words of the person who meets it. */
  readonly title: string;
  /** What that person can do about it. */
  readonly remedy: string;
}

const entry = (status: number, title: string, remedy: string): CatalogueEntry => ({ status, title, remedy });

export const errorCatalogue = {
  // Requests
  'request.unparsable': entry(
    422,
    'The body is not JSON of the expected form',
    'Send one JSON object with the field types of the API reference.',
  ),
  'request.invalid': entry(
    400,
    'A field of the request has a value that is not allowed',
    'Correct the named field.',
  ),
  'request.too_large': entry(413, 'The body is larger than the server accepts', 'Send a smaller body.'),
  'request.unknown_path': entry(
    404,
    'There is no such route',
    'Look the path up in the API reference at /docs.',
  ),
  'request.conflict': entry(
    409,
    'The request contradicts the present state',
    'Read the message, bring the object into the state it names, repeat.',
  ),
  'request.idempotency_mismatch': entry(
    422,
    'The Idempotency-Key was used before with another request',
    'Use a new key for a new request.',
  ),
  'auth.missing': entry(401, 'No token was sent', 'Send "Authorization: bearer <token>".'),
  'auth.malformed': entry(
    400,
    'The Authorization header is malformed',
    'Send exactly "Authorization: bearer <token>".',
  ),
  'auth.refused': entry(
    401,
    'The token was refused',
    'Check user, key, clock and the request hash of the token.',
  ),
  'auth.forbidden': entry(401, 'This needs administrator access', 'Use the admin user.'),
  'server.maintenance': entry(
    503,
    'The server is in maintenance mode',
    'Wait, or set the mode back to normal.',
  ),
  'server.busy': entry(
    429,
    'The queue of operations is full',
    'Repeat after the seconds named by Retry-After.',
  ),
  'server.stopping': entry(503, 'The server is shutting down', 'Repeat when it is up again.'),
  'server.internal': entry(
    500,
    'Something went wrong inside Mortar',
    'Look for the request id in the log and report it.',
  ),

  // Objects
  'object.not_found': entry(404, 'There is no object with this id', 'List the objects to see which exist.'),
  'object.in_use': entry(
    409,
    'The object holds others, or an operation is using it',
    'Remove what it holds, or wait for the operation.',
  ),

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

  // Devices
  'device.refused': entry(
    500,
    'The device must not be used',
    'Free the device of what was found on it, or name another.',
  ),
  'device.state': entry(
    400,
    'The device or node is not in the state this needs',
    'Set the state that the message names first.',
  ),

  'device.missing': entry(
    500,
    'A volume group that should be on the node is not there',
    'Look whether the disk is connected; if it is lost, replace the device.',
  ),

  // Placement
  'placement.no_room': entry(
    500,
    'No layout was found for the volume',
    'Read the reasons per device and the largest size that fits.',
  ),

  // Operations
  'operation.not_cancellable': entry(
    409,
    'The operation can no longer be called off',
    'Wait for its end; undo its result afterwards.',
  ),
  'operation.cancelled': entry(
    500,
    'The operation was called off and undone',
    'Nothing; start it again if it is still wanted.',
  ),

  // Gluster
  'gluster.failed': entry(500, 'gluster refused a command', 'Read the words of gluster in the message.'),
  'gluster.foreign_volume': entry(
    500,
    'gluster has a volume of this name that is not ours',
    'Choose another name; Mortar never touches that volume.',
  ),

  'gluster.peers_down': entry(
    500,
    'gluster refuses to delete volumes while peers are out of reach',
    'Nothing: Mortar waits for the peers. Bring them back, or declare them lost.',
  ),
  'volume.has_snapshots': entry(
    409,
    'The volume has snapshots',
    'Delete its snapshots first: gluster snapshot delete volume NAME.',
  ),

  // Start-up
  'config.invalid': entry(
    500,
    'The configuration has faults',
    'Correct the keys that are named; check with mortar config check.',
  ),
  'database.unusable': entry(
    500,
    'The database cannot be used',
    'Read the message; restore a backup if the file is damaged.',
  ),
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof errorCatalogue;

export interface ErrorOptions {
  /** Facts for programs, shown in problem documents; never secrets. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
  /** Overrides the catalogue's HTTP status where the wire contract asks for another. */
  readonly status?: number;
}

/** An error with a code of the catalogue. `message` is what the user reads, complete in itself. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message?: string, options: ErrorOptions = {}) {
    super(
      message ?? errorCatalogue[code].title,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.name = 'AppError';
    this.code = code;
    this.status = options.status ?? errorCatalogue[code].status;
    this.details = options.details ?? {};
  }

  get remedy(): string {
    return errorCatalogue[this.code].remedy;
  }
}

/** Turns whatever was thrown into an `AppError`; an unexpected one becomes `server.internal` and keeps its cause. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  return new AppError('server.internal', undefined, { cause: thrown });
}
