import type { HealReport } from '../../client/wire-types.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

/** Whether a volume is whole, and each of its bricks. */
export async function healText(report: HealReport, style: Style): Promise<string> {
  if (!report.redundant) return `${report.name}: no copies, nothing to heal from\n`;
  const away = report.bricks.filter(({ connected }) => !connected).length;
  const faults = [
    ...(report.pending_entries === 0 ? [] : [`${report.pending_entries} entries to be healed`]),
    ...(away === 0 ? [] : [`${away} of ${report.bricks.length} bricks do not answer`]),
  ];
  const state = report.healed ? style.good('healed') : style.bad(faults.join(', '));
  const rows = report.bricks.map((brick) => [
    brick.brick,
    String(brick.set + 1),
    brick.node_name,
    brick.connected ? 'yes' : 'no',
    brick.pending_entries === null ? '?' : String(brick.pending_entries),
  ]);
  const head = ['Brick', 'Set', 'Node', 'Answers', 'Pending'];
  return `${report.name}: ${state}\n${await renderTable({ head, rows, right: [1, 4] }, style)}`;
}
