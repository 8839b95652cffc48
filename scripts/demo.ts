/**
 * `npm run demo`: Mortar's main job from nothing, on simulated nodes. A server, the topology of six machines, a volume:
 * planned, created, shown. On a terminal the server stays until Ctrl-C, so that one can go on by hand.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import picocolors from 'picocolors';

const program = 'dist/main.js';
const topology = 'topology-samples/three-zones.yaml';
const wantedPort = 8080;

const say = (text: string): void => console.log(picocolors.bold(`\n${text}`));

/** The port people expect, or any other when it is taken. */
async function findPort(wanted: number): Promise<number> {
  const server = createServer();
  const isFree = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(wanted, '127.0.0.1', () => resolve(true));
  });
  if (!isFree) return findPort(0);
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

async function startServer(folder: string, port: number, keys: Keys): Promise<ChildProcess> {
  const argv = [
    program,
    'serve',
    '--simulate',
    '--listen',
    `127.0.0.1:${port}`,
    '--db',
    join(folder, 'mortar.db'),
  ];
  const child = spawn(process.execPath, argv, {
    env: { ...process.env, HEKETI_ADMIN_KEY: keys.admin, HEKETI_USER_KEY: keys.user },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = createWriteStream(join(folder, 'mortar.log'));
  child.stderr?.pipe(log);
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('Listening')) resolve();
    });
    child.once('exit', (code) =>
      reject(new Error(`the server ended with exit code ${code}; see ${folder}/mortar.log`)),
    );
  });
  return child;
}

interface Keys {
  readonly admin: string;
  readonly user: string;
}

/** Runs `mortar …` as a person would, and shows the line. */
async function mortar(env: Readonly<Record<string, string>>, ...words: readonly string[]): Promise<void> {
  console.log(picocolors.cyan(`\n$ mortar ${words.join(' ')}`));
  const child = spawn(process.execPath, [program, ...words], {
    env: { ...process.env, ...env },
    stdio: 'inherit',
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`mortar ${words.join(' ')} ended with exit code ${code}`);
}

async function tour(env: Readonly<Record<string, string>>): Promise<void> {
  say(`1. The machines and their disks, from ${topology}`);
  await mortar(env, 'topology', 'apply', '--yes', topology);
  say('2. Where would a volume of 100 GiB with three copies go?');
  await mortar(env, 'volume', 'plan', '--size=100');
  say('3. Create it');
  await mortar(env, 'volume', 'create', '--size=100', '--name=demo');
  say('4. What there is now, and what was done for it');
  await mortar(env, 'volume', 'list');
  await mortar(env, 'operation', 'list', '--limit=3');
}

function nextSteps(env: Readonly<Record<string, string>>, isStaying: boolean): string {
  const exports = Object.entries(env).map(([name, value]) => `  export ${name}=${value}`);
  const goOn = isStaying
    ? ['Go on by hand, in another terminal:', '', ...exports, `  node ${program} volume create --size=10`, '']
    : [];
  return [
    '',
    ...goOn,
    picocolors.bold('These nodes were SIMULATED: nothing was stored anywhere.'),
    'With real machines: name them in a topology file, give Mortar a key that opens them, and start',
    '',
    '  mortar serve --config /etc/mortar/mortar.yaml',
    '',
    'docs/guide.md leads from bare machines to a mounted volume.',
    ...(isStaying ? ['', 'Ctrl-C ends this server.'] : []),
  ].join('\n');
}

const keys: Keys = { admin: randomBytes(12).toString('hex'), user: randomBytes(12).toString('hex') };
const folder = mkdtempSync(join(tmpdir(), 'mortar-demo-'));
const port = await findPort(wantedPort);
const env = { MORTAR_SERVER: `http://127.0.0.1:${port}`, MORTAR_USER: 'admin', MORTAR_KEY: keys.admin };
let server: ChildProcess | undefined;
// The server is in the same process group: Ctrl-C ends it, too.
process.on('SIGINT', () => undefined);
try {
  server = await startServer(folder, port, keys);
  console.log(
    picocolors.yellow(
      `Mortar listens on ${env.MORTAR_SERVER}, with SIMULATED nodes. API: /docs on the same address.`,
    ),
  );
  await tour(env);
  const isStaying = process.stdout.isTTY;
  console.log(nextSteps(env, isStaying));
  if (isStaying) await once(server, 'exit');
} catch (thrown) {
  console.error(thrown instanceof Error ? thrown.message : thrown);
  process.exitCode = 1;
} finally {
  if (server !== undefined && server.exitCode === null && server.signalCode === null) {
    server.kill('SIGTERM');
    await once(server, 'exit');
  }
  rmSync(folder, { recursive: true, force: true });
}
