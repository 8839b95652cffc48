import type { Backup, BackupList } from '../../client/wire-types.ts';
import type { Style } from './style.ts';
import { renderFields, renderTable } from './table.ts';

function stateCell({ state }: Backup, style: Style): string {
  if (state === 'good') return style.good(state);
  return state === 'unchecked' ? state : style.bad(state);
}

const mebibyte = 1024 * 1024;
const sizeCell = (bytes: number): string => `${(bytes / mebibyte).toFixed(1)} MiB`;

/** How backing up goes, then a line for each backup, the newest first. */
export async function backupListScreen(list: BackupList, style: Style): Promise<string> {
  const { place, next, last_failure: failure, restored, backups } = list;
  const fields: [string, string][] = [
    ['Place', place],
    ['Next', next ?? 'only when asked for'],
    ['Last failure', failure === null ? '' : style.bad(`${failure.time}: ${failure.message}`)],
    [
      'Restored',
      restored === null
        ? ''
        : style.warn(`from ${restored.backup} at ${restored.restored}; not reconciled with the nodes yet`),
    ],
  ];
  const rows = backups.map((backup) => [
    backup.id,
    backup.created,
    sizeCell(backup.size),
    String(backup.objects.volumes),
    String(backup.schema_version),
    stateCell(backup, style),
    backup.fault ?? '',
  ]);
  const head = ['Backup', 'Made', 'Size', 'Volumes', 'Schema', 'State', 'Fault'];
  const table = await renderTable({ head, rows, right: [2, 3, 4] }, style);
  return `${renderFields(fields, style)}\n${table}`;
}
