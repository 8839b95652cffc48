import { createInterface } from 'node:readline/promises';
import { ExitError, interruptedCode } from './exit-error.ts';
import type { Surroundings } from './surroundings.ts';

/** Whether somebody is there to answer. */
export const canAsk = ({ stdin, stdout, stderr }: Surroundings): boolean =>
  stdin.isTTY === true && stdout.isTTY === true && stderr.isTTY === true;

/** Asks on the terminal; only a yes is a yes. @throws ExitError 130 when the question is left with Ctrl-C or Ctrl-D. */
export async function confirm({ stdin, stderr }: Surroundings, question: string): Promise<boolean> {
  const lines = createInterface({ input: stdin, crlfDelay: Number.POSITIVE_INFINITY });
  const left = new AbortController();
  lines.once('SIGINT', () => left.abort());
  lines.once('close', () => left.abort());
  try {
    stderr.write(`${question} [y/N] `);
    const answer = await lines.question('', { signal: left.signal });
    return /^y(es)?$/i.test(answer.trim());
  } catch {
    throw new ExitError(interruptedCode, 'Nothing was changed.');
  } finally {
    lines.close();
  }
}
