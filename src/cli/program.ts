import { Command, CommanderError, type Option } from 'commander';
import { type CommandLine, readLine } from './arguments/read-line.ts';
import { addAdoptCommands } from './commands/adopt.ts';
import { addBackupCommands } from './commands/backup.ts';
import { addBlockVolumeCommands } from './commands/block-volume.ts';
import { addClusterCommands } from './commands/cluster.ts';
import { addCompletionCommands } from './commands/completion.ts';
import { addDeviceCommands } from './commands/device.ts';
import { addDoctorCommands } from './commands/doctor.ts';
import { addHelpCommand } from './commands/help.ts';
import { addNodeCommands } from './commands/node.ts';
import { addOperationCommands } from './commands/operation.ts';
import { addRebuildCommand } from './commands/rebuild.ts';
import { addBrickCommands, addWhatIf } from './commands/replacement.ts';
import { addDatabaseCommands, addLogLevelCommands, addServerGroup } from './commands/server.ts';
import { addSetupStorage } from './commands/setup-storage.ts';
import { addTopologyCommands } from './commands/topology.ts';
import { addVolumeCommands } from './commands/volume.ts';
import { addGlobalFlags } from './connection.ts';
import { ExitError, failureCode, interruptedCode } from './exit-error.ts';
import { hintFor } from './hints.ts';
import { createStyle } from './screen/style.ts';
import { type Surroundings, systemSurroundings } from './surroundings.ts';

/**
 * The command line of Mortar. It is a commander command, so groups are added to it as to any other; they throw `ExitError`,
 * or anything else for a failure.
 *
 * @param options what is other than in this process: version, output, environment, …
 */
export function createProgram(options: Partial<Surroundings> = {}): Program {
  const program = new Program({ ...systemSurroundings, ...options });
  const { around } = program;
  addGlobalFlags(program);
  addClusterCommands(program, around);
  addNodeCommands(program, around);
  addDeviceCommands(program, around);
  addVolumeCommands(program, around);
  addBlockVolumeCommands(program, around);
  addBrickCommands(program, around);
  addWhatIf(program, around);
  addTopologyCommands(program, around);
  addOperationCommands(program, around);
  addDoctorCommands(program, around);
  addAdoptCommands(program, around);
  addRebuildCommand(program, around);
  addBackupCommands(program, around);
  addServerGroup(program, around);
  addLogLevelCommands(program, around);
  addDatabaseCommands(program, around);
  addSetupStorage(program, around);
  addCompletionCommands(program, around);
  addHelpCommand(program);
  return program;
}

export class Program extends Command {
  readonly around: Surroundings;

  constructor(around: Surroundings) {
    super(around.name);
    this.around = around;
    this.description('Volumes from the disks of many Linux machines.')
      .usage('[flags] <command>')
      .option('-v, --version', 'print the version')
      .helpCommand(false)
      .allowExcessArguments()
      .exitOverride()
      .configureHelp({ showGlobalOptions: true, visibleGlobalOptions: globalFlagsOf })
      .configureOutput({
        writeOut: (text) => around.stdout.write(text),
        writeErr: (text) => around.stderr.write(text),
        // What commander complains about is reported like everything else.
        outputError: () => undefined,
      });
    // A reader that goes away, such as `head`, is no fault.
    for (const output of [around.stdout, around.stderr]) output.on?.('error', () => undefined);
  }

  /** Sub-commands are ordinary commands; the word `help` is the program's alone. */
  override createCommand(name?: string): Command {
    return new Subcommand(name);
  }

  /**
   * Runs one command, reading the line as heketi-cli does (wire contract section 18.1).
   *
   * @param words the command line without the program's name.
   * @returns the exit code (docs/reference/cli.md). Whatever went wrong has been written to stderr.
   */
  async run(words: readonly string[]): Promise<number> {
    try {
      const line = readLine(this, words);
      if (!this.#answersItself(line)) await this.parseAsync([...line.argv], { from: 'user' });
      return 0;
    } catch (thrown) {
      return this.#report(thrown);
    }
  }

  /** Version and help; a group without a sub-command that it knows shows its help, and that is no error. */
  #answersItself({ command, wantsHelp, args, argv }: CommandLine): boolean {
    const { stdout, stderr, name, version } = this.around;
    // A group that takes arguments does something by itself.
    const isGroup = command.commands.length > 0 && command.registeredArguments.length === 0;
    if (wantsHelp) command.outputHelp();
    else if (command === this && argv.includes('--version')) stdout.write(`${name} ${version}\n`);
    else if (isGroup) command.outputHelp({ error: command === this });
    else return false;
    const [unknown] = args;
    if (isGroup && unknown !== undefined && stderr.isTTY === true) {
      stderr.write(`\n"${command.name()}" has no command "${unknown}".\n`);
    }
    return true;
  }

  #report(thrown: unknown): number {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return 0;
    const { stderr, stdout, env } = this.around;
    const code = thrown instanceof ExitError ? thrown.exitCode : failureCode;
    const message = (thrown instanceof Error ? thrown.message : String(thrown)).replace(/^error: /, '');
    if (code === interruptedCode) stderr.write(`\n${message}\n`);
    else if (message !== '') {
      const style = createStyle(stderr.isTTY === true, env);
      const hint = stderr.isTTY === true && stdout.isTTY === true ? hintFor(thrown) : undefined;
      stderr.write(`${style.bad('Error:')} ${message}\n${hint === undefined ? '' : style.dim(`${hint}\n`)}`);
    }
    return code;
  }
}

class Subcommand extends Command {
  constructor(name?: string) {
    super(name);
    this.helpCommand(false);
  }

  override createCommand(name?: string): Command {
    return new Subcommand(name);
  }
}

/** The version is the program's alone. */
function globalFlagsOf(command: Command): Option[] {
  const { parent } = command;
  if (parent === null) return [];
  const flags = parent.options.filter(({ hidden, long }) => !hidden && long !== '--version');
  return [...globalFlagsOf(parent), ...flags];
}
