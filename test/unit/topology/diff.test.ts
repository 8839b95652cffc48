import { describe, expect, it } from 'vitest';
import { type Change, diffTopology } from '../../../src/topology/diff.ts';
import type { DocumentNode, TopologyDocument } from '../../../src/topology/document.ts';
import type { PresentNode, PresentTopology } from '../../../src/topology/present.ts';

const wanted = (name: string, change: Partial<DocumentNode> = {}): DocumentNode => ({
  manageNames: [name],
  storageNames: [`${name}-storage`],
  zone: 1,
  tags: {},
  devices: [{ name: '/dev/sdb', destroyData: false, tags: {} }],
  ...change,
});
const document = (...clusters: DocumentNode[][]): TopologyDocument => ({
  clusters: clusters.map((nodes) => ({ file: true, block: true, nodes })),
});

const device = (nodeId: string, name = '/dev/sdb', brickCount = 0) => ({
  id: `${nodeId}${name}`,
  nodeId,
  name,
  state: 'online' as const,
  phase: 'ready' as const,
  tags: {},
  totalKib: 1,
  foreignKib: 0,
  extentKib: 4096,
  pvUuid: 'u',
  paths: [],
  lostAtMs: null,
  operationId: null,
  brickCount,
});
const there = (name: string, change: Partial<PresentNode> = {}): PresentNode => ({
  id: `id-${name}`,
  clusterId: 'c1',
  zone: 1,
  state: 'online',
  phase: 'ready',
  tags: {},
  lostAtMs: null,
  operationId: null,
  manageNames: [name],
  storageNames: [`${name}-storage`],
  devices: [device(`id-${name}`)],
  ...change,
});
const present = (nodes: PresentNode[], hasVolumes = false): PresentTopology => ({
  clusters: [{ id: 'c1', file: true, block: true, nodes, hasVolumes }],
});
const types = (changes: Change[]): string[] => changes.map(({ type }) => type);

describe('the difference between a topology document and what is there', () => {
  it('is nothing when they agree', () => {
    expect(diffTopology(present([there('a'), there('b')]), document([wanted('a'), wanted('b')]))).toEqual([]);
  });

  it('makes a cluster with its nodes and devices from nothing, in an order that works', () => {
    expect(types(diffTopology({ clusters: [] }, document([wanted('a'), wanted('b')])))).toEqual([
      'add-cluster',
      'add-node',
      'add-node',
      'add-device',
      'add-device',
    ]);
  });

  it('adds a new node to the cluster of the nodes it stands with, wherever it stands in the file', () => {
    const changes = diffTopology(present([there('b')]), document([wanted('new'), wanted('b')]));
    expect(changes).toMatchObject([
      { type: 'add-node', cluster: { id: 'c1' } },
      { type: 'add-device', node: { newNode: 'new' } },
    ]);
  });

  it('changes zone, tags and cluster flags in place', () => {
    const changes = diffTopology(present([there('a')]), {
      clusters: [
        {
          file: true,
          block: false,
          nodes: [
            wanted('a', {
              zone: 3,
              tags: { rack: 'r1' },
              devices: [{ name: '/dev/sdb', destroyData: false, tags: { disk: 'ssd' } }],
            }),
          ],
        },
      ],
    });
    expect(changes).toMatchObject([
      { type: 'change-cluster', block: false },
      { type: 'change-node', zone: 3, tags: { rack: 'r1' } },
      { type: 'change-device', tags: { disk: 'ssd' } },
    ]);
  });

  it('removes what is not in the file any more: devices first, then nodes, then clusters', () => {
    expect(types(diffTopology(present([there('a'), there('b')]), document([wanted('a')])))).toEqual([
      'remove-device',
      'remove-node',
    ]);
    expect(types(diffTopology(present([there('a')]), { clusters: [] }))).toEqual([
      'remove-device',
      'remove-node',
      'remove-cluster',
    ]);
  });

  it('blocks the removal of what holds bricks and says why', () => {
    const busy = there('b', { devices: [device('id-b', '/dev/sdb', 2)] });
    const changes = diffTopology(present([there('a'), busy]), document([wanted('a')]));
    expect(changes.map(({ type, blocked }) => [type, blocked])).toEqual([
      ['remove-device', 'it holds 2 bricks; delete their volumes first'],
      ['remove-node', 'its devices hold bricks; delete their volumes first'],
    ]);
  });

  it('blocks what cannot be done in place: another storage host, another cluster', () => {
    expect(
      diffTopology(present([there('a')]), document([wanted('a', { storageNames: ['elsewhere'] })])),
    ).toMatchObject([{ blocked: expect.stringContaining('cannot be changed in place') }]);
    const two: PresentTopology = {
      clusters: [
        present([there('a')]).clusters[0] as never,
        { id: 'c2', file: true, block: true, hasVolumes: false, nodes: [there('b', { clusterId: 'c2' })] },
      ],
    };
    expect(diffTopology(two, document([wanted('a'), wanted('b')]))).toContainEqual(
      expect.objectContaining({
        summary: 'node b: cluster c2 → c1',
        blocked: expect.stringContaining('cannot move'),
      }),
    );
  });

  it('warns in so many words when contents are to be destroyed', () => {
    const [, , change] = diffTopology(
      { clusters: [] },
      document([wanted('a', { devices: [{ name: '/dev/sdb', destroyData: true, tags: {} }] })]),
    );
    expect(change?.summary).toContain('DESTROYED');
  });
});
