import type { Snapshot } from '../../client/wire-types.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

export function snapshotListScreen(snapshots: readonly Snapshot[], style: Style): Promise<string> | string {
  if (snapshots.length === 0) return 'No snapshots\n';
  const rows = snapshots.map(({ name, id, created_at: createdAt }) => [name, id, createdAt ?? '?']);
  return renderTable({ head: ['Name', 'Id', 'Created'], rows }, style);
}
