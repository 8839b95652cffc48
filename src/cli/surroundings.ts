import { readFileSync, writeFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { type Client, type ClientOptions, createClient } from '../client/client.ts';
import { type Clock, systemClock } from '../lib/clock.ts';

export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  on?(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
}

export type Input = Readable & { readonly isTTY?: boolean };

/** Everything outside that commands use. Tests bring their own. */
export interface Surroundings {
  /** What the program is called: `mortar`. */
  readonly name: string;
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly clock: Clock;
  /** Calls the listener on Ctrl-C, which then does not end the program. @returns the end of it. */
  onInterrupt(listener: () => void): () => void;
  createClient(options: ClientOptions): Client;
  /** @throws the system's error. */
  readFile(path: string): string;
  writeFile(path: string, text: string): void;
}

/** This process and its terminal. */
export const systemSurroundings: Surroundings = {
  name: 'mortar',
  version: 'unknown',
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  clock: systemClock,
  onInterrupt(listener) {
    process.on('SIGINT', listener);
    return () => process.off('SIGINT', listener);
  },
  createClient,
  readFile: (path) => readFileSync(path, 'utf8'),
  writeFile: (path, text) => writeFileSync(path, text),
};
