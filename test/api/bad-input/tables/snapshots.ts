import {
  because,
  invalid,
  nonsense,
  noPath,
  notFound,
  type Room,
  type Row,
} from '../../../support/bad-input.ts';

const form = invalid('name: must be in a valid format');

const names = (after = ''): readonly Row[] => {
  const none = (name: string): Row => [
    `/volumes/$volume/snapshots/${name}${after}`,
    404,
    `The volume has no snapshot ${name}; it has one\n`,
  ];
  const noName = (name: string): Row => [`/volumes/$volume/snapshots/${name}${after}`, 404, noPath];
  return [
    ...['nope', 'ONE', '0'.repeat(32), 'all', '--all', '-x', 'x'.repeat(300)].map(none),
    ...['a.b', 'one%00', 'a%20b', '..%2fone', '%D0%BEne', 'one;reboot', '$(id)', '%60id%60'].map(noName),
  ];
};

export const snapshots: Room = {
  bodies: [
    [
      'POST /volumes/{id}/snapshots',
      [
        ...nonsense,
        ['{"name":7}', 400, because('name: expected string, got 7')],
        ['{"name":["one"]}', 400, because('name: expected string, got ["one"]')],
        ['{"name":"a b"}', 400, form],
        ['{"name":"../x"}', 400, form],
        ['{"name":"a;reboot"}', 400, form],
        ['{"name":"a\\u0000"}', 400, form],
        ['{"name":"a\\n"}', 400, form],
        ['{"name":"\u043ene"}', 400, form],
        [`{"name":"${'x'.repeat(201)}"}`, 400, invalid('name: must be at most 200 characters')],
        ['{"force":"yes"}', 400, because('force: expected boolean, got "yes"')],
        ['{"force":1}', 400, because('force: expected boolean, got 1')],
      ],
    ],
  ],
  ids: [
    ['GET /volumes/{id}/snapshots', undefined, notFound],
    ['POST /volumes/{id}/snapshots', '{}', notFound],
    ['GET /volumes/{id}/snapshots/{nameOrId}', undefined, notFound],
    ['DELETE /volumes/{id}/snapshots/{nameOrId}', undefined, notFound],
    ['POST /volumes/{id}/snapshots/{nameOrId}/restore', undefined, notFound],
  ],
  paths: [
    ['GET /volumes/{id}/snapshots/{nameOrId}', names()],
    ['DELETE /volumes/{id}/snapshots/{nameOrId}', names()],
    ['POST /volumes/{id}/snapshots/{nameOrId}/restore', names('/restore')],
  ],
};
