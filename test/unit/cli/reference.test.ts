import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../../src/cli/program.ts';
import { addServerCommands } from '../../../src/server-commands.ts';

const page = readFileSync(resolve(import.meta.dirname, '../../../docs/reference/cli.md'), 'utf8');

/** `volume create` and so on: what can be run, hidden commands left out. */
function commandsOf(parent: Command, prefix = ''): { path: string; command: Command }[] {
  const visible = parent.createHelp().visibleCommands(parent);
  return visible.flatMap((command) => {
    const path = `${prefix}${command.name()}`;
    // A group that takes arguments does something by itself.
    const isCommand = command.commands.length === 0 || command.registeredArguments.length > 0;
    return [...(isCommand ? [{ path, command }] : []), ...commandsOf(command, `${path} `)];
  });
}

const program = createProgram();
addServerCommands(program, program.around);
const commands = commandsOf(program);

/** The part of the page about a group. */
function sectionOf(group: string): string {
  const start = page.search(new RegExp(`\n## ${group}\\b`));
  const end = page.indexOf('\n## ', start + 1);
  return page.slice(start, end);
}

describe('docs/reference/cli.md', () => {
  it.each(commands.filter(({ path }) => path !== 'help'))('has $path with its flags', ({ path, command }) => {
    const section = sectionOf(path.split(' ')[0] ?? '');
    const flags = command.createHelp().visibleOptions(command);
    const names = flags.map(({ long }) => long ?? '').filter((name) => name !== '--help');
    expect([path, ...names].filter((word) => !section.includes(word))).toEqual([]);
  });

  it('has the flags of every command', () => {
    const names = createProgram().options.flatMap(({ long, short }) => [long, short]);
    expect(names.filter((name) => name != null && !page.includes(`\`${name}`))).toEqual([]);
  });

  it('shows examples of commands that there are', () => {
    const examples = [...page.matchAll(/`mortar ([a-z]+ [^`]*)`/g)].map(([, line = '']) => line);
    const known = ['help', ...commands.map(({ path }) => path)];
    expect(examples.length).toBeGreaterThan(30);
    expect(examples.filter((line) => !known.some((path) => line.startsWith(path)))).toEqual([]);
  });
});
