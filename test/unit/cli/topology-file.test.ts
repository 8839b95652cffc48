import { describe, expect, it } from 'vitest';
import { TopologyFile } from '../../../src/cli/topology-file/topology-file.ts';

const yaml = `# a comment
clusters:
  - file: true
    nodes:
      - node:
          hostnames:
            manage: [gl1]
          zone: 1
          tags:
            a.b: x
        devices:
          - /dev/vdb
          - name: /dev/vdc
`;

describe('a topology file', () => {
  it('may be YAML or JSON', () => {
    const document = { clusters: [{ nodes: [] }] };
    expect(TopologyFile.parse('t.yaml', 'clusters: [{ nodes: [] }]').document).toEqual(document);
    expect(TopologyFile.parse('t.json', JSON.stringify(document)).document).toEqual(document);
  });

  it.each([
    ['', 1],
    ['clusters', 2],
    ['clusters.0', 3],
    ['clusters.0.nodes.0.node.hostnames.manage', 7],
    ['clusters.0.nodes.0.node.hostnames.manage.0', 7],
    ['clusters.0.nodes.0.node.zone', 8],
    ['clusters.0.nodes.0.node.tags.a.b', 10],
    ['clusters.0.nodes.0.devices.1', 13],
    // What is missing is looked for where it would stand.
    ['clusters.0.nodes.0.node.hostnames.storage', 6],
    ['clusters.7.nodes', 2],
  ])('knows the line of %j', (place, line) => {
    expect(TopologyFile.parse('t.yaml', yaml).lineOf(place)).toBe(line);
  });

  it('knows the line of a key', () => {
    expect(TopologyFile.parse('t.yaml', yaml).lineOf('clusters.0.nodes.0.node', 'zone')).toBe(8);
  });

  it('knows what stands at a place', () => {
    const file = TopologyFile.parse('t.yaml', yaml);
    expect(file.valueAt('clusters.0.nodes.0.node.tags.a.b')).toBe('x');
    expect(file.valueAt('clusters.0.nodes.0.node.hostnames.manage')).toEqual(['gl1']);
    expect(file.valueAt('clusters.0.nodes.9')).toBeUndefined();
  });

  it.each([
    ['t.yaml', 'clusters:\n  - nodes: [\n', /^t\.yaml:\d: /],
    ['t.yaml', 'clusters: []\nclusters: []\n', /^t\.yaml:2: map keys must be unique$/],
    ['t.yaml', 'clusters: []\n\t- x', /^t\.yaml:2: /],
    ['t.json', '{"clusters": [\n  {"nodes": [],}\n]}', /^t\.json:2: this is not JSON: /],
    ['t.json', '{"clusters": [\n', /^t\.json:\d: /],
    ['t.json', 'clusters: []', /^t\.json:1: this is not JSON: /],
    ['t.yaml', '- a', /^t\.yaml:1: write an object with the key "clusters"/],
    ['t.yaml', '', /^t\.yaml:1: write an object with the key "clusters"/],
    ['t.yaml', ' '.repeat(33 * 1024 * 1024), /^t\.yaml: it is larger than 32 MiB/],
  ])('is refused with file and line: %s %j', (path, content, message) => {
    expect(() => TopologyFile.parse(path, content)).toThrow(message);
  });
});
