import { TemplateFault } from './fault.ts';

export interface Limits {
  /** Nodes of the template that are walked, and characters that are made: beyond it a template does not end of its own. */
  readonly work: number;
  /** Nodes within nodes, templates in templates. */
  readonly depth: number;
}

/** Ten times what a thousand nodes and ten thousand volumes need; half a minute of work. So deep no stack overflows. */
export const generousLimits: Limits = { work: 100_000_000, depth: 500 };

/** What a template may still do. */
export class Budget {
  readonly limits: Limits;
  #work: number;
  #depth = 0;

  constructor(limits: Limits) {
    this.limits = limits;
    this.#work = limits.work;
  }

  /** @throws TemplateFault when the work is used up. */
  spend(work: number): void {
    this.#work -= work;
    if (this.#work < 0)
      throw new TemplateFault(`template: it makes too much: more than ${this.limits.work} steps`);
  }

  /** @throws TemplateFault when it goes too deep. */
  within<Result>(act: () => Result): Result {
    if (this.#depth >= this.limits.depth) {
      throw new TemplateFault(`template: exceeded maximum template depth (${this.limits.depth})`);
    }
    this.#depth += 1;
    try {
      return act();
    } finally {
      this.#depth -= 1;
    }
  }
}
