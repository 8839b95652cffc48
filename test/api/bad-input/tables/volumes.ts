import {
  because,
  contractNonsense,
  invalid,
  noBody,
  nobody,
  nonsense,
  noPath,
  notFound,
  noWhole,
  type Room,
  type Row,
  unknownKey,
  unparsable,
} from '../../../support/bad-input.ts';

const long = 'x'.repeat(252);
const forNew = 'stands for a new volume; leave it out to grow one';

/** A volume that there is not yet. */
const newVolume: readonly Row[] = [
  ['{}', 400, invalid('size: cannot be blank')],
  ['null', 400, invalid('size: cannot be blank')],
  ['{"size":null}', 400, invalid('size: cannot be blank')],
  ['{"size":0}', 400, invalid('size: must be no less than 1')],
  ['{"size":-1}', 400, invalid('size: must be no less than 1')],
  ['{"size":"1"}', 400, because('size: expected number, got "1"')],
  ['{"size":true}', 400, because('size: expected number, got true')],
  ['{"size":1.5}', 400, noWhole('size', '1.5')],
  ['{"size":9007199254740992}', 400, noWhole('size', '9007199254740992')],
  ['{"size":1e308}', 400, noWhole('size', '1e+308')],
  ['{"size":1,"Naem":"x"}', 400, unknownKey('Naem')],
  ['{"size":1,"name":7}', 400, because('name: expected string, got 7')],
  ['{"size":1,"name":"a;b"}', 400, invalid('name: must be in a valid format')],
  ['{"size":1,"name":"$(id)"}', 400, invalid('name: must be in a valid format')],
  ['{"size":1,"name":"../x"}', 400, invalid('name: must be in a valid format')],
  ['{"size":1,"name":"a\\u0000"}', 400, invalid('name: must be in a valid format')],
  ['{"size":1,"name":"v\u043el1"}', 400, invalid('name: must be in a valid format')],
  [`{"size":1,"name":"${long}"}`, 400, invalid('name: must be at most 251 characters')],
  ['{"size":1,"clusters":"x"}', 400, because('clusters: expected array, got "x"')],
  ['{"size":1,"clusters":["x"]}', 400, 'Cluster id x not found\n'],
  ['{"size":1,"clusters":["$node"]}', 400, 'Cluster id $node not found\n'],
  ['{"size":1,"durability":"replicate"}', 400, because('durability: expected object, got "replicate"')],
  ['{"size":1,"durability":{"type":"raid"}}', 400, 'Unknown durability type\n'],
  ['{"size":1,"durability":{"typo":"replicate"}}', 400, unknownKey('typo', 'durability: ')],
  [
    '{"size":1,"durability":{"type":"replicate","replicate":{"replca":3}}}',
    400,
    unknownKey('replca', 'durability.replicate: '),
  ],
  ['{"size":1,"snapshot":{"enabled":true}}', 400, unknownKey('enabled', 'snapshot: ')],
  [
    '{"size":1,"snapshot":{"enable":true,"factor":"2"}}',
    400,
    because('snapshot.factor: expected number, got "2"'),
  ],
  ['{"size":1,"snapshot":{"enable":true,"factor":1e308}}', 400, 'Invalid snapshot factor\n'],
  ['{"size":1,"gid":-1}', 400, 'Bad group id less than zero\n'],
  ['{"size":1,"gid":4294967296}', 400, 'Bad group id equal or greater than 2**32\n'],
  [
    '{"size":1,"glustervolumeoptions":["a"]}',
    400,
    'glustervolumeoptions: "a": a value must follow the key, as in "performance.cache-size 1MB"\n',
  ],
  ['{"size":1,"block":"yes"}', 400, because('block: expected boolean, got "yes"')],
  ['{"size":1,"in_place":true}', 400, invalid('in_place: is for the growth of a volume')],
];

const growth: readonly Row[] = [
  ['{"volume":"$volume"}', 400, invalid('expand_size: cannot be blank')],
  ['{"expand_size":1}', 400, invalid('volume: cannot be blank')],
  ['{"volume":7,"expand_size":1}', 400, because('volume: expected string, got 7')],
  ['{"volume":"x","expand_size":1}', 400, invalid('volume: x is not a valid UUID')],
  ['{"volume":"../../x","expand_size":1}', 400, invalid('volume: ../../x is not a valid UUID')],
  [`{"volume":"${nobody}0","expand_size":1}`, 400, invalid(`volume: ${nobody}0 is not a valid UUID`)],
  [`{"volume":"${nobody}","expand_size":1}`, 404, notFound],
  ['{"volume":"$node","expand_size":1}', 404, notFound],
  ['{"volume":"$watched","expand_size":1}', 404, notFound],
  ['{"volume":"$volume","expand_size":0}', 400, invalid('expand_size: must be no less than 1')],
  ['{"volume":"$volume","expand_size":"1"}', 400, because('expand_size: expected number, got "1"')],
  ['{"volume":"$volume","expand_size":1e308}', 400, noWhole('expand_size', '1e+308')],
  [
    '{"volume":"$volume","expand_size":1,"in_place":"yes"}',
    400,
    because('in_place: expected boolean, got "yes"'),
  ],
  [
    '{"volume":"$volume","expand_size":1,"name":"x","gid":7}',
    400,
    invalid(`gid: ${forNew}; name: ${forNew}`),
  ],
  ['{"size":1,"volume":"$volume","expand_size":1}', 400, invalid(`size: ${forNew}`)],
];

const named = (name: string): string => `/volumes/named/${name}`;

export const volumes: Room = {
  bodies: [
    ['POST /volumes/plan', [noBody, ...nonsense, ...newVolume, ...growth]],
    [
      'POST /volumes/{id}/expand',
      [
        ...contractNonsense,
        ['{"expand_size":1,"in_place":"yes"}', 422, unparsable],
        ['{"expand_size":1,"in_place":1}', 422, unparsable],
        ['{"expand_size":1e308,"in_place":true}', 422, unparsable],
        ['{"expand_size":0,"in_place":true}', 400, invalid('expand_size: cannot be blank')],
        [
          '{"expand_size":9007199254740991,"in_place":true}',
          500,
          /^Failed to allocate volume expansion: The bricks cannot grow where they are:\n.* the largest brick allowed is 4096 GiB\nLet it grow by more bricks \("in_place": false\)\n$/,
        ],
      ],
    ],
    [
      'POST /volumes/{id}/clone',
      [
        ...contractNonsense,
        ['{"name":7}', 422, unparsable],
        ['{"name":["x"]}', 422, unparsable],
        ['{"name":"a b"}', 400, invalid('name: must be in a valid format')],
        ['{"name":"../x"}', 400, invalid('name: must be in a valid format')],
        ['{"name":"a\\u0000"}', 400, invalid('name: must be in a valid format')],
        [`{"name":"${long}"}`, 400, invalid('name: must be at most 251 characters')],
        ['{"name":"vol1"}', 500, "Failed clone volume $volume: Volume name 'vol1' already in use\n"],
      ],
    ],
    [
      'POST /volumes/{id}/block-restriction',
      [
        ...contractNonsense,
        ['{"restriction":7}', 422, unparsable],
        ['{"restriction":"open"}', 400, invalid('restriction: must be a valid value')],
        ['{"restriction":"LOCKED"}', 400, invalid('restriction: must be a valid value')],
        [
          '{"restriction":"locked"}',
          500,
          'Failed to set block restriction: Block restrictions can only be set on block hosting volumes\n',
        ],
      ],
    ],
    [
      'POST /blockvolumes',
      [
        ...contractNonsense,
        ['{}', 400, invalid('size: cannot be blank')],
        ['{"size":0}', 400, invalid('size: cannot be blank')],
        ['{"size":-1}', 400, invalid('size: must be no less than 1')],
        ['{"size":"1"}', 422, unparsable],
        ['{"size":1.5}', 422, unparsable],
        ['{"size":1e308}', 422, unparsable],
        ['{"size":1,"hacount":-1}', 400, invalid('hacount: must be no less than 0')],
        ['{"size":1,"hacount":"2"}', 422, unparsable],
        ['{"size":1,"auth":"yes"}', 422, unparsable],
        ['{"size":1,"name":"a b"}', 400, invalid('name: must be in a valid format')],
        ['{"size":1,"clusters":["x"]}', 400, 'Cluster id x not found\n'],
      ],
    ],
    [
      'POST /blockvolumes/{id}/expand',
      [
        ...contractNonsense,
        ['{}', 400, invalid('new_size: cannot be blank')],
        ['{"new_size":0}', 400, invalid('new_size: cannot be blank')],
        ['{"new_size":-1}', 400, invalid('new_size: must be no less than 1')],
        ['{"new_size":"1"}', 422, unparsable],
        ['{"new_size":1e308}', 422, unparsable],
        ['{"expand_size":1}', 400, invalid('new_size: cannot be blank')],
        ['{"new_size":2}', 404, notFound],
      ],
    ],
  ],
  ids: [
    ['POST /volumes/{id}/expand', '{"expand_size":1,"in_place":true}', notFound],
    ['POST /volumes/{id}/clone', '{}', notFound],
    ['POST /volumes/{id}/block-restriction', '{}', notFound],
    ['GET /volumes/{id}/heal-info', undefined, notFound],
    ['GET /blockvolumes/{id}', undefined, notFound],
    ['DELETE /blockvolumes/{id}', undefined, notFound],
    ['POST /blockvolumes/{id}/expand', '{"new_size":2}', notFound],
  ],
  paths: [
    [
      'GET /volumes/named/{nameOrId}',
      [
        // Any name may be asked for; of these there is none.
        [named('nope'), 200, '{"volumes":[]}\n'],
        [named('VOL1'), 200, '{"volumes":[]}\n'],
        [named('-x'), 200, '{"volumes":[]}\n'],
        [named('x'.repeat(3000)), 200, '{"volumes":[]}\n'],
        [named('vol1%00'), 404, noPath],
        [named('vol%25'), 404, noPath],
        [named('a%20b'), 404, noPath],
        [named('..%2fvol1'), 404, noPath],
        [named('v%D0%BEl1'), 404, noPath],
        [named('vol1;reboot'), 404, noPath],
        [named('$(id)'), 404, noPath],
      ],
    ],
  ],
};
