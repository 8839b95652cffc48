import type { Command } from 'commander';
import type { Surroundings } from './cli/surroundings.ts';
import type { ConfigFlags } from './config/definition.ts';

/** Flags that the server and the check of its configuration share. */
function withConfigFlags(command: Command): Command {
  return command
    .option('--config <file>', 'configuration file, YAML or JSON; also a heketi.json')
    .option('--listen <host:port>', 'where to listen')
    .option('--db <file>', 'database file')
    .option('--simulate', 'work on simulated nodes')
    .option('--simulation-file <file>', 'what the simulated nodes are like')
    .option('--log-level <level>', 'trace, debug, info, warn, error or fatal')
    .option('--disable-auth', 'let everybody in without a token');
}

/**
 * Adds what runs on the manager's own machine: `serve` and `config check`. The server is loaded only by these commands:
 * the others are clients and start quickly.
 */
export function addServerCommands(program: Command, around: Surroundings): void {
  withConfigFlags(program.command('serve').description('run the manager in the foreground')).action(
    async (flags: ConfigFlags) => (await import('./serve.ts')).serve(flags),
  );

  const config = program.command('config').description('look at the configuration of the manager');
  withConfigFlags(
    config.command('check').description('check the whole configuration and tell all its faults'),
  )
    .option('--show', 'print every setting with its value and where it comes from')
    .action(async (flags: ConfigFlags & { show?: boolean }, command: Command) => {
      const { show, ...rest } = flags;
      const isJson = command.optsWithGlobals<{ json?: boolean }>().json === true;
      const { checkConfiguration } = await import('./config-check.ts');
      checkConfiguration(rest, { isShown: show === true, isJson }, around.stdout);
    });
}
