import type { Reads } from '../../db/queries.ts';
import { isForeign } from '../../volumes/foreign-bricks.ts';
import type { HealReport as Report } from '../../volumes/heal-reports.ts';
import { pathOf } from '../../volumes/ownership.ts';
import type { ApiTools } from '../api-tools.ts';
import { json } from '../http/reply.ts';
import { type Route, route } from '../http/route.ts';
import { type HealReport, healReport } from '../schema/heal.ts';

async function presentReport(reads: Reads, { volume, isRedundant, bricks }: Report): Promise<HealReport> {
  const names = new Map<string, string>();
  for (const { brick } of bricks)
    names.set(brick.nodeId, (await reads.nodes.find(brick.nodeId))?.manageNames[0] ?? '');
  const pending = bricks.reduce((sum, { pendingEntries }) => sum + (pendingEntries ?? 0), 0);
  return {
    volume: volume.id,
    name: volume.name,
    redundant: isRedundant,
    healed: pending === 0 && bricks.every(({ isConnected }) => isConnected),
    pending_entries: pending,
    bricks: bricks.map(({ brick, isConnected, pendingEntries }) => ({
      brick: isForeign(brick) ? brick.name : brick.id,
      node: brick.nodeId,
      node_name: names.get(brick.nodeId) ?? '',
      set: brick.setIndex,
      path: isForeign(brick) ? pathOf(brick.name) : brick.path,
      connected: isConnected,
      pending_entries: pendingEntries,
    })),
  };
}

export const healRoutes = ({ reads, healReports }: ApiTools): Route[] => [
  route({
    method: 'GET',
    path: '/volumes/{id}/heal-info',
    tag: 'Volumes',
    summary: 'Show what is to be healed in a volume',
    description: 'gluster is asked while the request waits, which takes the longer the more is pending.',
    answers: { 200: { description: 'Each brick with what is pending', schema: healReport } },
    handle: async ({ params, signal }) =>
      json(await presentReport(reads, await healReports.of(params.id ?? '', signal))),
  }),
];
