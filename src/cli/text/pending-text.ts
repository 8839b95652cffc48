/** heketi-cli's texts for unfinished operations (wire contract section 18.3). */
import type { OperationCounts, PendingDetails, PendingOperation } from '../../client/wire-types.ts';

export const countsText = ({ total, in_flight, stale, failed, new: fresh }: OperationCounts): string =>
  `Operation Counts:\n  Total: ${total}\n  In-Flight: ${in_flight}\n  New: ${fresh}\n  Failed: ${failed}\n  Stale: ${stale}\n`;

/** Without a sub-status it ends in a blank. */
const statusWords = ({ status, sub_status }: PendingOperation): string =>
  `${status === '' ? 'New' : status} ${sub_status}`;

export const pendingLine = (operation: PendingOperation): string =>
  `Id:${operation.id}  Type:${operation.type_name}  Status:${statusWords(operation)}\n`;

export function pendingText(operation: PendingDetails): string {
  const changes = operation.changes.map(({ id, description }) => `    ${description}: ${id}\n`);
  const head = `\nId: ${operation.id}\nType: ${operation.type_name}\nStatus: ${statusWords(operation)}\n`;
  return `${head}Changes:\n${changes.join('')}`;
}
