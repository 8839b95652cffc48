import type { Command, Host } from '../../executor.ts';
import { type CommandMatch, matches } from './command-match.ts';

/** What goes wrong. */
export type FaultEffect =
  /** The command fails; `afterEffect`: though it has done its work. */
  | {
      readonly kind: 'fail';
      readonly exitCode?: number | undefined;
      readonly stderr?: string | undefined;
      readonly stdout?: string | undefined;
      readonly afterEffect?: boolean | undefined;
    }
  /** The connection breaks before the command has done its work, or after it and before its answer arrives. */
  | { readonly kind: 'cut'; readonly when: 'before' | 'after' }
  /** The node loses its power, before or after the work of the command. `powerOn` brings it back. */
  | { readonly kind: 'powerOff'; readonly when: 'before' | 'after' }
  /** The command does not end by itself; it does once the fault is removed. */
  | { readonly kind: 'hang' }
  /** The command works, but only half of its standard output arrives. */
  | { readonly kind: 'corrupt' }
  | { readonly kind: 'delay'; readonly delayMs: number };

export interface Fault extends CommandMatch {
  readonly effect: FaultEffect;
  /** Fires at the nth matching command from now on; 1 when absent. */
  readonly nth?: number | undefined;
  /** Only commands in this place of their batch count; 1 is the first. */
  readonly placeInBatch?: number | undefined;
  /** How often it fires from then on; once when absent. */
  readonly times?: number | 'always' | undefined;
}

export interface FaultHandle {
  /** How often it has fired. */
  readonly hits: number;
  /** Takes the fault away; a command that hangs by it goes on. */
  remove(): void;
}

export interface Fired {
  readonly effect: FaultEffect;
  /** Resolves when the fault is removed. */
  readonly removed: Promise<void>;
}

class ArmedFault implements FaultHandle {
  readonly fault: Fault;
  readonly removed: Promise<void>;
  remove: () => void = () => undefined;
  hits = 0;
  #seen = 0;

  constructor(fault: Fault, forget: (armed: ArmedFault) => void) {
    this.fault = fault;
    this.removed = new Promise((resolve) => {
      this.remove = () => {
        forget(this);
        resolve();
      };
    });
  }

  /** Counts a matching command. @returns whether the fault fires at it. */
  count(): boolean {
    this.#seen += 1;
    const { nth = 1, times = 1 } = this.fault;
    if (this.#seen < nth || (times !== 'always' && this.#seen >= nth + times)) return false;
    this.hits += 1;
    return true;
  }
}

/** Faults to order. */
export class Faults {
  readonly #armed = new Set<ArmedFault>();

  add(fault: Fault): FaultHandle {
    const armed = new ArmedFault(fault, (gone) => this.#armed.delete(gone));
    this.#armed.add(armed);
    return armed;
  }

  clear(): void {
    for (const armed of this.#armed) armed.remove();
  }

  /** The fault that fires at a command that is about to run; the oldest when there are several. All of them count it. */
  next(host: Host, command: Command, place: number): Fired | undefined {
    if (this.#armed.size === 0) return undefined;
    let fired: ArmedFault | undefined;
    for (const armed of this.#armed) {
      const { fault } = armed;
      if (fault.placeInBatch !== undefined && fault.placeInBatch !== place) continue;
      if (matches(fault, host, command) && armed.count()) fired ??= armed;
    }
    return fired === undefined ? undefined : { effect: fired.fault.effect, removed: fired.removed };
  }
}
