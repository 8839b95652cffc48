import {
  because,
  invalid,
  noBody,
  nobody,
  nonsense,
  type Room,
  type Row,
} from '../../../support/bad-input.ts';

const started = (...ids: string[]): string =>
  `${JSON.stringify({ started: ids.map((finding) => ({ finding, operation: null, refused: `there is no finding ${finding}; look again` })) })}\n`;

const findings: readonly Row[] = [
  noBody,
  ...nonsense,
  ['{}', 400, invalid('findings: cannot be blank')],
  ['null', 400, invalid('findings: cannot be blank')],
  ['{"findings":null}', 400, invalid('findings: cannot be blank')],
  ['{"findings":[]}', 400, invalid('findings: cannot be blank')],
  ['{"findings":"x"}', 400, because('findings: expected array, got "x"')],
  ['{"findings":[7]}', 400, because('findings.0: expected string, got 7')],
  ['{"findings":["x"]}', 400, invalid('findings: x is not a valid UUID')],
  ['{"findings":["../x"]}', 400, invalid('findings: ../x is not a valid UUID')],
  [`{"findings":["${nobody}0"]}`, 400, invalid(`findings: ${nobody}0 is not a valid UUID`)],
  // Each finding has its own answer: one that is gone does not keep the others from being mended.
  [`{"findings":["${nobody}"]}`, 202, started(nobody)],
  ['{"findings":["$node","$volume"]}', 202, started('$node', '$volume')],
];

const quarantined = 'nothing in quarantine has the id $sent\n';
const oneOf = invalid('hosts: exactly one of topology and hosts must be given');
const host = (name: string): Row => [
  JSON.stringify({ hosts: [name] }),
  400,
  invalid(`hosts: [${name}] is not a valid manage hostname`),
];

export const doctor: Room = {
  bodies: [
    ['POST /doctor/fix', findings],
    ['POST /doctor/quarantine', findings],
    [
      'POST /rebuild',
      [
        noBody,
        ...nonsense,
        ['{}', 400, oneOf],
        ['null', 400, oneOf],
        [
          '{"hosts":["a"],"topology":{"clusters":[]}}',
          400,
          /exactly one of topology and hosts must be given/,
        ],
        ['{"hosts":"node1"}', 400, because('hosts: expected array, got "node1"')],
        ['{"hosts":[7]}', 400, because('hosts.0: expected string, got 7')],
        ['{"hosts":[]}', 400, invalid('hosts: cannot be blank')],
        host(''),
        host('a b'),
        host('a;reboot'),
        host('-oProxyCommand=x'),
        host('../node1'),
        host('node1\u0000'),
        host('n\u043ede1'),
        host('x'.repeat(64)),
        ['{"topology":[]}', 400, because('topology: expected object, got []')],
        ['{"topology":{}}', 400, invalid('topology: (clusters: cannot be blank.)')],
        ['{"topology":{"clusters":[]}}', 400, invalid('topology: names no node to look at')],
        ['{"hosts":["node1"],"dry_run":"yes"}', 400, because('dry_run: expected boolean, got "yes"')],
        ['{"hosts":["node1"],"partial":1}', 400, because('partial: expected boolean, got 1')],
        [
          '{"hosts":["node1"]}',
          409,
          'the database is not empty (1 clusters, 3 nodes, 1 volumes): only an empty one is filled. To bring back what is missing in this one, use mortar doctor\n',
        ],
      ],
    ],
  ],
  ids: [
    ['POST /doctor/quarantine/{id}/release', undefined, quarantined],
    ['DELETE /doctor/quarantine/{id}', undefined, quarantined],
  ],
};
