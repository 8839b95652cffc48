import type { Figures } from './cell.ts';
import type { Burst, LongQueue } from './extremes.ts';
import type { LoadTimes } from './fleet.ts';

/** What a run of the bench found; this is what `--json` writes. */
export interface BenchResults {
  readonly date: string;
  readonly commit: string;
  readonly machine: {
    readonly processors: number;
    readonly processor: string;
    readonly memoryGib: number;
    readonly node: string;
    /** How many times longer than its CPU time a busy loop took, before and after: 1 on an idle machine. */
    readonly crowding: { readonly before: number; readonly after: number };
  };
  readonly empty: { readonly startMs: number; readonly memoryMib: number };
  readonly sizes: readonly SizeResults[];
  readonly burst?: Burst;
  readonly longQueue?: LongQueue;
}

export interface SizeResults {
  readonly nodes: number;
  readonly load: LoadTimes;
  readonly cells: readonly CellResults[];
}

export interface CellResults {
  readonly volumes: number;
  readonly figures: Figures;
  /** Resident, after all that was measured in this cell. */
  readonly memoryMib: number;
  readonly memoryPeakMib: number;
  /** Resident after reading all of it, in a process without simulated nodes. */
  readonly memoryAloneMib: number;
  readonly databaseMib: number;
  /** With this database, from starting the process to its first answer; the median. */
  readonly startMs: number;
}
