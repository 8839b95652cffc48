import type { Writable } from 'node:stream';
import type { Ora } from 'ora';
import type { Client } from '../../client/client.ts';
import type { PendingAnswer } from '../../client/queue.ts';
import type { Surroundings } from '../surroundings.ts';
import { NodeNames } from './node-names.ts';
import { ProgressLine } from './progress-line.ts';
import type { Style } from './style.ts';

interface ProgressParts {
  readonly client: Client;
  readonly style: Style;
  readonly around: Surroundings;
}

/** A turning line on stderr that follows an operation's steps. */
export class Progress {
  readonly #client: Client;
  readonly #line: ProgressLine;
  readonly #spinner: Ora;
  readonly #ended: AbortController;

  private constructor(client: Client, line: ProgressLine, spinner: Ora, ended: AbortController) {
    this.#client = client;
    this.#line = line;
    this.#spinner = spinner;
    this.#ended = ended;
  }

  /** The spinner is loaded only here: scripts do not need it. */
  static async start(title: string, { client, around, style }: ProgressParts): Promise<Progress> {
    const { default: ora } = await import('ora');
    const ended = new AbortController();
    const names = new NodeNames(client, ended.signal);
    const line = new ProgressLine(title, (nodeId) => names.get(nodeId));
    const spinner = ora({
      text: line.text,
      stream: around.stderr as Writable & { fd?: number },
      isEnabled: true,
      discardStdin: false,
      ...(style.dim('.') === '.' ? { color: false } : {}),
    });
    return new Progress(client, line, spinner.start(), ended);
  }

  /** Shows the steps of an operation as they happen. A server that cannot tell them leaves the line as it is. */
  follow(operationId: string): void {
    const { signal } = this.#ended;
    this.#client.operations
      .watch(
        operationId,
        (event) => {
          this.#line.take(event);
          this.#refresh();
        },
        { signal },
      )
      .catch(() => undefined);
  }

  pending(pending: PendingAnswer): void {
    this.#line.pending(pending);
    this.#refresh();
  }

  busy(pauseMs: number): void {
    this.#line.busy(pauseMs);
    this.#refresh();
  }

  /** Takes the line away. */
  stop(): void {
    this.#ended.abort();
    this.#spinner.stop();
  }

  #refresh(): void {
    if (!this.#ended.signal.aborted) this.#spinner.text = this.#line.text;
  }
}
