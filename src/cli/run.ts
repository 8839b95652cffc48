import type { Command } from 'commander';
import type { Client } from '../client/client.ts';
import type { QueueOptions } from '../client/queue.ts';
import { connectionOf, type GlobalFlags } from './connection.ts';
import { failure } from './exit-error.ts';
import { printGoJson } from './go-json.ts';
import { createStyle, type Style } from './screen/style.ts';
import type { Surroundings } from './surroundings.ts';
import { type Waiting, waitInterruptibly } from './waiting.ts';

/** How a value is shown: to a program, or to a person at a terminal. */
export interface Views<Value> {
  /** heketi-cli's text, to the byte. */
  text(value: Value): string;
  /** For a terminal; without it, the text. */
  screen?(value: Value, style: Style): string | Promise<string>;
}

/** One run of one command: its arguments and flags, the server, the terminal. */
export class Run {
  readonly around: Surroundings;
  readonly args: readonly string[];
  readonly globals: GlobalFlags;
  #client: Client | undefined;

  constructor(around: Surroundings, command: Command) {
    this.around = around;
    this.args = command.args;
    this.globals = rootOf(command).opts<GlobalFlags>();
  }

  /** The server; connections are kept until the run ends. @throws ClientError for a wrong address. */
  get client(): Client {
    this.#client ??= this.around.createClient(connectionOf(this.globals, this.around));
    return this.#client;
  }

  get isJson(): boolean {
    return this.globals.json === true;
  }

  /** A person looks at the output. */
  get isScreen(): boolean {
    return this.around.stdout.isTTY === true && !this.isJson;
  }

  get style(): Style {
    return createStyle(this.isScreen, this.around.env);
  }

  /** An argument that has to be there. @throws ExitError with `complaint`. */
  required(at: number, complaint: string): string {
    const value = this.args[at];
    if (value === undefined || value === '') throw failure(complaint);
    return value;
  }

  print(text: string): void {
    this.around.stdout.write(text);
  }

  /** As heketi-cli prints JSON: compact, without a newline at its end. */
  printJson(value: unknown): void {
    printGoJson(value, (piece) => this.print(piece));
  }

  /** A line beside the output, on stderr. */
  complain(text: string): void {
    this.around.stderr.write(`${text}\n`);
  }

  /** For people only: on stderr, and only when they look. */
  note(text: string): void {
    if (this.isScreen && this.around.stderr.isTTY === true) this.around.stderr.write(`${text}\n`);
  }

  async show<Value>(value: Value, views: Views<Value>): Promise<void> {
    if (this.isJson) this.printJson(value);
    else if (this.isScreen && views.screen !== undefined) this.print(await views.screen(value, this.style));
    else this.print(views.text(value));
  }

  /**
   * Waits for an operation: with its progress on a terminal, and so that Ctrl-C ends the wait and not the operation.
   *
   * @param title what is waited for: "Creating the volume".
   */
  wait<Value>(title: string, work: (options: QueueOptions) => Promise<Value>): Promise<Value> {
    const { stderr, env } = this.around;
    const isShown = this.isScreen && stderr.isTTY === true && env.TERM !== 'dumb';
    return waitInterruptibly({ ...this.#waiting, title, style: isShown ? this.style : undefined }, work);
  }

  /** The same without progress, where lines of its own tell what happens. */
  waitQuietly<Value>(work: (options: QueueOptions) => Promise<Value>): Promise<Value> {
    return waitInterruptibly({ ...this.#waiting, title: '', style: undefined }, work);
  }

  get #waiting(): Pick<Waiting, 'around' | 'client'> {
    return { around: this.around, client: this.client };
  }

  close(): void {
    if (this.#client?.isSimulated === true) {
      this.note(this.style.warn('The nodes of this server are simulated: nothing it made is real.'));
    }
    this.#client?.close();
  }
}

function rootOf(command: Command): Command {
  return command.parent === null ? command : rootOf(command.parent);
}
