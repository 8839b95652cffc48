import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventParser, type ServerSentEvent } from '../../../src/client/event-parser.ts';

function parse(pieces: readonly string[]): ServerSentEvent[] {
  const parser = new EventParser();
  return pieces.flatMap((piece) => parser.push(piece));
}

describe('a stream of server-sent events', () => {
  it('is taken apart; comments, ids and cut-off events are passed over', () => {
    const stream = [
      '\uFEFF: events\n\n',
      'event: state\nid: 7\ndata: {"a":1}\n\n',
      'data: one\ndata:two\ndata\n\n',
      'event: lost without data\n\n',
      'event: step\ndata: cut',
    ];
    expect(parse([stream.join('')])).toEqual([
      { type: 'state', data: '{"a":1}' },
      { type: 'message', data: 'one\ntwo\n' },
    ]);
  });

  it('may have any of the three line ends', () => {
    const events = [{ type: 'a', data: 'b' }];
    for (const end of ['\n', '\r', '\r\n']) {
      expect(parse([`event: a${end}data: b${end}${end}`, `:${end}`])).toEqual(events);
    }
  });

  it('gives the same events however it is cut into pieces', () => {
    const line = fc.string({ unit: fc.constantFrom('a', ':', ' ', 'é', '{', '"') });
    const event = fc.record({ type: fc.constantFrom('state', 'step', 'end'), data: line });
    const end = fc.constantFrom('\n', '\r', '\r\n');
    const streams = fc.array(fc.tuple(event, end), { maxLength: 6 });
    const cuts = fc.array(fc.nat({ max: 200 }), { maxLength: 20 });
    fc.assert(
      fc.property(streams, cuts, (stream, places) => {
        const text = `${stream
          .map(([{ type, data }, lineEnd]) => `event: ${type}${lineEnd}data: ${data}${lineEnd}${lineEnd}`)
          .join('')}: bye\n`;
        const sorted = [...new Set(places)].filter((place) => place < text.length).sort((a, b) => a - b);
        const pieces = [0, ...sorted].map((from, index) => text.slice(from, sorted[index] ?? text.length));
        expect(parse(pieces)).toEqual(stream.map(([{ type, data }]) => ({ type, data })));
      }),
    );
  });
});
