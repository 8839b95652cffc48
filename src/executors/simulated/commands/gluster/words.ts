/** What a gluster command line says before anybody acts on it. */
import { splitBrick } from './layout.ts';

export interface SplitCommand {
  /** The first two words: `volume create`. */
  readonly name: string;
  readonly words: readonly string[];
  readonly options: readonly string[];
}

export function splitCommand(args: readonly string[]): SplitCommand {
  const words = args.filter((arg) => !arg.startsWith('--'));
  return {
    name: words.slice(0, 2).join(' '),
    words: words.slice(2),
    options: args.filter((arg) => arg.startsWith('--')),
  };
}

const namesBricks = new Set(['volume create', 'volume add-brick', 'volume replace-brick']);

/** Storage host names that stand in a command: of a peer, or of bricks. */
export function storageHostsIn(args: readonly string[]): string[] {
  const { name, words } = splitCommand(args);
  if (name === 'peer probe' || name === 'peer detach') return words.slice(0, 1);
  if (!namesBricks.has(name)) return [];
  return [...new Set(words.flatMap((word) => splitBrick(word)?.host ?? []))];
}

/** Commands that hold glusterd's lock on their volume, and whether their refusal names the volume. */
const locking: Readonly<Record<string, { readonly namesVolume: boolean; readonly volumeAt?: number }>> = {
  'snapshot create': { namesVolume: true, volumeAt: 1 },
  'volume create': { namesVolume: true },
  'volume set': { namesVolume: true },
  'volume reset': { namesVolume: true },
  'volume status': { namesVolume: false },
  'volume stop': { namesVolume: true },
  'volume delete': { namesVolume: true },
  'volume start': { namesVolume: false },
  'volume add-brick': { namesVolume: false },
  'volume rebalance': { namesVolume: false },
  'volume replace-brick': { namesVolume: false },
  'volume remove-brick': { namesVolume: false },
};

export interface Transaction {
  readonly volume: string;
  readonly namesVolume: boolean;
}

/** The transaction that a command is; undefined when it takes no lock. */
export function transactionOf(args: readonly string[]): Transaction | undefined {
  const { name, words } = splitCommand(args);
  const lock = locking[name];
  const volume = words[lock?.volumeAt ?? 0];
  return lock === undefined || volume === undefined ? undefined : { volume, namesVolume: lock.namesVolume };
}
