import type { Command } from 'commander';
import type { Surroundings } from './cli/surroundings.ts';
import type { ConfigFlags } from './config/definition.ts';
import { describeConfig, describeConfigAsJson } from './config/describe-config.ts';
import { findingsAsJson, formatFaults, formatWarnings } from './config/fault.ts';
import { checkConfig } from './config/load-config.ts';
import { systemInput } from './config/system-input.ts';
import { AppError } from './errors.ts';
import { serve } from './serve.ts';

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

/** Adds what runs on the manager's own machine: `serve` and `config check`. */
export function addServerCommands(program: Command, around: Surroundings): void {
  withConfigFlags(program.command('serve').description('run the manager in the foreground')).action(
    async (flags: ConfigFlags) => serve(flags),
  );

  const config = program.command('config').description('look at the configuration of the manager');
  withConfigFlags(
    config.command('check').description('check the whole configuration and tell all its faults'),
  )
    .option('--show', 'print every setting with its value and where it comes from')
    .action((flags: ConfigFlags & { show?: boolean }, command: Command) => {
      const { show, ...rest } = flags;
      const isJson = command.optsWithGlobals<{ json?: boolean }>().json === true;
      check(rest, { isShown: show === true, isJson }, around);
    });
}

function check(
  flags: ConfigFlags,
  how: { isShown: boolean; isJson: boolean },
  { stdout }: Surroundings,
): void {
  const { loaded, faults, warnings } = checkConfig(systemInput(flags));
  if (how.isJson) {
    const settings = how.isShown && loaded !== undefined ? { settings: describeConfigAsJson(loaded) } : {};
    stdout.write(
      JSON.stringify({ faults: findingsAsJson(faults), warnings: findingsAsJson(warnings), ...settings }),
    );
  } else {
    if (warnings.length > 0) stdout.write(`${formatWarnings(warnings)}\n`);
    if (how.isShown && loaded !== undefined) stdout.write(`${describeConfig(loaded)}\n`);
    if (faults.length === 0) stdout.write('The configuration has no faults.\n');
  }
  if (faults.length > 0)
    throw new AppError('config.invalid', how.isJson ? `${faults.length} faults` : formatFaults(faults));
}
