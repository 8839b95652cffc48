import type { OperationEvent } from '../../client/watch.ts';
import type { Style } from './style.ts';

/**
 * A line about what happened: time, what, where. Undefined for what is not worth one.
 *
 * @param nodeName the name of the event's node, if it has one.
 */
export function eventLine(event: OperationEvent, nodeName: string, style: Style): string | undefined {
  const text = eventText(event, nodeName, style);
  const time = new Date(event.atMs).toISOString().slice(11, 19);
  return text === undefined ? undefined : `${style.dim(time)}  ${text}\n`;
}

function eventText(event: OperationEvent, nodeName: string, style: Style): string | undefined {
  const where = nodeName === '' ? '' : ` · ${nodeName}`;
  switch (event.type) {
    case 'state':
      return `${style.bold(event.state)}${because(event.message)}`;
    case 'stage':
      return style.dim(`stage ${event.stage + 1} of ${event.stageCount}`);
    case 'step':
      if (event.state === 'planned' || event.state === 'running') return undefined;
      return `${event.title}${where}: ${stepWord(event.state, style)}${because(event.message)}`;
    case 'waiting':
      return `${style.warn('waiting')}: ${event.reason}`;
    case 'command':
      return event.status === 'ok'
        ? undefined
        : `${event.label}${where}: ${event.status}${because(event.output.trim())}`;
  }
}

const stepWord = (state: string, style: Style): string =>
  state === 'done' ? style.good(state) : style.bad(state);
const because = (message: string | undefined): string =>
  message === undefined || message === '' ? '' : `: ${message}`;
