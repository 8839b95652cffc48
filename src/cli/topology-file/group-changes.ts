import type { Topology } from '../../client/shapes.ts';
import type { TopologyChange, TopologyDocument } from '../../client/wire-types.ts';

export interface ChangeGroup {
  /** "cluster <id>", "new cluster (1 of the file)". */
  readonly title: string;
  readonly changes: readonly TopologyChange[];
}

/**
 * Changes by the cluster they are about, in the order of their first. A change says only in its summary what it is about,
 * so the names of nodes are looked for there; what names none stands in a group of its own.
 */
export function groupChanges(
  changes: readonly TopologyChange[],
  document: TopologyDocument,
  present: Topology,
): ChangeGroup[] {
  const titles = titlesByNode(document, present);
  const groups = new Map<string, TopologyChange[]>();
  for (const change of changes) {
    const title = titleOf(change, titles);
    groups.set(title, [...(groups.get(title) ?? []), change]);
  }
  return [...groups].map(([title, members]) => ({ title, changes: members }));
}

const newCluster = (number: number | string): string => `new cluster (${number} of the file)`;

function titlesByNode(document: TopologyDocument, present: Topology): ReadonlyMap<string, string> {
  const titles = new Map<string, string>();
  for (const { id, nodes } of present.clusters) {
    for (const { hostnames } of nodes) titles.set(hostnames.manage[0] ?? '', `cluster ${id}`);
  }
  for (const [index, { nodes }] of document.clusters.entries()) {
    const names = nodes.map(({ node }) => node.hostnames.manage[0] ?? '');
    const known = names.map((name) => titles.get(name)).find((title) => title !== undefined);
    for (const name of names) {
      if (!titles.has(name)) titles.set(name, known ?? newCluster(index + 1));
    }
  }
  return titles;
}

function titleOf({ kind, summary }: TopologyChange, titles: ReadonlyMap<string, string>): string {
  if (kind === 'cluster') {
    const number = /^cluster (\d+) of the file/.exec(summary)?.[1];
    if (number !== undefined) return newCluster(number);
    return /^cluster [0-9a-f]+/.exec(summary)?.[0] ?? 'other';
  }
  const pattern = kind === 'node' ? /^node (\S+)/ : /^device \S+ on (\S+)/;
  const name = pattern.exec(summary)?.[1] ?? '';
  return titles.get(name) ?? titles.get(name.replace(/:$/, '')) ?? 'other';
}
