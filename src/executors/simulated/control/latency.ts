import type { Command, Host } from '../../executor.ts';
import { type CommandMatch, matches } from './command-match.ts';

/** How long things take. The latest rule that matches and says something decides. */
export interface LatencyRule extends CommandMatch {
  /** For each round trip. */
  readonly perBatchMs?: number | undefined;
  /** For each command. */
  readonly perCommandMs?: number | undefined;
}

export class Latency {
  readonly #rules: LatencyRule[] = [];

  add(rule: LatencyRule): void {
    this.#rules.unshift(rule);
  }

  clear(): void {
    this.#rules.length = 0;
  }

  ofBatch(host: Host): number {
    const rule = this.#rules.find(
      ({ host: only, perBatchMs }) =>
        perBatchMs !== undefined && (only === undefined || only === host.address),
    );
    return rule?.perBatchMs ?? 0;
  }

  ofCommand(host: Host, command: Command): number {
    const rule = this.#rules.find((each) => each.perCommandMs !== undefined && matches(each, host, command));
    return rule?.perCommandMs ?? 0;
  }
}
