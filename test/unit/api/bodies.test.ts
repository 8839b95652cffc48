import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBody } from '../../../src/api/http/body.ts';
import { clusterFlags } from '../../../src/api/schema/clusters.ts';
import { deviceCreate } from '../../../src/api/schema/devices.ts';
import { nodeCreate, stateChange, tagsChange } from '../../../src/api/schema/nodes.ts';
import { topologyDocument } from '../../../src/api/schema/topology.ts';
import { volumeCreate, volumeExpand } from '../../../src/api/schema/volumes.ts';
import { AppError } from '../../../src/errors.ts';

const id = '9e107d9d372bb6826bd81d3542a419d6';
const node = { zone: 1, hostnames: { manage: ['a'], storage: ['b'] }, cluster: id };
const refusal = (schema: Parameters<typeof parseBody>[1], body: unknown): string => {
  try {
    parseBody(typeof body === 'string' ? body : JSON.stringify(body), schema);
    return 'accepted';
  } catch (thrown) {
    return thrown instanceof AppError ? `${thrown.status} ${thrown.message}` : String(thrown);
  }
};
const unparsable = '422 request unable to be parsed';

describe('a body that cannot be parsed', () => {
  it.each([
    '',
    '{',
    '{"size":1}x',
    '[]',
    '"text"',
    '7',
    '{"size":"1"}',
    '{"size":1.5}',
    '{"name":7,"size":1}',
    '{"size":1,"clusters":"all"}',
    '{"size":1,"snapshot":[]}',
    '{"size":1,"durability":{"replicate":{"replica":"3"}}}',
    '{"size":1e400}',
  ])('is a 422: %j', (body) => expect(refusal(volumeCreate, body)).toBe(unparsable));

  it('is not one whose fields are null, of another case, or unknown', () => {
    expect(parseBody('{"SIZE":1,"Name":null,"future":[1]}', volumeCreate)).toEqual({ size: 1 });
    expect(parseBody('null', clusterFlags)).toEqual({});
    expect(
      parseBody(
        `{"Zone":1,"HostNames":{"Manage":["a"],"STORAGE":["b"]},"CLUSTER":"${id}","tags":{"Rack":"R"}}`,
        nodeCreate,
      ),
    ).toMatchObject({ zone: 1, tags: { Rack: 'R' } });
  });
});

describe("a body with wrong values gets the contract's list of faults", () => {
  it.each([
    [
      nodeCreate,
      {},
      '400 validation failed: cluster: cannot be blank; hostnames: (manage: cannot be blank; storage: cannot be blank.); zone: cannot be blank.',
    ],
    [nodeCreate, { ...node, zone: -1 }, '400 validation failed: zone: must be no less than 1.'],
    [nodeCreate, { ...node, cluster: 'abc' }, '400 validation failed: cluster: abc is not a valid UUID.'],
    [
      nodeCreate,
      { ...node, hostnames: { manage: ['good', 'b@d'], storage: ['b'] } },
      '400 validation failed: hostnames: (manage: [good b@d] is not a valid manage hostname.).',
    ],
    [
      nodeCreate,
      { ...node, hostnames: { manage: ['a'], storage: [] } },
      '400 validation failed: hostnames: (storage: cannot be blank.).',
    ],
    [
      nodeCreate,
      { ...node, tags: { 'a b': 'x' } },
      '400 validation failed: tags: invalid characters in tag name a b.',
    ],
    [volumeCreate, {}, '400 validation failed: size: cannot be blank.'],
    [volumeCreate, { size: 0 }, '400 validation failed: size: cannot be blank.'],
    [volumeCreate, { size: -1 }, '400 validation failed: size: must be no less than 1.'],
    [volumeCreate, { size: 1, name: 'a b' }, '400 validation failed: name: must be in a valid format.'],
    [
      volumeCreate,
      { name: '../x' },
      '400 validation failed: name: must be in a valid format; size: cannot be blank.',
    ],
    [volumeExpand, { expand_size: -3 }, '400 validation failed: expand_size: must be no less than 1.'],
    [deviceCreate, { name: 'sdb', node: id }, '400 validation failed: name: must be in a valid format.'],
    [
      deviceCreate,
      { name: '/dev/sdb;reboot', node: id },
      '400 validation failed: name: must be in a valid format.',
    ],
    [deviceCreate, { name: '/dev/sdb' }, '400 validation failed: node: cannot be blank.'],
    [stateChange, {}, '400 validation failed: state: cannot be blank.'],
    [stateChange, { state: 'asleep' }, '400 validation failed: state: asleep is not valid state.'],
    [tagsChange, {}, '400 validation failed: change_type: cannot be blank.'],
    [tagsChange, { change_type: 'merge' }, '400 validation failed: change_type: must be a valid value.'],
    [
      tagsChange,
      {
        change_type: 'set',
        tags: Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`t${index}`, ''])),
      },
      '400 validation failed: tags: too many tags specified (33), up to 32 supported.',
    ],
    [
      tagsChange,
      { change_type: 'set', tags: { ['x'.repeat(33)]: '' } },
      `400 validation failed: tags: tag name ${'x'.repeat(33)}: the length must be between 1 and 32.`,
    ],
    [
      tagsChange,
      { change_type: 'set', tags: { x: 'v'.repeat(65) } },
      '400 validation failed: tags: value of tag x: the length must be no more than 64.',
    ],
    [
      tagsChange,
      { change_type: 'set', tags: { '': 'v' } },
      '400 validation failed: tags: tag names may not be empty.',
    ],
  ])('%#', (schema, body, message) => expect(refusal(schema, body)).toBe(message));
});

describe("Mortar's own bodies", () => {
  it('refuse an unknown key by name', () => {
    const document = {
      clusters: [
        { nodes: [{ node: { hostnames: node.hostnames, zone: 1, zoen: 2 }, devices: ['/dev/sdb'] }] },
      ],
    };
    expect(refusal(topologyDocument, document)).toMatch(/400 .*unknown key "zoen"/);
  });

  it('refuse a node that stands twice in a topology', () => {
    const entry = { node: { hostnames: node.hostnames, zone: 1 } };
    expect(refusal(topologyDocument, { clusters: [{ nodes: [entry] }, { nodes: [entry] }] })).toMatch(
      /the node a stands in the file twice/,
    );
  });
});

describe('no body', () => {
  it('crashes the reader', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (body) => {
        for (const schema of [volumeCreate, nodeCreate, deviceCreate, tagsChange, topologyDocument]) {
          expect(refusal(schema, body)).toMatch(/^(4\d\d |accepted)/);
        }
      }),
    );
  });
});
