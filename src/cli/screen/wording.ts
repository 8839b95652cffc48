import { KIB_PER_GIB } from '../../lib/sizes.ts';
import { stateWord } from '../text/entry-state.ts';
import type { Style } from './style.ts';

const kibPerMib = 1024;

/** "12.5 GiB", "512 MiB". */
export function sizeText(sizeKib: number): string {
  if (Math.abs(sizeKib) >= KIB_PER_GIB) return `${rounded(sizeKib / KIB_PER_GIB)} GiB`;
  return Math.abs(sizeKib) >= kibPerMib ? `${rounded(sizeKib / kibPerMib)} MiB` : `${sizeKib} KiB`;
}

const rounded = (value: number): string => String(Math.round(value * 100) / 100);

/** GiB in a column of numbers. */
export const gibCell = (sizeKib: number): string => (sizeKib / KIB_PER_GIB).toFixed(1);

/** "1 node", "3 nodes". */
export const countOf = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

export function stateCell(state: string, style: Style): string {
  const word = stateWord(state);
  if (state === 'online') return style.good(word);
  return state === 'offline' ? style.warn(word) : style.bad(word);
}

/** Which volumes a cluster takes. */
export function kindsCell({ file, block }: { readonly file: boolean; readonly block: boolean }): string {
  const kinds = [file ? 'file' : '', block ? 'block' : ''].filter((kind) => kind !== '');
  return kinds.length === 0 ? 'none' : kinds.join(', ');
}
