import { Readable } from 'node:stream';

/** What a handler answers; the server turns it into bytes as the wire contract wants them (section 2). */
export type Reply =
  | { readonly type: 'json'; readonly status: number; readonly value: unknown; readonly headers?: Headers }
  | {
      readonly type: 'text';
      readonly status: number;
      readonly text: string;
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

/** An answer that is there in pieces, as bytes. */
export const inPieces = (pieces: readonly Buffer[], contentType: string): Reply => ({
  type: 'stream',
  stream: Readable.from(pieces, { objectMode: false }),
  contentType,
});

export const empty = (status: number, headers: Headers = {}): Reply => ({ type: 'empty', status, headers });

/** The contract's answer to whatever touches nodes: the way to the queue (section 4). A path, never a full address. */
export const accepted = ({ id }: { readonly id: string }): Reply => empty(202, { Location: `/queue/${id}` });
