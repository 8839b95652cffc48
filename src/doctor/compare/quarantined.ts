import type { MountSettings } from '../../storage/filesystem/mounts.ts';
import { idOption, quarantineOption } from '../../storage/imprints.ts';
import { stableId } from '../finding.ts';
import type { SteadyIntent } from '../look/intent.ts';
import type { Look } from '../look/look.ts';
import { hostOf } from './cluster-view.ts';
import { orphanBricks } from './strangers.ts';
import { clusterView, nodeViews } from './views.ts';

/** Something that is kept, out of use, until somebody decides. The nodes are what remembers it. */
export type Quarantined = {
  /** The same at every look: 32 hex digits. */
  readonly id: string;
  readonly clusterId: string;
  readonly object: string;
  readonly sinceMs: number;
  readonly sizeKib: number;
} & (
  | {
      readonly kind: 'brick';
      readonly nodeId: string;
      readonly host: string;
      readonly deviceId: string;
      readonly brickId: string;
      readonly names: readonly string[];
    }
  | { readonly kind: 'volume'; readonly name: string }
);

/** What is in quarantine, by what the nodes said. */
export function quarantined(look: Look, intent: SteadyIntent, mountSettings: MountSettings): Quarantined[] {
  return intent.clusters.flatMap(({ id: clusterId }) => {
    const view = clusterView(clusterId, look, intent);
    const bricks = nodeViews(view, { mountSettings, poolLimitPercent: 0 }).flatMap((nodeView) =>
      orphanBricks(nodeView).flatMap((orphan): Quarantined[] => {
        const { deviceId, brickId, volumes, quarantinedSinceMs: sinceMs } = orphan;
        if (sinceMs === undefined) return [];
        return [
          {
            kind: 'brick',
            id: stableId('quarantine', nodeView.node.id, orphan.group, brickId),
            clusterId,
            nodeId: nodeView.node.id,
            host: hostOf(nodeView.node),
            object: `brick ${brickId} in ${orphan.group}`,
            sinceMs,
            sizeKib: volumes[0]?.sizeKib ?? 0,
            deviceId,
            brickId,
            names: volumes.map(({ name }) => name),
          },
        ];
      }),
    );
    const volumes = (view.look?.volumes ?? []).flatMap(({ name, options }): Quarantined[] => {
      const since = Number(options[quarantineOption]);
      if (options[idOption] === undefined || !Number.isSafeInteger(since)) return [];
      const id = stableId('quarantine', clusterId, name);
      return [
        { kind: 'volume', id, clusterId, name, object: `gluster volume ${name}`, sinceMs: since, sizeKib: 0 },
      ];
    });
    return [...bricks, ...volumes];
  });
}
