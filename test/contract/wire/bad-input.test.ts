import { describe, expect, it } from 'vitest';
import { loadNodes, replica3, startManager } from '../../support/manager.ts';

const unparsable = 'request unable to be parsed\n';
const notFound = 'Id not found\n';
const noPath = 'Invalid path or request\n';
const nobody = '0'.repeat(32);
const invalid = (words: string): string => `validation failed: ${words}.\n`;

async function scene() {
  const manager = await startManager();
  const { clusterId, nodeIds } = await loadNodes(manager.wire, 3, 1);
  const volume = (await manager.wire.finish('/volumes', { body: replica3(1) })).json();
  const node = (await manager.wire.send(`/nodes/${nodeIds[0]}`)).json();
  const ids: Readonly<Record<string, string>> = {
    cluster: clusterId,
    node: node.id,
    device: node.devices[0].id,
    volume: volume.id,
    brick: volume.bricks[0].id,
  };
  const fill = (text: string): string =>
    text.replace(/\$(\w+)/g, (_match, name: string) => ids[name] ?? name);
  return { ...manager, fill };
}

/** What is sent, the status, the body of the answer. `$cluster` and the like stand for ids that there are. */
type Row = readonly [body: string, status: number, text: string];

/** Bodies that no route with a body takes. */
const nonsense: readonly Row[] = [
  ['', 422, unparsable],
  ['{', 422, unparsable],
  ['{} x', 422, unparsable],
  ['[]', 422, unparsable],
  ['"text"', 422, unparsable],
  ['7', 422, unparsable],
  ['true', 422, unparsable],
  ["{'size':1}", 422, unparsable],
  ['\u0000', 422, unparsable],
];

const tagRows = (before: string, after: string): readonly Row[] => {
  const sent = (tags: unknown): string => `${before}${JSON.stringify(tags)}${after}`;
  const many = Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`t${index}`, '']));
  return [
    [sent('x'), 422, unparsable],
    [sent(['x']), 422, unparsable],
    [sent({ a: 1 }), 422, unparsable],
    [sent(many), 400, invalid('tags: too many tags specified (33), up to 32 supported')],
    [sent({ '': 'x' }), 400, invalid('tags: tag names may not be empty')],
    [sent({ 'a b': 'x' }), 400, invalid('tags: invalid characters in tag name a b')],
    [
      sent({ ['n'.repeat(33)]: 'x' }),
      400,
      invalid(`tags: tag name ${'n'.repeat(33)}: the length must be between 1 and 32`),
    ],
    [sent({ a: 'v'.repeat(65) }), 400, invalid('tags: value of tag a: the length must be no more than 64')],
  ];
};

const stateRows: readonly Row[] = [
  ...nonsense,
  ['{}', 400, invalid('state: cannot be blank')],
  ['null', 400, invalid('state: cannot be blank')],
  ['{"state":""}', 400, invalid('state: cannot be blank')],
  ['{"state":null}', 400, invalid('state: cannot be blank')],
  ['{"state":"gone"}', 400, invalid('state: gone is not valid state')],
  ['{"state":"ONLINE"}', 400, invalid('state: ONLINE is not valid state')],
  ['{"state":1}', 422, unparsable],
  ['{"state":["online"]}', 422, unparsable],
  ['{"state":"online","healcheck":true}', 422, unparsable],
  ['{"state":"online","healcheck":"no"}', 400, invalid('healcheck: no is not valid heal info check')],
  ['{"state":"gone","healcheck":"no"}', 400, invalid('healcheck: no is not valid heal info check')],
];

const changeTagRows: readonly Row[] = [
  ...nonsense,
  ['{}', 400, invalid('change_type: cannot be blank')],
  ['{"change_type":"","tags":{"a":"b"}}', 400, invalid('change_type: cannot be blank')],
  ['{"change_type":"add","tags":{"a":"b"}}', 400, invalid('change_type: must be a valid value')],
  ['{"change_type":1}', 422, unparsable],
  ...tagRows('{"change_type":"set","tags":', '}'),
];

const hosts = '{"manage":["new"],"storage":["192.0.2.99"]}';
const nodeBody = (change: string): string => `{"zone":1,"cluster":"$cluster","hostnames":${hosts}${change}}`;
const long = 'x'.repeat(64);

const nodeRows: readonly Row[] = [
  ...nonsense,
  [
    '{}',
    400,
    invalid(
      'cluster: cannot be blank; hostnames: (manage: cannot be blank; storage: cannot be blank.); zone: cannot be blank',
    ),
  ],
  [
    '{"zone":0,"cluster":"","hostnames":{"manage":[],"storage":[]}}',
    400,
    invalid(
      'cluster: cannot be blank; hostnames: (manage: cannot be blank; storage: cannot be blank.); zone: cannot be blank',
    ),
  ],
  [`{"zone":-1,"cluster":"$cluster","hostnames":${hosts}}`, 400, invalid('zone: must be no less than 1')],
  [`{"zone":"1","cluster":"$cluster","hostnames":${hosts}}`, 422, unparsable],
  [`{"zone":1.5,"cluster":"$cluster","hostnames":${hosts}}`, 422, unparsable],
  [`{"zone":1e99,"cluster":"$cluster","hostnames":${hosts}}`, 422, unparsable],
  [`{"zone":1,"cluster":"x","hostnames":${hosts}}`, 400, invalid('cluster: x is not a valid UUID')],
  [`{"zone":1,"cluster":"${nobody}","hostnames":${hosts}}`, 404, 'Cluster id does not exist\n'],
  [`{"zone":1,"cluster":"$cluster","hostnames":"new"}`, 422, unparsable],
  [`{"zone":1,"cluster":"$cluster","hostnames":{"manage":"new","storage":["a"]}}`, 422, unparsable],
  [
    `{"zone":1,"cluster":"$cluster","hostnames":{"manage":["new","a b"],"storage":["-x"]}}`,
    400,
    invalid(
      'hostnames: (manage: [new a b] is not a valid manage hostname; storage: [-x] is not a valid storage hostname.)',
    ),
  ],
  [
    `{"zone":1,"cluster":"$cluster","hostnames":{"manage":["new; reboot"],"storage":["a"]}}`,
    400,
    invalid('hostnames: (manage: [new; reboot] is not a valid manage hostname.)'),
  ],
  [
    `{"zone":1,"cluster":"$cluster","hostnames":{"manage":["${long}"],"storage":["a"]}}`,
    400,
    invalid(`hostnames: (manage: [${long}] is not a valid manage hostname.)`),
  ],
  ...tagRows(nodeBody(',"tags":').slice(0, -1), '}'),
  [
    `{"zone":1,"cluster":"$cluster","hostnames":{"manage":["node1"],"storage":["192.0.2.99"]}}`,
    409,
    'Hostname node1 already used by node with id $node\n\n',
  ],
  [
    `{"zone":1,"cluster":"$cluster","hostnames":{"manage":["new"],"storage":["192.0.2.1"]}}`,
    409,
    'Hostname 192.0.2.1 already used by node with id $node\n\n',
  ],
];

const deviceRows: readonly Row[] = [
  ...nonsense,
  ['{}', 400, invalid('name: cannot be blank; node: cannot be blank')],
  ['{"name":"sdb","node":"$node"}', 400, invalid('name: must be in a valid format')],
  ['{"name":"/dev/sdb; reboot","node":"$node"}', 400, invalid('name: must be in a valid format')],
  ['{"name":"/","node":"$node"}', 400, invalid('name: must be in a valid format')],
  ['{"name":"/dev/sd\\n","node":"$node"}', 400, invalid('name: must be in a valid format')],
  ['{"name":7,"node":"$node"}', 422, unparsable],
  ['{"name":"/dev/sdb","node":"x"}', 400, invalid('node: x is not a valid UUID')],
  ['{"name":"/dev/sdb","node":7}', 422, unparsable],
  ['{"name":"/dev/sdb","node":"$node","destroydata":"yes"}', 422, unparsable],
  [`{"name":"/dev/sdb","node":"${nobody}"}`, 404, 'Node id does not exist\n'],
  ...tagRows('{"name":"/dev/sdz","node":"$node","tags":', '}'),
];

const volumeRows: readonly Row[] = [
  ...nonsense,
  ['{}', 400, invalid('size: cannot be blank')],
  ['null', 400, invalid('size: cannot be blank')],
  ['{"size":0}', 400, invalid('size: cannot be blank')],
  ['{"size":-1}', 400, invalid('size: must be no less than 1')],
  ['{"size":"1"}', 422, unparsable],
  ['{"size":1.5}', 422, unparsable],
  ['{"size":1e99}', 422, unparsable],
  ['{"size":99999999999999999999}', 422, unparsable],
  ['{"size":true}', 422, unparsable],
  ['{"size":1,"name":"a b"}', 400, invalid('name: must be in a valid format')],
  ['{"size":1,"name":"a;reboot"}', 400, invalid('name: must be in a valid format')],
  ['{"size":1,"name":"a\\n"}', 400, invalid('name: must be in a valid format')],
  ['{"name":"../etc"}', 400, invalid('name: must be in a valid format; size: cannot be blank')],
  ['{"size":1,"name":7}', 422, unparsable],
  ['{"size":1,"clusters":"x"}', 422, unparsable],
  ['{"size":1,"clusters":[1]}', 422, unparsable],
  ['{"size":1,"clusters":["x"]}', 400, 'Cluster id x not found\n'],
  [`{"size":1,"clusters":["$cluster","${nobody}"]}`, 400, `Cluster id ${nobody} not found\n`],
  ['{"size":1,"gid":-1}', 400, 'Bad group id less than zero\n'],
  ['{"size":1,"gid":2147483647}', 400, 'Bad group id equal or greater than 2**32\n'],
  ['{"size":1,"gid":"0"}', 422, unparsable],
  ['{"size":1,"gid":1.5}', 422, unparsable],
  ['{"size":1,"durability":"replicate"}', 422, unparsable],
  ['{"size":1,"durability":{"type":7}}', 422, unparsable],
  ['{"size":1,"durability":{"type":"raid"}}', 400, 'Unknown durability type\n'],
  ['{"size":1,"durability":{"type":"Replicate"}}', 400, 'Unknown durability type\n'],
  ['{"size":1,"durability":{"type":"replicate","replicate":{"replica":4}}}', 400, 'Invalid replica value\n'],
  ['{"size":1,"durability":{"type":"replicate","replicate":{"replica":-1}}}', 400, 'Invalid replica value\n'],
  ['{"size":1,"durability":{"type":"replicate","replicate":{"replica":"3"}}}', 422, unparsable],
  [
    '{"size":1,"durability":{"type":"disperse","disperse":{"data":3,"redundancy":2}}}',
    400,
    'Invalid dispersion combination: 3+2\n',
  ],
  ['{"size":1,"durability":{"type":"disperse"}}', 400, 'Invalid dispersion combination: 0+0\n'],
  ['{"size":1,"snapshot":true}', 422, unparsable],
  ['{"size":1,"snapshot":{"enable":true}}', 400, 'Invalid snapshot factor\n'],
  ['{"size":1,"snapshot":{"enable":true,"factor":0.5}}', 400, 'Invalid snapshot factor\n'],
  ['{"size":1,"snapshot":{"enable":true,"factor":100.5}}', 400, 'Invalid snapshot factor\n'],
  ['{"size":1,"snapshot":{"enable":true,"factor":"1"}}', 422, unparsable],
  ['{"size":1,"glustervolumeoptions":"a b"}', 422, unparsable],
  ['{"size":1,"glustervolumeoptions":[1]}', 422, unparsable],
  ['{"size":1,"block":"yes"}', 422, unparsable],
  // Of several faults the first in the order of the contract is told.
  [
    '{"size":1,"gid":-1,"durability":{"type":"raid"},"snapshot":{"enable":true}}',
    400,
    'Bad group id less than zero\n',
  ],
  [
    '{"size":1,"durability":{"type":"raid"},"snapshot":{"enable":true},"clusters":["x"]}',
    400,
    'Unknown durability type\n',
  ],
  [
    '{"size":1,"durability":{"type":"replicate","replicate":{"replica":4}},"snapshot":{"enable":true},"clusters":["x"]}',
    400,
    'Invalid snapshot factor\n',
  ],
  [
    '{"size":1,"durability":{"type":"replicate","replicate":{"replica":4}},"clusters":["x"]}',
    400,
    'Invalid replica value\n',
  ],
  [
    '{"size":1,"durability":{"type":"disperse","disperse":{"data":8,"redundancy":3}},"clusters":["x"]}',
    400,
    'Cluster id x not found\n',
  ],
  [
    '{"size":1,"durability":{"type":"disperse","disperse":{"data":4,"redundancy":2}}}',
    400,
    'Requested volume size (1 GB) is smaller than the minimum supported volume size (4194304)\n',
  ],
];

const expandRows: readonly Row[] = [
  ...nonsense,
  ['{}', 400, invalid('expand_size: cannot be blank')],
  ['{"expand_size":0}', 400, invalid('expand_size: cannot be blank')],
  ['{"expand_size":-5}', 400, invalid('expand_size: must be no less than 1')],
  ['{"expand_size":"1"}', 422, unparsable],
  ['{"expand_size":0.5}', 422, unparsable],
  ['{"size":5}', 400, invalid('expand_size: cannot be blank')],
];

const evictRows: readonly Row[] = [
  ...nonsense.filter(([body]) => body !== ''),
  ['{"healcheck":"off"}', 400, invalid('healcheck: off is not valid heal info check')],
  ['{"healcheck":1}', 422, unparsable],
];

const flagRows: readonly Row[] = [
  ...nonsense,
  ['{"file":"true"}', 422, unparsable],
  ['{"block":1}', 422, unparsable],
  ['{"file":[]}', 422, unparsable],
];

const deleteDeviceRows: readonly Row[] = [
  ...nonsense.filter(([body]) => body !== ''),
  ['{"forceforget":"yes"}', 422, unparsable],
  ['{}', 400, 'device: $device is not in failed state\n'],
  ['{"forceforget":true}', 400, 'device: $device is not in failed state\n'],
];

const tables: readonly (readonly [request: string, rows: readonly Row[]])[] = [
  ['POST /clusters', flagRows],
  ['POST /clusters/$cluster/flags', flagRows],
  ['POST /nodes', nodeRows],
  ['POST /nodes/$node/state', stateRows],
  ['POST /nodes/$node/tags', changeTagRows],
  ['POST /devices', deviceRows],
  ['POST /devices/$device/state', stateRows],
  ['POST /devices/$device/tags', changeTagRows],
  ['DELETE /devices/$device', deleteDeviceRows],
  ['POST /volumes', volumeRows],
  ['POST /volumes/$volume/expand', expandRows],
  ['POST /bricks/to-evict/$brick', evictRows],
];

describe('bad bodies have the answers of the contract, and change nothing', () => {
  it.each(tables)('%s', async (request, rows) => {
    const { wire, fill } = await scene();
    const [method = '', path = ''] = fill(request).split(' ');
    const before = (await wire.send('/topology')).text;
    const answers = [];
    for (const [rawBody] of rows) {
      const { status, text } = await wire.send(path, { method, rawBody: fill(rawBody) });
      answers.push([rawBody, status, text]);
    }
    expect(answers).toEqual(rows.map(([body, status, text]) => [body, status, fill(text)]));
    expect((await wire.send('/topology')).text).toBe(before);
  });
});

/** Routes with an id, and a body that would do. */
const withId: readonly (readonly [method: string, path: string, body: string | undefined])[] = [
  ['GET', '/clusters/ID', undefined],
  ['POST', '/clusters/ID/flags', '{}'],
  ['DELETE', '/clusters/ID', undefined],
  ['GET', '/nodes/ID', undefined],
  ['DELETE', '/nodes/ID', undefined],
  ['POST', '/nodes/ID/state', '{"state":"offline"}'],
  ['POST', '/nodes/ID/tags', '{"change_type":"set"}'],
  ['GET', '/devices/ID', undefined],
  ['DELETE', '/devices/ID', undefined],
  ['POST', '/devices/ID/state', '{"state":"failed"}'],
  ['GET', '/devices/ID/resync', undefined],
  ['POST', '/devices/ID/tags', '{"change_type":"delete","tags":{"a":""}}'],
  ['GET', '/volumes/ID', undefined],
  ['DELETE', '/volumes/ID', undefined],
  ['POST', '/volumes/ID/expand', '{"expand_size":1}'],
  ['POST', '/bricks/to-evict/ID', undefined],
  ['GET', '/queue/ID', undefined],
];

describe('ids', () => {
  it.each(withId)('%s %s: unknown ones are not found, others no path', async (method, path, rawBody) => {
    const { wire, fill } = await scene();
    const ask = async (id: string) => {
      const body = rawBody === undefined ? {} : { rawBody };
      const { status, text } = await wire.send(path.replace('ID', id), { method, ...body });
      return [status, text];
    };
    expect(await ask(nobody)).toEqual([404, notFound]);
    expect(await ask('0')).toEqual([404, notFound]);
    expect(await ask('a'.repeat(500))).toEqual([404, notFound]);
    // Comparison is exact: upper case never matches.
    const known = fill(`$${/\/(?:to-evict\/)?(\w+)s\//.exec(path)?.[1]}`);
    if (/^(?=.*[a-f])[0-9a-f]{32}$/.test(known))
      expect(await ask(known.toUpperCase())).toEqual([404, notFound]);
    for (const id of ['xyz', `${nobody}g`, '-1', "'%20or%201=1"]) {
      expect(await ask(id)).toEqual([404, noPath]);
    }
  });

  it('of a known object of another kind are not found', async () => {
    const { wire, fill } = await scene();
    for (const path of ['/clusters/$node', '/nodes/$device', '/devices/$volume', '/volumes/$cluster']) {
      const answer = await wire.send(fill(path));
      expect([path, answer.status, answer.text]).toEqual([path, 404, notFound]);
    }
  });

  it('stand behind the body in the order of checks', async () => {
    const { wire } = await startManager();
    const rows = [
      [`/nodes/${nobody}/state`, '', 422, unparsable],
      [`/nodes/${nobody}/state`, '{}', 400, invalid('state: cannot be blank')],
      [
        `/volumes/${nobody}/expand`,
        '{"expand_size":-1}',
        400,
        invalid('expand_size: must be no less than 1'),
      ],
      [`/devices/${nobody}/tags`, '{"change_type":"x"}', 400, invalid('change_type: must be a valid value')],
    ] as const;
    for (const [path, rawBody, status, text] of rows) {
      const answer = await wire.send(path, { rawBody });
      expect([answer.status, answer.text]).toEqual([status, text]);
    }
  });
});
