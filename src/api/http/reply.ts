import { Readable } from 'node:stream';

/** What a handler answers; the server turns it into bytes as the wire contract wants them (section 2). */
export type Reply =
  | { readonly type: 'json'; readonly status: number; readonly value: unknown; readonly headers?: Headers }
  | {
      readonly type: 'text';
      readonly status: number;
      /** As it is, or in UTF-8. */
      readonly text: string | Buffer;
      readonly contentType: string;
      readonly headers?: Headers;
    }
  | { readonly type: 'empty'; readonly status: number; readonly headers?: Headers }
  | {
      readonly type: 'stream';
      readonly stream: Readable;
      readonly contentType: string;
      readonly headers?: Headers;
    };

type Headers = Readonly<Record<string, string>>;

export const json = (value: unknown, status = 200): Reply => ({ type: 'json', status, value });
export const jsonContentType = 'application/json; charset=UTF-8';

const pieceCharacters = 64 * 1024;

/** JSON that is too long for one text: it is written out as fast as it is taken, some pieces together. */
export const jsonPieces = (pieces: Iterable<string>): Reply => ({
  type: 'stream',
  stream: Readable.from(together(pieces), { objectMode: false }),
  contentType: jsonContentType,
});

function* together(pieces: Iterable<string>): Generator<string> {
  let text = '';
  for (const piece of pieces) {
    text += piece;
    if (text.length < pieceCharacters) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

export const empty = (status: number, headers: Headers = {}): Reply => ({ type: 'empty', status, headers });

/** The contract's answer to whatever touches nodes: the way to the queue (section 4). A path, never a full address. */
export const accepted = ({ id }: { readonly id: string }): Reply => empty(202, { Location: `/queue/${id}` });
