import { mkdirSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { jsonAnswer, textAnswer } from '../client/support.ts';
import { device, node, volume } from './samples.ts';
import { mortar, type Routes } from './support.ts';

// @bomb.sh/tab writes to the console.
let printed: string[] = [];
beforeEach(() => {
  printed = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line));
});
afterEach(() => vi.restoreAllMocks());

const topology: Routes = {
  'GET /topology': jsonAnswer({
    clusters: [
      {
        id: 'c1',
        nodes: [node({ id: 'n1', devices: [device({ id: 'd1' })] })],
        volumes: [volume({ id: 'v1' })],
      },
    ],
  }),
  'GET /operations/history?limit=30': jsonAnswer({
    operations: [{ id: '0a', kind: 'create-volume', state: 'done', target: {} }],
  }),
};

/** The words that would be offered. */
async function offered(words: readonly string[], routes: Routes = topology): Promise<string[]> {
  const { code, stderr } = await mortar(['complete', '--', ...words], routes);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return printed.filter((line) => line.includes('\t')).map((line) => line.split('\t')[0] ?? '');
}

describe('completion', () => {
  it.each([
    [['vol'], ['volume']],
    [['volume', 'endp'], ['endpoint']],
    [['volume', 'create', '--si'], ['--size']],
    [
      ['volume', 'create', '--durability', ''],
      ['none', 'replicate', 'disperse'],
    ],
    [['completion', 'f'], ['fish']],
    [['volume', 'info', ''], ['v1']],
    [['volume', 'delete', 'v'], ['v1']],
    [['volume', 'endpoint', 'patch', ''], ['v1']],
    [['volume', 'expand', '--volume', ''], ['v1']],
    [['node', 'info', ''], ['n1']],
    [['node', 'add', '--cluster', ''], ['c1']],
    [['cluster', 'info', ''], ['c1']],
    [['device', 'remove', ''], ['d1']],
    [['device', 'add', '--node', ''], ['n1']],
    [['operation', 'watch', ''], ['0a']],
    [['nonsense', ''], []],
  ])('of %j offers %j', async (words, expected) => {
    expect(await offered(words)).toEqual(expected);
  });

  it('says what an id belongs to', async () => {
    await offered(['device', 'info', '']);
    expect(printed[0]).toBe('d1\t/dev/vdb on gl1.example');
  });

  it('offers no hidden commands or flags', async () => {
    expect(await offered([''])).not.toContain('complete');
    printed = [];
    expect(await offered(['cluster', 'create', '--no'])).toEqual([]);
  });

  it("offers the program's flags with every command", async () => {
    expect(await offered(['cluster', 'create', '--'])).toEqual([
      '--block',
      '--file',
      '--help',
      '--server',
      '--user',
      '--secret',
      '--json',
      '--insecure-tls',
      '--tls-cert',
    ]);
  });

  it('offers files where a file is wanted', async () => {
    const folder = temporaryFolder();
    writeFileSync(`${folder}/topology.yaml`, '');
    mkdirSync(`${folder}/topologies`);
    const word = `${folder}/topo`;
    const found = [`${folder}/topologies/`, `${folder}/topology.yaml`];
    expect((await offered(['topology', 'apply', word])).sort()).toEqual(found);
    printed = [];
    expect((await offered(['topology', 'load', `--json=${word}`])).sort()).toEqual(found);
  });

  it('offers nothing, and says nothing, when the server cannot be asked', async () => {
    expect(await offered(['volume', 'info', ''], { 'GET /topology': textAnswer(401, 'no') })).toEqual([]);
  });

  it.each(['bash', 'zsh', 'fish', 'powershell'])('has a script for %s', async (shell) => {
    await mortar(['completion', shell]);
    expect(printed.join('\n')).toMatch(/mortar complete|complete --/);
  });

  it.each([
    [[], 'Shell missing: bash, zsh, fish, powershell'],
    [['ksh'], 'unknown shell "ksh": choose bash, zsh, fish, powershell'],
  ])('with %j fails: %s', async (words, message) => {
    expect((await mortar(['completion', ...words])).stderr).toBe(`Error: ${message}\n`);
  });
});
