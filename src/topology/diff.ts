import type { DocumentCluster, DocumentDevice, DocumentNode, TopologyDocument } from './document.ts';
import type { PresentCluster, PresentDevice, PresentNode, PresentTopology } from './present.ts';
import type { Tags } from './tags.ts';

/** What stands for a cluster before it has an id: its place in the document. */
export type ClusterRef = { readonly id: string } | { readonly newCluster: number };
/** A node that is not there yet is known by its manage name. */
export type NodeRef = { readonly id: string } | { readonly newNode: string };

/** One difference between what is there and what the document says, and what would be done about it. */
export type Change = { readonly summary: string; readonly blocked?: string } & (
  | {
      readonly type: 'add-cluster';
      readonly newCluster: number;
      readonly file: boolean;
      readonly block: boolean;
    }
  | { readonly type: 'change-cluster'; readonly id: string; readonly file: boolean; readonly block: boolean }
  | { readonly type: 'remove-cluster'; readonly id: string }
  | { readonly type: 'add-node'; readonly cluster: ClusterRef; readonly node: Omit<DocumentNode, 'devices'> }
  | { readonly type: 'change-node'; readonly id: string; readonly zone?: number; readonly tags?: Tags }
  | { readonly type: 'remove-node'; readonly id: string }
  | { readonly type: 'add-device'; readonly node: NodeRef; readonly device: DocumentDevice }
  | { readonly type: 'change-device'; readonly id: string; readonly tags: Tags }
  | { readonly type: 'remove-device'; readonly id: string }
);

type KnownNodes = ReadonlyMap<string, { readonly cluster: PresentCluster; readonly node: PresentNode }>;

const sameTags = (a: Tags, b: Tags): boolean => {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && a[name] === b[name])
  );
};

const nameOf = (node: { manageNames: readonly string[] }): string => node.manageNames[0] ?? '?';
const flags = ({ file, block }: { file: boolean; block: boolean }): string =>
  [file ? 'file' : '', block ? 'block' : ''].filter((word) => word !== '').join(' and ') || 'no';

/**
 * Everything that has to happen for the document to be true. Nodes are known by their first manage name, devices by the
 * name they were added with (wire contract section 19.2); a cluster of the document is the one that holds one of its nodes.
 */
export function diffTopology(present: PresentTopology, document: TopologyDocument): Change[] {
  const nodes = new Map(
    present.clusters.flatMap((cluster) => cluster.nodes.map((node) => [nameOf(node), { cluster, node }])),
  );
  const matched = new Set<string>();
  const changes: Change[] = [];
  document.clusters.forEach((wanted, index) => {
    const known = wanted.nodes.map((node) => nodes.get(nameOf(node))).find((found) => found !== undefined);
    if (known === undefined) changes.push(...addCluster(wanted, index));
    else changes.push(...changeCluster(known.cluster, wanted, nodes));
    if (known !== undefined) matched.add(known.cluster.id);
  });
  const wantedNames = new Set(document.clusters.flatMap((cluster) => cluster.nodes.map(nameOf)));
  for (const cluster of present.clusters) {
    changes.push(...removeUnwanted(cluster, wantedNames, !matched.has(cluster.id)));
  }
  return inOrder(changes);
}

function addCluster(wanted: DocumentCluster, index: number): Change[] {
  const { file, block } = wanted;
  return [
    {
      type: 'add-cluster',
      newCluster: index,
      file,
      block,
      summary: `cluster ${index + 1} of the file, for ${flags(wanted)} volumes`,
    },
    ...wanted.nodes.flatMap((node) => addNode({ newCluster: index }, node)),
  ];
}

function addNode(cluster: ClusterRef, { devices, ...node }: DocumentNode): Change[] {
  const name = nameOf(node);
  return [
    { type: 'add-node', cluster, node, summary: `node ${name} in zone ${node.zone}` },
    ...devices.map((device) => addDevice({ newNode: name }, name, device)),
  ];
}

const addDevice = (node: NodeRef, nodeName: string, device: DocumentDevice): Change => ({
  type: 'add-device',
  node,
  device,
  summary: `device ${device.name} on ${nodeName}${device.destroyData ? ' (its contents are DESTROYED)' : ''}`,
});

function changeCluster(present: PresentCluster, wanted: DocumentCluster, all: KnownNodes): Change[] {
  const { id } = present;
  const changes: Change[] = [];
  if (present.file !== wanted.file || present.block !== wanted.block) {
    const { file, block } = wanted;
    changes.push({
      type: 'change-cluster',
      id,
      file,
      block,
      summary: `cluster ${id}: ${flags(present)} → ${flags(wanted)} volumes`,
    });
  }
  for (const node of wanted.nodes) {
    const there = all.get(nameOf(node));
    if (there === undefined) changes.push(...addNode({ id }, node));
    else if (there.cluster.id === id) changes.push(...changeNode(there.node, node));
    else changes.push(moveNode(there.node, there.cluster.id, id));
  }
  return changes;
}

const moveNode = (node: PresentNode, from: string, to: string): Change => ({
  type: 'change-node',
  id: node.id,
  summary: `node ${nameOf(node)}: cluster ${from} → ${to}`,
  blocked: 'a node cannot move between clusters; remove it there and add it here',
});

function changeNode(present: PresentNode, wanted: DocumentNode): Change[] {
  const { id } = present;
  const name = nameOf(wanted);
  const zone = present.zone === wanted.zone ? {} : { zone: wanted.zone };
  const tags = sameTags(present.tags, wanted.tags) ? {} : { tags: wanted.tags };
  const details = [
    'zone' in zone ? `zone ${present.zone} → ${wanted.zone}` : '',
    'tags' in tags ? `tags ${describe(present.tags)} → ${describe(wanted.tags)}` : '',
  ].filter((text) => text !== '');
  const changes: Change[] = [];
  if (details.length > 0)
    changes.push({
      type: 'change-node',
      id,
      ...zone,
      ...tags,
      summary: `node ${name}: ${details.join(', ')}`,
    });
  if (present.storageNames[0] !== wanted.storageNames[0]) {
    changes.push({
      type: 'change-node',
      id,
      summary: `node ${name}: storage host ${present.storageNames[0]} → ${wanted.storageNames[0]}`,
      blocked:
        'the storage host name stands in every gluster volume of the node; it cannot be changed in place',
    });
  }
  return [...changes, ...changeDevices(present, wanted)];
}

function changeDevices(present: PresentNode, wanted: DocumentNode): Change[] {
  const changes: Change[] = [];
  for (const device of wanted.devices) {
    const there = present.devices.find((candidate) => candidate.name === device.name);
    if (there === undefined) changes.push(addDevice({ id: present.id }, nameOf(present), device));
    else if (!sameTags(there.tags, device.tags)) {
      const summary = `device ${device.name} on ${nameOf(present)}: tags ${describe(there.tags)} → ${describe(device.tags)}`;
      changes.push({ type: 'change-device', id: there.id, tags: device.tags, summary });
    }
  }
  const wantedNames = new Set(wanted.devices.map(({ name }) => name));
  for (const device of present.devices)
    if (!wantedNames.has(device.name)) changes.push(removeDevice(present, device));
  return changes;
}

function removeDevice(node: PresentNode, device: PresentDevice): Change {
  const summary = `device ${device.name} on ${nameOf(node)}`;
  if (device.brickCount === 0) return { type: 'remove-device', id: device.id, summary };
  const blocked = `it holds ${device.brickCount} brick${device.brickCount === 1 ? '' : 's'}; delete their volumes first`;
  return { type: 'remove-device', id: device.id, summary, blocked };
}

function removeUnwanted(
  cluster: PresentCluster,
  wantedNames: ReadonlySet<string>,
  isWhole: boolean,
): Change[] {
  const gone = cluster.nodes.filter((node) => !wantedNames.has(nameOf(node)));
  const changes = gone.flatMap((node) => removeNode(node));
  if (!isWhole) return changes;
  const isBlocked = changes.some(({ blocked }) => blocked !== undefined) || cluster.hasVolumes;
  return [
    ...changes,
    {
      type: 'remove-cluster',
      id: cluster.id,
      summary: `cluster ${cluster.id}`,
      ...(isBlocked ? { blocked: 'it still holds volumes; delete them first' } : {}),
    },
  ];
}

function removeNode(node: PresentNode): Change[] {
  const devices = node.devices.map((device) => removeDevice(node, device));
  const isBlocked = devices.some(({ blocked }) => blocked !== undefined);
  return [
    ...devices,
    {
      type: 'remove-node',
      id: node.id,
      summary: `node ${nameOf(node)}`,
      ...(isBlocked ? { blocked: 'its devices hold bricks; delete their volumes first' } : {}),
    },
  ];
}

const describe = (tags: Tags): string =>
  Object.entries(tags)
    .map(([name, value]) => `${name}:${value}`)
    .join(' ') || 'none';

const stages: readonly (readonly Change['type'][])[] = [
  ['add-cluster'],
  ['add-node'],
  ['add-device'],
  ['change-cluster', 'change-node', 'change-device'],
  ['remove-device'],
  ['remove-node'],
  ['remove-cluster'],
];

/** What comes first when changes are applied: things are made before what stands on them, and removed after it. */
export const stageOf = (change: Change): number => stages.findIndex((types) => types.includes(change.type));

const inOrder = (changes: readonly Change[]): Change[] =>
  [...changes].sort((a, b) => stageOf(a) - stageOf(b));
