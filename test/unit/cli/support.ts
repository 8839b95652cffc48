import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { createProgram } from '../../../src/cli/program.ts';
import type { Input, Output, Surroundings } from '../../../src/cli/surroundings.ts';
import { createClient } from '../../../src/client/client.ts';
import type { HttpRequest, HttpResponse, Transport } from '../../../src/client/transport.ts';
import { type Answer, FakeClock, ScriptedTransport, textAnswer } from '../client/support.ts';

type Route = Answer | Error | ((request: HttpRequest) => Answer | Error);

/** Answers by `METHOD target`; a list is used up one after the other, its last answer stays. */
export type Routes = Readonly<Record<string, Route | readonly Route[]>>;

/** A server that answers what the routes say, and 404 for the rest. */
class RoutedTransport implements Transport {
  readonly address = 'http://mortar.example:8080';
  readonly requests: HttpRequest[] = [];
  readonly #routes: Routes;
  readonly #used = new Map<string, number>();

  constructor(routes: Routes) {
    this.#routes = routes;
  }

  async request(request: HttpRequest): Promise<HttpResponse> {
    this.requests.push(request);
    return new ScriptedTransport([this.#answer(request)]).request(request);
  }

  close(): void {
    this.#used.clear();
  }

  /** `METHOD target` of each request. */
  get asked(): string[] {
    return this.requests.map(({ method, target }) => `${method} ${target}`);
  }

  /** The JSON that was sent to a route. */
  sentTo(route: string): unknown {
    const request = this.requests.find(({ method, target }) => `${method} ${target}` === route);
    return JSON.parse(request?.body ?? 'null');
  }

  #answer(request: HttpRequest): Answer | Error {
    const key = `${request.method} ${request.target}`;
    const found = this.#routes[key];
    if (found === undefined) return textAnswer(404, 'Invalid path or request');
    const turn = this.#used.get(key) ?? 0;
    this.#used.set(key, turn + 1);
    const list = Array.isArray(found) ? (found as readonly Route[]) : [found as Route];
    const route = list[Math.min(turn, list.length - 1)] as Route;
    return typeof route === 'function' ? route(request) : route;
  }
}

class Capture implements Output {
  text = '';
  readonly isTTY: boolean;
  readonly columns = 200;

  constructor(isTTY: boolean) {
    this.isTTY = isTTY;
  }

  write(text: string): boolean {
    this.text += text;
    return true;
  }

  // What a terminal has and a spinner uses.
  cursorTo(): boolean {
    return true;
  }

  clearLine(): boolean {
    return true;
  }

  moveCursor(): boolean {
    return true;
  }
}

export interface Trial {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly server: RoutedTransport;
  readonly clock: FakeClock;
}

export interface TrialOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly isTTY?: boolean;
  /** What is typed. */
  readonly input?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly around?: Partial<Surroundings>;
}

/** Runs one command line against a server with these routes. */
export async function mortar(
  words: readonly string[],
  routes: Routes = {},
  { env = {}, isTTY = false, input = '', files = {}, around = {} }: TrialOptions = {},
): Promise<Trial> {
  const server = new RoutedTransport(routes);
  const clock = new FakeClock();
  const stdout = new Capture(isTTY);
  const stderr = new Capture(isTTY);
  const program = createProgram({
    version: '1.2.3',
    env,
    stdin: inputOf(input, isTTY),
    stdout,
    stderr,
    clock,
    onInterrupt: () => () => undefined,
    createClient: (options) => createClient({ ...options, transport: server, clock, random: () => 0 }),
    readFile: (path) => readFrom(files, path),
    writeFile: () => undefined,
    ...around,
  });
  const code = await program.run(words);
  return { code, stdout: stdout.text, stderr: stderr.text, server, clock };
}

function inputOf(text: string, isTTY: boolean): Input {
  const stream = new PassThrough();
  if (text !== '') stream.write(text);
  return Object.assign(stream, { isTTY });
}

function readFrom(files: Readonly<Record<string, string>>, path: string): string {
  const content = files[path];
  if (content === undefined) throw new Error(`ENOENT: no such file or directory, open '${path}'`);
  return content;
}

/** Colours and cursor movements taken out. */
export const withoutColours = stripVTControlCharacters;
