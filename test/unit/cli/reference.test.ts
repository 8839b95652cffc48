import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../../src/cli/program.ts';

const page = readFileSync(resolve(import.meta.dirname, '../../../docs/reference/cli.md'), 'utf8');

/** `volume create` and so on: what can be run, hidden commands left out. */
function commandsOf(parent: Command, prefix = ''): { path: string; command: Command }[] {
  const visible = parent.createHelp().visibleCommands(parent);
  return visible.flatMap((command) => {
    const path = `${prefix}${command.name()}`;
    return command.commands.length > 0 ? commandsOf(command, `${path} `) : [{ path, command }];
  });
}

const commands = commandsOf(createProgram());

/** The part of the page about a group. */
function sectionOf(group: string): string {
  const start = page.indexOf(`\n## ${group}`);
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
