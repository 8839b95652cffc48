import {
  because,
  invalid,
  noBody,
  nobody,
  nonsense,
  notFound,
  noWhole,
  type Room,
  type Row,
} from '../../../support/bad-input.ts';

const none = (field: string, id: string): string =>
  `${field}: there is none with the id ${id}; mortar topology info shows what there is\n`;
const one = invalid('brick: name exactly one of brick, device and node');
const upper = 'A'.repeat(32);

/** What cannot take the place of a device or a node; `other` is the id of something of the other kind. */
function replacementsBy(kind: 'device' | 'node', other: string): readonly Row[] {
  const gone = (id: string): string =>
    `to: there is no ${kind} with the id ${id}; mortar topology info shows what there is\n`;
  return [
    noBody,
    ...nonsense,
    ['{}', 400, invalid('to: cannot be blank')],
    ['null', 400, invalid('to: cannot be blank')],
    ['{"to":""}', 400, invalid('to: cannot be blank')],
    ['{"to":null}', 400, invalid('to: cannot be blank')],
    ['{"to":7}', 400, because('to: expected string, got 7')],
    ['{"to":["x"]}', 400, because('to: expected string, got ["x"]')],
    ['{"to":"x"}', 400, invalid('to: x is not a valid UUID')],
    ['{"to":"/dev/sdb"}', 400, invalid('to: /dev/sdb is not a valid UUID')],
    ['{"to":"../node"}', 400, invalid('to: ../node is not a valid UUID')],
    [`{"to":"${nobody}0"}`, 400, invalid(`to: ${nobody}0 is not a valid UUID`)],
    [`{"to":"${nobody}"}`, 404, gone(nobody)],
    [`{"to":"${upper}"}`, 404, gone(upper)],
    [`{"to":"${other}"}`, 404, gone(other)],
    [`{"to":"$${kind}"}`, 400, `to: a ${kind} cannot replace itself\n`],
    [`{"to":"$${kind}","healcheck":"no"}`, 400, invalid('healcheck: no is not valid heal info check')],
    [`{"to":"$${kind}","healcheck":1}`, 400, because('healcheck: expected string, got 1')],
  ];
}

export const replacements: Room = {
  bodies: [
    [
      'POST /nodes/{id}/zone',
      [
        noBody,
        ...nonsense,
        ['{}', 400, invalid('zone: cannot be blank')],
        ['null', 400, invalid('zone: cannot be blank')],
        ['{"zone":null}', 400, invalid('zone: cannot be blank')],
        ['{"zone":0}', 400, invalid('zone: cannot be blank')],
        ['{"zone":-1}', 400, invalid('zone: must be no less than 1')],
        ['{"zone":"1"}', 400, because('zone: expected number, got "1"')],
        ['{"zone":1.5}', 400, noWhole('zone', '1.5')],
        ['{"zone":9007199254740992}', 400, noWhole('zone', '9007199254740992')],
        ['{"zone":1e308}', 400, noWhole('zone', '1e+308')],
      ],
    ],
    ['POST /devices/{id}/replace', replacementsBy('device', '$node')],
    ['POST /nodes/{id}/replace', replacementsBy('node', '$device')],
    [
      'POST /replacements/plan',
      [
        noBody,
        ...nonsense,
        ['{}', 400, one],
        ['null', 400, one],
        ['{"node":"$node","device":"$device"}', 400, one],
        ['{"to":"$device"}', 400, one],
        ['{"brick":7}', 400, because('brick: expected string, got 7')],
        ['{"brick":"x"}', 400, invalid('brick: x is not a valid UUID')],
        ['{"brick":"../x"}', 400, invalid('brick: ../x is not a valid UUID')],
        [`{"brick":"${nobody}"}`, 404, none('brick', nobody)],
        ['{"brick":"$node"}', 404, none('brick', '$node')],
        ['{"device":"$node"}', 404, none('device', '$node')],
        [`{"device":"${upper}"}`, 404, none('device', upper)],
        ['{"node":"$device"}', 404, none('node', '$device')],
        ['{"brick":"$brick","to":"x"}', 400, invalid('to: x is not a valid UUID')],
        ['{"brick":"$brick","to":"$volume"}', 404, none('to', '$volume')],
      ],
    ],
    [
      'POST /what-if',
      [
        noBody,
        ...nonsense,
        ['{}', 400, invalid('nodes: name at least one node, zone or device')],
        ['null', 400, invalid('nodes: name at least one node, zone or device')],
        ['{"nodes":"$node"}', 400, because('nodes: expected array, got "$node"')],
        ['{"nodes":[7]}', 400, because('nodes.0: expected string, got 7')],
        ['{"nodes":["x"]}', 400, invalid('nodes: x is not a valid UUID')],
        [`{"nodes":["${nobody}"]}`, 404, none('nodes', nobody)],
        ['{"nodes":["$node","$device"]}', 404, none('nodes', '$device')],
        ['{"devices":["$node"]}', 404, none('devices', '$node')],
        ['{"zones":["1"]}', 400, because('zones.0: expected number, got "1"')],
        ['{"zones":[1.5]}', 400, noWhole('zones.0', '1.5')],
        ['{"zones":[1e308]}', 400, noWhole('zones.0', '1e+308')],
        ['{"zones":[0]}', 400, invalid('zones: must be no less than 1')],
        ['{"zones":[-1]}', 400, invalid('zones: must be no less than 1')],
        [
          '{"zones":[1,99]}',
          404,
          'zones: there is none with the number 99; mortar topology info shows what there is\n',
        ],
      ],
    ],
  ],
  ids: [
    ['POST /nodes/{id}/zone', '{"zone":1}', notFound],
    ['POST /nodes/{id}/lost', undefined, notFound],
    ['POST /nodes/{id}/replace', '{"to":"$node"}', notFound],
    ['POST /devices/{id}/lost', undefined, notFound],
    ['POST /devices/{id}/replace', '{"to":"$device"}', notFound],
  ],
};
