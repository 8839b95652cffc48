import { because, nobody, nonsense, noPath, type Room } from '../../../support/bad-input.ts';

export const backups: Room = {
  bodies: [
    [
      'POST /backups/{id}/verify',
      [
        ...nonsense,
        ['{"nodes":"yes"}', 400, because('nodes: expected boolean, got "yes"')],
        ['{"nodes":1}', 400, because('nodes: expected boolean, got 1')],
        ['{"nodes":{}}', 400, because('nodes: expected boolean, got {}')],
      ],
    ],
  ],
  paths: [
    [
      'POST /backups/{id}/verify',
      [
        // The beginning of an id stands for a backup, so a single digit may be one.
        ...[nobody, '0'.repeat(31), 'A'.repeat(32), '0'.repeat(33)].map(
          (id) =>
            [
              `/backups/${id}/verify`,
              404,
              new RegExp(`^folder /.*/backups: there is no backup "${id}"\n$`),
            ] as const,
        ),
        ...['xyz', '..%2f..%2fmortar', '%00', `${nobody}.db`, ';reboot', '$(id)', 'mortar-1.db'].map(
          (id) => [`/backups/${id}/verify`, 404, noPath] as const,
        ),
      ],
    ],
    [
      'POST /backups/restored/confirm',
      [['/backups/restored/confirm', 409, 'the database does not wait to be reconciled\n']],
    ],
  ],
};
