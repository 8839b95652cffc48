import { type CatalogueEntry, entry } from './entry.ts';
import { nodeCatalogue } from './node-catalogue.ts';

/** The codes of all errors: `docs/reference/errors.md` is made from this catalogue. */
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

  ...nodeCatalogue,

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
  'operation.not_yet': entry(
    500,
    'What the operation waits for takes its time',
    'Nothing; the operation looks again by itself.',
  ),
  'operation.cancelled': entry(
    500,
    'The operation was called off and undone',
    'Nothing; start it again if it is still wanted.',
  ),

  // Gluster
  'block.failed': entry(
    500,
    'gluster-block refused to do it',
    "Read gluster-block's words in the message; its log is on the node, in /var/log/gluster-block.",
  ),
  'block.daemon_down': entry(
    500,
    'gluster-blockd does not run on the node',
    'Start it: systemctl enable --now gluster-blockd.',
  ),
  'block.hosts_down': entry(
    500,
    'Too few nodes can export the block volume',
    'Bring up the nodes that are named, or ask for a smaller ha.',
  ),
  'block.unknown_content': entry(
    500,
    'The hosting volume holds block volumes that Mortar does not know',
    'Look at them with gluster-block list; delete them there, or keep the hosting volume.',
  ),
  'block.foreign': entry(
    500,
    'The hosting volume has a block volume of that name already that Mortar did not make',
    'Choose another name.',
  ),
  'gluster.failed': entry(500, 'gluster refused a command', 'Read the words of gluster in the message.'),
  'gluster.foreign_volume': entry(
    500,
    'gluster has a volume of this name that is not ours',
    'Choose another name; Mortar never touches that volume.',
  ),

  'gluster.heal_slow': entry(
    500,
    'gluster has not healed a new brick in the time it was given',
    'Look at the heal info of the volume and at its bricks; Mortar goes on looking and keeps the old brick.',
  ),
  'gluster.peers_down': entry(
    500,
    'gluster refuses to delete volumes while peers are out of reach',
    'Nothing: Mortar waits for the peers. Bring them back, or declare them lost.',
  ),
  'brick.needed': entry(
    500,
    'The brick must not be taken away: data would be lost, or out of reach',
    'Read which copies are missing; bring them back or let them heal, then repeat.',
  ),
  'volume.has_snapshots': entry(
    409,
    'The volume has snapshots',
    'Delete its snapshots first: mortar volume snapshot list, mortar volume snapshot delete.',
  ),
  'volume.has_clones': entry(409, 'The volume has clones', 'Delete the clones that are named first.'),
  'volume.not_started': entry(409, 'The volume is not started', 'Start it: gluster volume start NAME.'),
  'volume.no_snapshot_room': entry(
    409,
    'The thin pools of the volume have no room for what a snapshot keeps',
    'Delete snapshots or files, or use a volume that was made with a snapshot factor above 1.',
  ),
  'volume.snapshot_differs': entry(
    409,
    'The snapshot was taken while the volume had other bricks',
    'Restore a newer snapshot; or copy the files out of this one: gluster snapshot activate NAME.',
  ),
  'volume.brick_down': entry(
    409,
    'Not all bricks of the volume run',
    'Bring the nodes of the bricks that are named back, or see what mortar doctor says of them.',
  ),

  // Doctor
  'doctor.by_hand': entry(
    409,
    'Mortar does not mend this by itself',
    'Do what the message says, then look again.',
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

  // Moving from Heketi
  'import.refused': entry(
    422,
    'The dump cannot be taken over as it is',
    'Mend in Heketi what the message names, make a new dump, repeat. Nothing was written.',
  ),

  // Backups
  'backup.failed': entry(
    500,
    'A backup could not be made or reached',
    'Read the message: it names the place and what to do there.',
  ),
  'backup.damaged': entry(
    500,
    'A backup is not what was written',
    'Use another backup; look at the disk or store that holds this one.',
  ),
} as const satisfies Record<string, CatalogueEntry>;
