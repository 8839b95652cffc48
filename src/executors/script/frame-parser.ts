import { AppError } from '../../errors.ts';

/** Why a batch ended, in the runner's words (runner.sh). */
const endReasons = ['done', 'failed', 'flood', 'deadline', 'cancelled', 'gone', 'killed', 'broken'] as const;
export type EndReason = (typeof endReasons)[number];

const verdicts = ['ok', 'failed', 'skipped', 'flood'] as const;
type Verdict = (typeof verdicts)[number];

/** One thing that the runner says. A long output comes in several frames. */
export type Frame =
  | { readonly kind: 'hello' | 'locked' }
  | { readonly kind: 'output'; readonly stream: 'out' | 'err'; readonly data: Buffer }
  | { readonly kind: 'ran'; readonly index: number; readonly verdict: Verdict; readonly exitCode: number }
  | { readonly kind: 'end'; readonly reason: EndReason };

interface Announcement {
  readonly kind: 'announcement';
  readonly stream: 'out' | 'err';
  missing: number;
}

/** A login may greet with a page of text; a stream of it is something else. */
const longestNoise = 1024 * 1024;
const longestHeader = 200;
const newline = 0x0a;

/**
 * Reads the runner's frames out of the bytes as they come. What comes before the first frame is noise of the login (a
 * chatty ~/.bashrc); after it every byte must belong to a frame. Pure: it keeps only what is needed to go on.
 */
export class FrameParser {
  readonly #nonce: string;
  #pending: Buffer = Buffer.alloc(0);
  #greeted = false;
  #ended = false;
  /** The output frame that is being read, and how many bytes of it are still to come. */
  #output: Announcement | undefined;

  constructor(nonce: string) {
    this.#nonce = nonce;
  }

  /** What was said before the first frame, which explains why there is none. Bounded. */
  get noise(): string {
    return this.#greeted ? '' : this.#pending.toString('utf8');
  }

  /** @throws AppError `node.strange_answer` for bytes that are no frames, with the bytes. */
  push(chunk: Buffer): Frame[] {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    if (!this.#greeted && !this.#skipNoise()) return [];
    const frames: Frame[] = [];
    for (let frame = this.#next(); frame !== undefined; frame = this.#next()) frames.push(frame);
    return frames;
  }

  #skipNoise(): boolean {
    const start = this.#pending.indexOf(`${this.#nonce} hello\n`);
    if (start === -1 && this.#pending.length > longestNoise) throw strange('no end of noise', this.#pending);
    if (start === -1) return false;
    this.#pending = this.#pending.subarray(start);
    this.#greeted = true;
    return true;
  }

  #next(): Frame | undefined {
    if (this.#pending.length === 0) return undefined;
    if (this.#ended) throw strange('words after the end', this.#pending);
    if (this.#output !== undefined) return this.#nextOutput(this.#output);
    const end = this.#pending.indexOf(newline);
    if (end === -1 && this.#pending.length > longestHeader) throw strange('no frame', this.#pending);
    if (end === -1) return undefined;
    const line = this.#pending.subarray(0, end);
    this.#pending = this.#pending.subarray(end + 1);
    return this.#read(line) ?? this.#next();
  }

  #nextOutput(output: Announcement): Frame {
    const data = this.#pending.subarray(0, output.missing);
    this.#pending = this.#pending.subarray(data.length);
    output.missing -= data.length;
    if (output.missing === 0) this.#output = undefined;
    return { kind: 'output', stream: output.stream, data };
  }

  /** The frame that a header line is, or undefined when it only announces output. */
  #read(line: Buffer): Frame | undefined {
    const text = line.toString('latin1');
    const header = text.startsWith(`${this.#nonce} `)
      ? readHeader(text.slice(this.#nonce.length + 1))
      : undefined;
    if (header === undefined) throw strange('no frame', line);
    if (header.kind === 'announcement') {
      this.#output = header.missing === 0 ? undefined : header;
      return undefined;
    }
    this.#ended = header.kind === 'end';
    return header;
  }
}

const outputPattern = /^(?<stream>out|err) (?<missing>\d{1,12})$/;
const ranPattern = /^ran (?<index>\d{1,6}) (?<verdict>[a-z]+) (?<exitCode>\d{1,3})$/;

function readHeader(text: string): Frame | Announcement | undefined {
  if (text === 'hello' || text === 'locked') return { kind: text };
  const output = outputPattern.exec(text)?.groups;
  if (output !== undefined) {
    const stream = output['stream'] === 'err' ? 'err' : 'out';
    return { kind: 'announcement', stream, missing: Number(output['missing']) };
  }
  const ran = ranPattern.exec(text)?.groups;
  const verdict = verdicts.find((word) => word === ran?.['verdict']);
  if (ran !== undefined && verdict !== undefined) {
    return { kind: 'ran', index: Number(ran['index']), verdict, exitCode: Number(ran['exitCode']) };
  }
  const reason = endReasons.find((word) => text === `end ${word}`);
  return reason && { kind: 'end', reason };
}

function strange(what: string, bytes: Buffer): AppError {
  const shown = JSON.stringify(bytes.subarray(0, 200).toString('utf8'));
  return new AppError('node.strange_answer', `the answer cannot be read (${what}): ${shown}`);
}
