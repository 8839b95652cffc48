import type { BrickRecord } from '../../db/bricks.ts';
import { type Finding, toFinding } from '../finding.ts';
import type { SteadyIntent } from '../look/intent.ts';
import type { Look, NodeLook } from '../look/look.ts';
import { compareBricks } from './bricks.ts';
import { type ClusterView, hostOf } from './cluster-view.ts';
import { compareDevices } from './devices.ts';
import type { CompareSettings, NodeView } from './node-view.ts';
import { comparePeers } from './peers.ts';
import { compareStrangers } from './strangers.ts';
import { disagreements, unknownVolumes } from './unknown-volumes.ts';
import { clusterView, nodeViews } from './views.ts';
import { compareVolumes, goneVolumes } from './volumes.ts';
import { compareWatched } from './watched-volumes.ts';

/** Local trouble of a brick, of which a dead brick process is a consequence. */
const localTrouble = new Set([
  'brick-volume-missing',
  'brick-not-mounted',
  'brick-mount-differs',
  'brick-folder-missing',
]);

/**
 * Compares what the nodes said with what the database says. Pure: the same look and intent give the same findings, the
 * worst of each node first.
 */
export function compare(look: Look, intent: SteadyIntent, settings: CompareSettings): Finding[] {
  const findings: Finding[] = [];
  for (const { id: clusterId } of intent.clusters) {
    const view = clusterView(clusterId, look, intent);
    const views = nodeViews(withoutGone(view), settings);
    const local = views.flatMap((nodeView) => [
      ...compareDevices(nodeView),
      ...compareBricks(nodeView),
      ...compareStrangers(nodeView),
    ]);
    findings.push(...local, ...daemonFindings(view));
    findings.push(...comparePeers(view), ...compareVolumes(view, troubledBricks(local, views)));
    findings.push(...unknownVolumes(view), ...compareWatched(view), ...disagreements(view));
  }
  findings.push(...look.nodes.flatMap((node) => notLookedAt(node, intent)));
  return findings.sort(byWeight);
}

const weights = { error: 0, warning: 1, info: 2 } as const;

const byWeight = (a: Finding, b: Finding): number =>
  (a.nodeId ?? '').localeCompare(b.nodeId ?? '') ||
  weights[a.severity] - weights[b.severity] ||
  a.kind.localeCompare(b.kind) ||
  a.object.localeCompare(b.object);

/** The view without the bricks of volumes that are gone altogether; the room they took cannot be judged before that is settled. */
function withoutGone(view: ClusterView): ClusterView {
  const gone = new Set(goneVolumes(view).map(({ id }) => id));
  if (gone.size === 0) return view;
  const { bricks, busyDeviceIds } = view.intent;
  const isGone = ({ volumeId }: BrickRecord): boolean => volumeId !== null && gone.has(volumeId);
  return {
    ...view,
    intent: {
      ...view.intent,
      bricks: bricks.filter((brick) => !isGone(brick)),
      busyDeviceIds: new Set([...busyDeviceIds, ...bricks.filter(isGone).map(({ deviceId }) => deviceId)]),
    },
  };
}

/** Bricks with trouble of their own, and all on devices whose volume group is missing. */
function troubledBricks(local: readonly Finding[], views: readonly NodeView[]): Set<string> {
  const objects = new Set(local.filter(({ kind }) => localTrouble.has(kind)).map(({ object }) => object));
  const bricks = views.flatMap((view) =>
    view.bricks.filter(
      ({ id, deviceId }) =>
        objects.has(`brick ${id}`) || !view.facts.volumeGroups.some(({ name }) => name.endsWith(deviceId)),
    ),
  );
  return new Set(bricks.map(({ id }) => id));
}

const daemonFindings = (view: ClusterView): Finding[] =>
  view.nodes
    .filter(({ id }) => view.facts.has(id) && view.facts.get(id)?.gluster === undefined)
    .map((node) =>
      toFinding({ clusterId: view.clusterId, nodeId: node.id }, 'glusterd-down', {
        object: `node ${node.id} (${hostOf(node)})`,
        evidence: 'systemd says that glusterd is not active, or gluster does not answer',
        advice:
          'Start it there: systemctl start glusterd. Read its log, /var/log/glusterfs/glusterd.log, when it ends again.',
      }),
    );

function notLookedAt(look: NodeLook, intent: SteadyIntent): Finding[] {
  const node = intent.nodes.find(({ id }) => id === look.nodeId);
  if ('facts' in look || node === undefined) return [];
  return [
    toFinding({ clusterId: node.clusterId, nodeId: node.id }, 'node-unreachable', {
      object: `node ${node.id} (${hostOf(node)})`,
      evidence: look.failure,
      advice: 'Nothing is known of what is on it. Bring it back, or declare it lost.',
    }),
  ];
}
