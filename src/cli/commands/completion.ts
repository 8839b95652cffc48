import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import type { Client } from '../../client/client.ts';
import { findCommand, flagsOf, takesValue } from '../arguments/find-command.ts';
import { type Candidate, valueNameOf } from '../completion-values.ts';
import { defineAction } from '../define.ts';
import { failure } from '../exit-error.ts';
import type { Surroundings } from '../surroundings.ts';

const shells = ['bash', 'zsh', 'fish', 'powershell'];
/** A shell that waits longer is a nuisance. */
const patienceMs = 1500;
const listedOperations = 30;

export function addCompletionCommands(program: Command, around: Surroundings): void {
  const completion = program
    .command('completion')
    .argument('[shell]')
    .description(`print a script that completes commands: ${shells.join(', ')}`)
    .addHelpText('after', `\nExample:\n  source <(${around.name} completion bash)`);
  defineAction(completion, around, async (run) => {
    const shell = run.required(0, `Shell missing: ${shells.join(', ')}`);
    if (!shells.includes(shell)) throw failure(`unknown shell "${shell}": choose ${shells.join(', ')}`);
    const { RootCommand } = await import('@bomb.sh/tab');
    new RootCommand().setup(around.name, around.name, shell);
  });
  // What the scripts call.
  const complete = program.command('complete', { hidden: true }).argument('[words...]');
  defineAction(complete, around, async (run) => {
    const words = [...run.args];
    const wanted = wantedValue(program, words);
    const candidates =
      wanted === undefined ? [] : await candidatesOf(wanted, words.at(-1) ?? '', () => run.client);
    const { completionTree } = await import('../completion-tree.ts');
    const tree = completionTree(program, (valueName) =>
      valueName === wanted?.valueName ? candidates : fixedCandidates(valueName),
    );
    tree.parse(words);
  });
}

const fixedValues: Readonly<Record<string, readonly string[]>> = {
  durability: ['none', 'replicate', 'disperse'],
  shell: shells,
};

const fixedCandidates = (valueName: string): Candidate[] =>
  (fixedValues[valueName] ?? []).map((value) => ({ value, description: '' }));

interface Wanted {
  /** As the help calls it: `id`, `cluster`, `file`. */
  readonly valueName: string;
  /** Whose ids: that of a group. */
  readonly noun: string;
}

const nouns = new Set(['cluster', 'node', 'device', 'volume', 'operation']);

/** What the last word stands for: the value of a flag, or an argument. */
function wantedValue(program: Command, words: readonly string[]): Wanted | undefined {
  const current = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  let command: Command;
  try {
    ({ command } = findCommand(program, before));
  } catch {
    return undefined;
  }
  const flags = flagsOf(command);
  const flagWord = current.startsWith('-') ? current.split('=', 1)[0] : before.at(-1);
  const option = flags.get(flagWord ?? '');
  const isValue =
    option !== undefined && takesValue(option) && (!current.startsWith('-') || current.includes('='));
  if (isValue) {
    const valueName = valueNameOf(option);
    return { valueName, noun: valueName.replace(/s$/, '') };
  }
  const [argument] = command.registeredArguments;
  if (current.startsWith('-') || argument === undefined) return undefined;
  const noun = command.name() === 'patch' ? 'volume' : (command.parent?.name() ?? '');
  return { valueName: argument.name(), noun };
}

/** Nothing when the server cannot be asked: a completion has no place for errors. */
async function candidatesOf(
  { valueName, noun }: Wanted,
  current: string,
  client: () => Client,
): Promise<Candidate[]> {
  if (valueName === 'file') return files(current);
  if (!nouns.has(noun)) return fixedCandidates(valueName);
  try {
    return await ask(noun, client());
  } catch {
    return [];
  }
}

async function ask(noun: string, client: Client): Promise<Candidate[]> {
  const signal = AbortSignal.timeout(patienceMs);
  if (noun === 'operation') {
    const { operations } = await client.operations.history({ limit: listedOperations, signal });
    return operations.map(({ id, kind, state }) => ({ value: id, description: `${kind}, ${state}` }));
  }
  const { clusters } = await client.topology.get({ signal });
  const nodes = clusters.flatMap((cluster) => cluster.nodes);
  switch (noun) {
    case 'cluster':
      return clusters.map(({ id, nodes: its }) => ({ value: id, description: `${its.length} nodes` }));
    case 'node':
      return nodes.map(({ id, hostnames }) => ({ value: id, description: hostnames.manage[0] ?? '' }));
    case 'device':
      return nodes.flatMap(({ hostnames, devices }) =>
        devices.map(({ id, name }) => ({
          value: id,
          description: `${name} on ${hostnames.manage[0] ?? ''}`,
        })),
      );
    default:
      return clusters.flatMap(({ volumes }) =>
        volumes.map(({ id, name }) => ({ value: id, description: name })),
      );
  }
}

/** Files and folders that the word may go on to. */
function files(current: string): Candidate[] {
  const word = current.replace(/^--[^=]*=/, '');
  const folder = word.endsWith('/') ? word : dirname(word);
  try {
    const entries = readdirSync(folder === '' ? '.' : folder, { withFileTypes: true });
    return entries.map((entry) => {
      const path = folder === '.' && !word.startsWith('./') ? entry.name : join(folder, entry.name);
      return { value: entry.isDirectory() ? `${path}/` : path, description: '' };
    });
  } catch {
    return [];
  }
}
