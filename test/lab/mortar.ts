import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { EventParser } from '../../src/client/event-parser.ts';
import { openDatabase } from '../../src/db/database.ts';
import type { Reads } from '../../src/db/queries.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { Wire } from '../support/wire.ts';
import type { Lab, LabNode } from './lab.ts';
import { type ProcessOutcome, runProcess } from './run-process.ts';

const keys = { admin: 'lab-admin-key', user: 'lab-user-key' };
const program = 'dist/main.js';

/** As the history of operations lists it. */
interface Operation {
  readonly kind: string;
  readonly finished: string | null;
  readonly waiting: unknown;
}

/** A real `mortar serve` process beside the lab's nodes. Runs inside the lab's network. */
export class Mortar {
  readonly wire: Wire;
  readonly #lab: Lab;
  readonly #folder: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #port: number;
  #process: ChildProcess | undefined;

  constructor(
    lab: Lab,
    folder: string,
    options: { readonly port?: number; readonly env?: Readonly<Record<string, string>> } = {},
  ) {
    this.#lab = lab;
    this.#folder = folder;
    this.#port = options.port ?? 8099;
    this.#env = {
      HEKETI_ADMIN_KEY: keys.admin,
      HEKETI_USER_KEY: keys.user,
      MORTAR_SSH_KEY_FILE: lab.keyFile,
      MORTAR_SSH_KNOWN_HOSTS_FILE: lab.knownHostsFile,
      MORTAR_HEALTH_ENABLED: 'false',
      ...options.env,
    };
    this.wire = new Wire(this.url, keys);
  }

  /** As clients beside it reach it. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get adminKey(): string {
    return keys.admin;
  }

  get databasePath(): string {
    return join(this.#folder, 'mortar.db');
  }

  /** Starts the process and waits until it is ready. */
  async start(): Promise<void> {
    const argv = [program, 'serve', '--listen', `127.0.0.1:${this.#port}`, '--db', this.databasePath];
    const child = spawn(process.execPath, argv, {
      env: { ...process.env, ...this.#env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = child;
    const log = createWriteStream(join(this.#folder, 'mortar.log'), { flags: 'a' });
    child.stderr?.pipe(log);
    let output = '';
    await new Promise<void>((resolve, reject) => {
      child.stdout?.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (output.includes('Listening on port')) resolve();
      });
      child.once('exit', (code) =>
        reject(new Error(`mortar serve ended with exit code ${code}; see ${this.#folder}/mortar.log`)),
      );
    });
  }

  /** Ends the process at once, as nothing else does: no handler runs, nothing is flushed. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Ends the process in order. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** Runs a command of the command line against this server. */
  cli(...words: string[]): Promise<ProcessOutcome> {
    return runProcess([process.execPath, program, ...words], {
      env: {
        HEKETI_CLI_SERVER: `http://127.0.0.1:${this.#port}`,
        HEKETI_CLI_USER: 'admin',
        HEKETI_CLI_KEY: keys.admin,
      },
      timeoutMs: 300_000,
    });
  }

  /** Reads the database while no process has it. */
  async read<T>(look: (reads: Reads) => Promise<T>): Promise<T> {
    const database = openDatabase({ path: this.databasePath, clock: systemClock });
    try {
      return await look(database.read);
    } finally {
      await database.close();
    }
  }

  /** The lab's topology as a document: every node with its two disks, or with those that are said here. */
  topology(
    devices: Readonly<Record<string, readonly string[]>> = {},
    nodes: readonly LabNode[] = this.#lab.nodes,
  ): object {
    return {
      clusters: [
        {
          nodes: nodes.map(({ name, address, zone }) => ({
            node: { hostnames: { manage: [name], storage: [address] }, zone },
            devices: [...(devices[name] ?? this.#lab.disks)],
          })),
        },
      ],
    };
  }

  /** Waits until no operation is unfinished; at most a minute, as promised after a crash. */
  async settle(): Promise<void> {
    await this.#whenEnded(() => true);
  }

  /**
   * Waits until nothing is written to the nodes that nobody asked for: what volume groups say follows a change by ten seconds.
   *
   * @returns how often it was written; the same afterwards means that it was not in between.
   */
  async rest(): Promise<number> {
    const isOwn = ({ kind }: Operation) => kind === 'write-imprints';
    if (this.#process === undefined) return 0;
    const operations = await this.#whenEnded((operation) => isOwn(operation) && operation.waiting === null);
    return operations.filter(isOwn).length;
  }

  async #whenEnded(isMeant: (operation: Operation) => boolean): Promise<Operation[]> {
    const deadline = Date.now() + 60_000;
    for (;;) {
      const { operations } = (await this.wire.send('/operations/history?limit=1000')).json() as {
        operations: Operation[];
      };
      const unfinished = operations.filter((operation) => operation.finished === null && isMeant(operation));
      if (unfinished.length === 0) return operations;
      if (Date.now() > deadline) throw new Error(`unfinished after a minute: ${JSON.stringify(unfinished)}`);
      await systemClock.sleep(200);
    }
  }

  /**
   * Kills this Mortar at the `nth` moment of an operation, see `untilStep`, or so much later.
   *
   * @returns false when it ended before that moment.
   */
  async killAtStep(operationId: string, nth: number, delayMs = 0): Promise<boolean> {
    const path = `/operations/${operationId}/events`;
    const token = await this.wire.token('GET', path);
    const stream = await fetch(`http://127.0.0.1:${this.#port}${path}`, {
      headers: { authorization: `bearer ${token}` },
    });
    const isReached = await untilStep(stream.body, nth);
    if (!isReached) return false;
    await systemClock.sleep(delayMs);
    await this.kill();
    return true;
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }
}

/**
 * Reads events until the first step has begun (1), or the `nth - 1`th has ended: steps of a stage begin all at once.
 *
 * @returns false when the operation ended before.
 */
async function untilStep(events: AsyncIterable<Uint8Array> | null, nth: number): Promise<boolean> {
  const parser = new EventParser();
  const decoder = new TextDecoder();
  let ended = 0;
  for await (const piece of events ?? []) {
    for (const { type, data } of parser.push(decoder.decode(piece, { stream: true }))) {
      if (type === 'end') return false;
      if (type !== 'step') continue;
      if (nth === 1) return true;
      if ((JSON.parse(data) as { state: string }).state === 'done') ended += 1;
      if (ended === nth - 1) return true;
    }
  }
  throw new Error('the stream of events ended without its last event');
}
