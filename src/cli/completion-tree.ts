/** What can be completed on a command line; the shells' scripts are @bomb.sh/tab's. */
import { RootCommand, type Command as TabCommand } from '@bomb.sh/tab';
import type { Command } from 'commander';
import { takesValue, visibleCommands } from './arguments/find-command.ts';
import { type Candidate, valueNameOf } from './completion-values.ts';

/** Values of arguments and flags, by what they are called (`valueNameOf`). */
export type CandidatesFor = (valueName: string) => readonly Candidate[];

/** The tree of a program's commands, flags and arguments as @bomb.sh/tab takes it. */
export function completionTree(program: Command, candidatesFor: CandidatesFor): RootCommand {
  const root = new RootCommand();
  addFlags(root, program, candidatesFor);
  for (const { path, command } of allCommands(program)) {
    const entry = root.command(path, command.description());
    addFlags(entry, command, candidatesFor);
    for (const argument of command.registeredArguments) {
      const candidates = candidatesFor(argument.name());
      entry.argument(argument.name(), (complete) => each(candidates, complete), argument.variadic);
    }
  }
  return root;
}

function allCommands(parent: Command, prefix = ''): { path: string; command: Command }[] {
  return visibleCommands(parent).flatMap((command) => {
    const path = `${prefix}${command.name()}`;
    return [{ path, command }, ...allCommands(command, `${path} `)];
  });
}

function addFlags(entry: TabCommand, holder: Command, candidatesFor: CandidatesFor): void {
  const help = holder.createHelp();
  for (const option of [...help.visibleOptions(holder), ...help.visibleGlobalOptions(holder)]) {
    const name = option.long?.slice(2);
    if (name === undefined || entry.options.has(name)) continue;
    const alias = option.short?.slice(1);
    if (!takesValue(option)) entry.option(name, option.description, alias);
    else {
      const candidates = candidatesFor(valueNameOf(option));
      entry.option(name, option.description, (complete) => each(candidates, complete), alias);
    }
  }
}

function each(
  candidates: readonly Candidate[],
  complete: (value: string, description: string) => void,
): void {
  for (const { value, description } of candidates) complete(value, description);
}
