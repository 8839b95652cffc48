/** A start of the built server until its first answers; then the code that V8 has made by then is written down. */
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { ProgramPieces, writeCode } from '../../src/program-pieces.ts';

const [, , folder = '', scratch = ''] = process.argv;
const routes = ['/hello', '/clusters', '/topology', '/metrics'];

const pieces = new ProgramPieces(folder);
const listening = portFromOutput();
const flags = ['--simulate', '--disable-auth', '--listen', '127.0.0.1:0', '--db', join(scratch, 'mortar.db')];
process.argv.splice(2, process.argv.length, 'serve', ...flags, '--log-level', 'error');
pieces.load('program.js');
void listening.then(async (port) => {
  for (const route of routes) await (await fetch(`http://127.0.0.1:${port}${route}`)).text();
  // As at the moment when pieces are loaded: `serve` changes it later, and V8 compares all flags.
  setFlagsFromString('--heap-growing-percent=0');
  for (const [path, script] of pieces.scripts) writeCode(path, script);
  process.exit();
});

function portFromOutput(): Promise<string> {
  return new Promise((resolve) => {
    process.stdout.write = (text: string | Uint8Array): boolean => {
      const port = /Listening on port (\d+)/.exec(String(text))?.[1];
      if (port !== undefined) resolve(port);
      return true;
    };
  });
}
