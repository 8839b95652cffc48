/** What is asked of a node and what it answers: the words that storage/ speaks and executors/ carry. */

/** Where commands go. */
export interface Host {
  /** Mortar's node id: keys kept connections and logs. */
  readonly nodeId: string;
  /** The manage host name: a DNS name or an IP address, without port. */
  readonly address: string;
}

/** One program call. `argv` is quoted in the transport, in one place; nothing above ever composes shell text. */
export interface Command {
  /** What this does, in a few words, for errors and logs: "create thin volume brick_ab12". Never holds secrets. */
  readonly label: string;
  readonly argv: readonly string[];
  /** Text given on standard input; without it standard input is empty. */
  readonly stdin?: string;
  /** Exit codes that count as success; `[0]` when absent. */
  readonly expect?: readonly number[];
  /** Text that stdout must hold to count as success: gluster's XML reports failures with exit code 0. */
  readonly expectStdout?: string;
  /** A cheap test: when this argv exits 0 the command is skipped, because what it makes exists already. */
  readonly unless?: readonly string[];
  /** A failure is recorded in the result and the next command runs all the same. */
  readonly optional?: boolean;
  /**
   * Not ended when the batch is cut off (cancel, deadline, lost connection), since ending the program would not end
   * what it has begun (a gluster transaction). It holds the batch's lock until it ends, so a later batch waits for it.
   */
  readonly unstoppable?: boolean;
  /** The answer holds secrets: it is shown to nobody and kept nowhere. */
  readonly hasSecrets?: boolean;
  /** More output than this on one stream is an error instead of being kept; 4 MiB when absent. */
  readonly maxOutputBytes?: number;
}

export interface CommandResult {
  readonly label: string;
  /** `skipped`: its `unless` test passed. `failed` is only seen for optional commands; others throw. */
  readonly status: 'ok' | 'failed' | 'skipped';
  /** The exit code (128 + n after signal n); 0 for a skipped command. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const longestWords = 2000;

/** LVM warns of this and that before it says what is wrong. */
const warning = /^\s*WARNING: /;

function withoutWarnings(all: string): string {
  const grave = all.split('\n').filter((line) => !warning.test(line));
  return grave.join('\n').trim() || all;
}

/**
 * The node's own words about a failed command: stderr, else stdout, else only the exit code; trimmed and bounded. Lines that
 * merely warn are left out where others say what is wrong; the details of the error have them all.
 */
export function nodesWords(result: Pick<CommandResult, 'stdout' | 'stderr' | 'exitCode'>): string {
  const all = result.stderr.trim() || result.stdout.trim() || `exit code ${result.exitCode} and no output`;
  const words = all.includes('WARNING: ') ? withoutWarnings(all) : all;
  return words.length > longestWords ? `${words.slice(0, longestWords)} …` : words;
}
