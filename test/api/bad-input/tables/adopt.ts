import {
  because,
  invalid,
  noBody,
  nobody,
  nonsense,
  notFound,
  type Room,
  type Row,
} from '../../../support/bad-input.ts';

const ofTheirs = '{"cluster":"$cluster","volumes":';
const absent = (name: string): Row => [
  `${ofTheirs}["${name}"]}`,
  404,
  `volumes: gluster has no ${name} in the cluster $cluster; mortar adopt list shows what there is\n`,
];
const folders = (sent: string): Row => [
  `{"folders":${sent}}`,
  400,
  invalid('folders: Invalid option: expected one of "keep"|"remove"'),
];

export const adopt: Room = {
  bodies: [
    [
      'POST /adopt',
      [
        noBody,
        ...nonsense,
        ['{}', 400, invalid('cluster: cannot be blank; volumes: cannot be blank')],
        ['null', 400, invalid('cluster: cannot be blank; volumes: cannot be blank')],
        ['{"cluster":"$cluster"}', 400, invalid('volumes: cannot be blank')],
        ['{"volumes":["theirs"]}', 400, invalid('cluster: cannot be blank')],
        ['{"cluster":7,"volumes":["theirs"]}', 400, because('cluster: expected string, got 7')],
        ['{"cluster":"x","volumes":["theirs"]}', 400, invalid('cluster: x is not a valid UUID')],
        [`{"cluster":"${nobody}","volumes":["theirs"]}`, 404, `cluster: there is no cluster ${nobody}\n`],
        ['{"cluster":"$node","volumes":["theirs"]}', 404, 'cluster: there is no cluster $node\n'],
        [`${ofTheirs}"theirs"}`, 400, because('volumes: expected array, got "theirs"')],
        [`${ofTheirs}[7]}`, 400, because('volumes.0: expected string, got 7')],
        [`${ofTheirs}[]}`, 400, invalid('volumes: cannot be blank')],
        [`${ofTheirs}[""]}`, 400, invalid('volumes: cannot be blank')],
        [`${ofTheirs}["vol1"]}`, 409, 'volumes: vol1: Mortar manages this already\n'],
        absent('nope'),
        absent('THEIRS'),
        absent('a;reboot'),
        absent('$(id)'),
        absent('../theirs'),
        absent('x'.repeat(3000)),
      ],
    ],
    [
      'POST /adopt/{id}/manage',
      [
        noBody,
        ...nonsense,
        folders('"delete"'),
        folders('""'),
        folders('"KEEP"'),
        folders('7'),
        folders('["keep"]'),
      ],
    ],
  ],
  ids: [
    ['DELETE /adopt/{id}', undefined, 'no volume with the id $sent is watched\n'],
    [
      'POST /adopt/{id}/manage',
      '{}',
      'gluster has no volume with the id $sent that others made; mortar adopt list shows what there is\n',
    ],
    ['POST /adopt/{id}/release', undefined, notFound],
  ],
};
