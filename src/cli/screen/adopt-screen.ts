import type { FoundVolume } from '../../client/wire-types.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

/** Volumes of others in a table, and below it what stands in the way of each. */
export async function adoptScreen(volumes: readonly FoundVolume[], style: Style): Promise<string> {
  const rows = volumes.map(({ name, cluster, status, watched, bricks }) => [
    name,
    cluster,
    status,
    watched === null ? 'no' : `since ${watched}`,
    String(bricks.length),
    String(bricks.filter(({ online }) => online === false).length),
  ]);
  const head = ['Volume', 'Cluster', 'Status', 'Watched', 'Bricks', 'Offline'];
  const table = await renderTable({ head, rows, right: [4, 5] }, style);
  const lines = volumes.flatMap(({ name, obstacles }) =>
    obstacles.map(({ to, obstacle, remedy }) => `${name}, to ${to} it: ${obstacle}\n  ${remedy}\n`),
  );
  return lines.length === 0 ? table : `${table}\n${lines.join('')}`;
}
