import type { TopologyChange } from '../../client/wire-types.ts';
import type { ChangeGroup } from '../topology-file/group-changes.ts';
import type { Style } from './style.ts';

/** `+ add`, `~ change`, `- remove` by cluster; what is blocked with the reason. */
export function topologyPlanText(groups: readonly ChangeGroup[], style: Style): string {
  const texts = groups.map(
    ({ title, changes }) =>
      `${style.bold(title)}\n${changes.map((change) => changeLines(change, style)).join('')}`,
  );
  const changes = groups.flatMap((group) => group.changes);
  return `${texts.join('\n')}\n${summaryLine(changes)}\n`;
}

const signs = { add: '+', change: '~', remove: '-' } as const;

function changeLines({ action, summary, blocked }: TopologyChange, style: Style): string {
  const paint = { add: style.good, change: style.warn, remove: style.bad }[action];
  const line = `${signs[action]} ${summary}`;
  if (blocked === undefined) return `  ${paint(line)}\n`;
  return `  ${style.dim(line)}\n      ${style.warn('blocked:')} ${blocked}\n`;
}

function summaryLine(changes: readonly TopologyChange[]): string {
  const count = (action: TopologyChange['action']): number =>
    changes.filter((change) => change.action === action && change.blocked === undefined).length;
  const blocked = changes.filter((change) => change.blocked !== undefined).length;
  const parts = [`${count('add')} to add`, `${count('change')} to change`, `${count('remove')} to remove`];
  return `${[...parts, ...(blocked === 0 ? [] : [`${blocked} blocked`])].join(', ')}.`;
}
