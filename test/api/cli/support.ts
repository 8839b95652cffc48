import { PassThrough } from 'node:stream';
import { createProgram } from '../../../src/cli/program.ts';
import type { Surroundings } from '../../../src/cli/surroundings.ts';
import { testKeys } from '../../support/manager.ts';

interface CliAnswer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs command lines against a real server, as its administrator. */
export type Mortar = (...words: string[]) => Promise<CliAnswer>;

export function mortarAt(url: string, around: Partial<Surroundings> = {}): Mortar {
  return async (...words) => {
    let stdout = '';
    let stderr = '';
    const program = createProgram({
      env: { MORTAR_SERVER: url, MORTAR_USER: 'admin', MORTAR_KEY: testKeys.admin },
      stdin: Object.assign(new PassThrough(), { isTTY: false }),
      stdout: { write: (text) => (stdout += text) },
      stderr: { write: (text) => (stderr += text) },
      onInterrupt: () => () => undefined,
      ...around,
    });
    return { code: await program.run(words), stdout, stderr };
  };
}

/** The line of an output that begins with `name: `, without that. */
export function field(output: string, name: string): string {
  const line = output.split('\n').find((each) => each.startsWith(`${name}: `));
  if (line === undefined) throw new Error(`no line "${name}: " in ${JSON.stringify(output)}`);
  return line.slice(name.length + 2);
}
