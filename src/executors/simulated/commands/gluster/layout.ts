/** Reading `[replica 3 [arbiter 1]] [disperse-data 2 redundancy 1] HOST:PATH…` as gluster's client does. */
import type { VolumeShape } from '../../world/state.ts';

export interface Layout {
  readonly shape: VolumeShape;
  /** `host:path` as given. */
  readonly bricks: readonly string[];
}

const counts = new Set(['replica', 'arbiter', 'disperse', 'disperse-data', 'redundancy']);

/** @returns the layout, or the client's complaint. */
export function parseLayout(words: readonly string[]): Layout | string {
  const numbers = new Map<string, number>();
  const bricks: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (counts.has(word) && bricks.length === 0) numbers.set(word, Number(words[(at += 1)]));
    else bricks.push(word);
  }
  const redundancy = numbers.get('redundancy') ?? 0;
  const data = numbers.get('disperse-data');
  const disperse = numbers.get('disperse') ?? (data === undefined ? 0 : data + redundancy);
  const shape = {
    replica: numbers.get('replica') ?? 1,
    arbiter: numbers.get('arbiter') ?? 0,
    disperse,
    redundancy,
  };
  return faultOf(shape, bricks) ?? { shape, bricks };
}

function faultOf({ disperse, redundancy }: VolumeShape, bricks: readonly string[]): string | undefined {
  const half = Math.ceil(disperse / 2);
  if (disperse > 0 && (redundancy < 1 || redundancy >= half)) {
    return `redundancy must be greater than or equal to 1 and less than ${half} for a disperse ${disperse} volume`;
  }
  if (disperse > 0 && bricks.length % disperse !== 0)
    return 'number of bricks is not a multiple of disperse count';
  return faultOfBricks(bricks);
}

export function faultOfBricks(bricks: readonly string[]): string | undefined {
  const wrong = bricks.find((brick) => splitBrick(brick) === undefined);
  if (wrong !== undefined) return `Wrong brick type: ${wrong}, use <HOSTNAME>:<export-dir-abs-path>`;
  const twin = bricks.find((brick, index) => bricks.indexOf(brick) !== index);
  return twin === undefined ? undefined : `Found duplicate exports ${twin}`;
}

/** `host:/path` or `[v6]:/path`; undefined when it is neither. */
export function splitBrick(text: string): { readonly host: string; readonly path: string } | undefined {
  const [, bracketed, plain, path] = /^(?:\[([^\]]+)\]|([^:/[\]]+)):(\/.+)$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  return host === undefined || path === undefined ? undefined : { host, path };
}
