import type { Command } from 'commander';
import { Run } from './run.ts';
import type { Surroundings } from './surroundings.ts';

/** What a command does; its arguments are in `run.args`. */
export type Handler<Flags> = (run: Run, flags: Flags) => Promise<void>;

/** A group of commands: `mortar volume`. */
export function addGroup(program: Command, name: string, description: string): Command {
  return program.command(name).description(description).usage('[flags] <command>');
}

/** Lets a command run with a connection that is closed when it ends. Surplus arguments are passed over. */
export function defineAction<Flags extends object>(
  command: Command,
  around: Surroundings,
  handle: Handler<Flags>,
): Command {
  return command.allowExcessArguments().action(async () => {
    const run = new Run(around, command);
    try {
      await handle(run, command.opts<Flags>());
    } finally {
      run.close();
    }
  });
}
