import {
  because,
  invalid,
  noBody,
  nonsense,
  noWhole,
  type Room,
  type Row,
  unknownKey,
} from '../../../support/bad-input.ts';

const node = (change: object, devices: unknown = ['/dev/sdx']): object => ({
  node: { hostnames: { manage: ['n9'], storage: ['x'] }, zone: 1, ...change },
  devices,
});
const sent = (...nodes: object[]): string => JSON.stringify({ clusters: [{ nodes }] });
/** What is wrong with a field of the first node. */
const of = (field: string, words: string, at = 0): string =>
  invalid(`clusters[0]: (nodes[${at}]: (node: (${field}: ${words}.).).)`);
const place = 'clusters.0.nodes.0';
const names = (manage: unknown, storage: unknown = ['x']): object => ({ hostnames: { manage, storage } });
const badHost = (name: string): Row => [
  sent(node(names([name]))),
  400,
  of('hostnames', `(manage: [${name}] is not a valid manage hostname.)`),
];
const badDevice = (name: string): Row => [
  sent(node({}, [name])),
  400,
  invalid('clusters[0]: (nodes[0]: (devices[0]: must be in a valid format.).)'),
];

const documents: readonly Row[] = [
  noBody,
  ...nonsense,
  ['{}', 400, invalid('clusters: cannot be blank')],
  ['null', 400, invalid('clusters: cannot be blank')],
  ['{"clusters":7}', 400, because('clusters: expected array, got 7')],
  ['{"clusters":["x"]}', 400, because('clusters.0: expected object, got "x"')],
  ['{"clusters":[{}]}', 400, invalid('clusters[0]: (nodes: cannot be blank.)')],
  ['{"clusters":[{"nodes":[{}]}]}', 400, invalid('clusters[0]: (nodes[0]: (node: cannot be blank.).)')],
  ['{"clusters":[{"file":"yes","nodes":[]}]}', 400, because('clusters.0.file: expected boolean, got "yes"')],
  [sent(node({ zoen: 1 })), 400, unknownKey('zoen', `${place}.node: `)],
  [sent(node({ zone: 0 })), 400, of('zone', 'cannot be blank')],
  [sent(node({ zone: -1 })), 400, of('zone', 'must be no less than 1')],
  [sent(node({ zone: '1' })), 400, because(`${place}.node.zone: expected number, got "1"`)],
  [sent(node({ zone: 1.5 })), 400, noWhole(`${place}.node.zone`, '1.5')],
  [sent(node({ zone: 1e308 })), 400, noWhole(`${place}.node.zone`, '1e+308')],
  [sent(node(names('n9'))), 400, because(`${place}.node.hostnames.manage: expected array, got "n9"`)],
  [sent(node(names([]))), 400, of('hostnames', '(manage: cannot be blank.)')],
  badHost('a b'),
  badHost('a;reboot'),
  badHost('-oProxyCommand=x'),
  badHost('n\u043ede1'),
  badHost('x'.repeat(64)),
  badDevice('sdx'),
  badDevice('/'),
  badDevice('/dev/sdx;reboot'),
  badDevice('/dev/$(id)'),
  badDevice('/dev/sdx\u0000'),
  [sent(node({}, [''])), 400, because(`${place}.devices.0: of no type that fits here, got ""`)],
  [sent(node({}, [7])), 400, because(`${place}.devices.0: of no type that fits here, got 7`)],
  [sent(node({}, [{ name: '/dev/sdx', destroy: true }])), 400, unknownKey('destroy', `${place}.devices.0: `)],
  [sent(node({ tags: { 'a b': 'x' } })), 400, of('tags', 'invalid characters in tag name a b')],
  [
    sent(node({}, ['/dev/sdx', '/dev/sdx'])),
    400,
    invalid('clusters[0]: (nodes[0]: (devices: /dev/sdx stands at the node n9 twice.).)'),
  ],
  [
    sent(node({}), node(names(['n9'], ['y']))),
    400,
    of('hostnames', '(manage: the node n9 stands in the file twice.)', 1),
  ],
  [
    sent(node({}), node(names(['n8'], ['x']))),
    400,
    of('hostnames', '(storage: x is a name of the node n9.)', 1),
  ],
];

export const topology: Room = {
  bodies: [
    ['POST /topology/plan', documents],
    ['POST /topology/apply', documents],
  ],
};
