import { KIB_PER_GIB } from '../lib/sizes.ts';

/** A size in the largest unit that keeps it at 1 or more, two decimals at most: "12.5 GiB", "512 MiB". */
export function formatKib(sizeKib: number): string {
  if (Math.abs(sizeKib) >= KIB_PER_GIB) return `${decimals(sizeKib / KIB_PER_GIB)} GiB`;
  if (Math.abs(sizeKib) >= 1024) return `${decimals(sizeKib / 1024)} MiB`;
  return `${decimals(sizeKib)} KiB`;
}

function decimals(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** "1 node", "3 nodes". */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** "n1, n2, n3 and 4 more". */
export function listOf(names: readonly string[], most = 4): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}
