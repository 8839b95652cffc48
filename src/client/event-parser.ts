/** One event of a stream of server-sent events. */
export interface ServerSentEvent {
  readonly type: string;
  readonly data: string;
}

/**
 * Takes a stream of server-sent events apart (HTML standard, section 9.2.6), whatever pieces it comes in. Comments and
 * fields other than `event` and `data` are passed over; an event that is cut off by the end of the stream is none.
 */
export class EventParser {
  #rest = '';
  #type = '';
  #data: string[] = [];
  #isStart = true;

  /** @returns the events that are complete with this piece. */
  push(piece: string): ServerSentEvent[] {
    let text = this.#rest + piece;
    if (this.#isStart && text !== '') {
      text = text.replace(/^\uFEFF/, '');
      this.#isStart = false;
    }
    // A CR at the end may be half of a CRLF.
    const end = text.endsWith('\r') ? text.length - 1 : text.length;
    const lines = text.slice(0, end).split(/\r\n|\n|\r/);
    this.#rest = (lines.pop() ?? '') + text.slice(end);
    return lines.flatMap((line) => this.#take(line));
  }

  #take(line: string): ServerSentEvent[] {
    if (line === '') return this.#dispatch();
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.#type = value;
    else if (field === 'data') this.#data.push(value);
    return [];
  }

  #dispatch(): ServerSentEvent[] {
    const event = { type: this.#type || 'message', data: this.#data.join('\n') };
    const isEvent = this.#data.length > 0;
    this.#type = '';
    this.#data = [];
    return isEvent ? [event] : [];
  }
}
