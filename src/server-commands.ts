import type { Command } from 'commander';
import type { Surroundings } from './cli/surroundings.ts';
import type { ConfigFlags } from './config/definition.ts';
import type { ExportFlags, ImportFlags } from './heketi-commands.ts';
import type { OfflineFlags } from './offline-config.ts';
import type { ProvisionerFlags } from './provisioner-settings.ts';

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
 * Adds what runs on the manager's own machine: `serve`, `config check`, and
 * what works on the database without a server. The server is loaded only by these commands:
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

  addProvisioner(program, around);
  addMigrate(program, around);
  addBackupCommands(program, around);
  addHeketiCommands(program, around);
}

function addProvisioner(program: Command, around: Surroundings): void {
  program
    .command('provisioner')
    .allowExcessArguments(false)
    .description('serve the claims of a Kubernetes cluster with volumes, in the foreground')
    .option('--kubeconfig <file>', 'how to reach Kubernetes (KUBECONFIG; in a pod its service account)')
    .option(
      '--provisioner-name <name>',
      'what StorageClasses name (MORTAR_PROVISIONER_NAME; mortar.io/glusterfs)',
    )
    .option('--in-tree', 'serve classes of kubernetes.io/glusterfs, too (MORTAR_PROVISIONER_IN_TREE)')
    .option('--csi-driver <name>', 'driver of volumes of the form csi (MORTAR_PROVISIONER_CSI_DRIVER)')
    .option('--namespace <name>', 'where the lease is (POD_NAMESPACE; that of the pod)')
    .option('--http <host:port>', 'where /metrics and /healthz are, or off (MORTAR_PROVISIONER_HTTP; :8081)')
    .option('--workers <count>', 'claims served at the same time (MORTAR_PROVISIONER_WORKERS; 100)')
    .option(
      '--retry-longest <seconds>',
      'longest pause before the next try (MORTAR_PROVISIONER_RETRY_LONGEST; 300)',
    )
    .option(
      '--lease-seconds <seconds>',
      'how long others wait for a leader that is silent (MORTAR_PROVISIONER_LEASE_SECONDS; 15)',
    )
    .option('--log-level <level>', 'trace, debug, info, warn, error or fatal (MORTAR_LOG_LEVEL)')
    .option('--log-format <format>', 'json or pretty (MORTAR_LOG_FORMAT)')
    .action(async (flags: ProvisionerFlags, command: Command) =>
      (await import('./provisioner-command.ts')).provision(flags, command, around),
    );
}

/** Flags of commands that work on the database without a manager. */
const withDatabaseFlags = (command: Command): Command =>
  command
    .option('--config <file>', 'configuration file of the manager')
    .option('--db <file>', 'database file');

const isJson = (command: Command): boolean => command.optsWithGlobals<{ json?: boolean }>().json === true;

function addMigrate(program: Command, { stdout }: Surroundings): void {
  withDatabaseFlags(
    program.command('migrate').description('bring the database to the schema of this program'),
  )
    .option('--dry-run', 'try it on a scratch copy and change nothing')
    .action(async (flags: OfflineFlags & { dryRun?: boolean }, command: Command) =>
      (await import('./migrate-command.ts')).runMigrate(flags, isJson(command), stdout),
    );
}

/** What of `mortar backup` needs no server. */
function addBackupCommands(program: Command, { stdout }: Surroundings): void {
  const group = program.commands.find((command) => command.name() === 'backup') ?? program.command('backup');
  const outputOf = (command: Command) => ({
    isJson: isJson(command),
    write: (text: string) => stdout.write(text),
  });
  const withSource = (command: Command): Command =>
    withDatabaseFlags(command).option('--without-checksum', 'take a file that has no manifest beside it');
  withDatabaseFlags(
    group.command('files').description('list the backups at their place, without a server'),
  ).action(async (flags: OfflineFlags, command: Command) =>
    (await import('./backup-commands.ts')).listBackupFiles(flags, outputOf(command)),
  );
  withSource(
    group
      .command('verify')
      .argument('[backup]', 'file, id, or newest', 'newest')
      .description('restore a backup into a scratch database and look for faults'),
  ).action(async (wanted: string, flags: OfflineFlags, command: Command) =>
    (await import('./backup-commands.ts')).verifyBackup(wanted, flags, outputOf(command)),
  );
  withSource(
    group
      .command('restore')
      .argument('<backup>', 'file, id, or newest')
      .description('put a backup in the place of the database, which is kept aside'),
  )
    .option('--to <file>', 'restore to this file instead, for a drill')
    .action(async (wanted: string, flags: OfflineFlags & { to?: string }, command: Command) =>
      (await import('./backup-commands.ts')).restoreBackup(wanted, flags, outputOf(command)),
    );
}

/** The move from Heketi and back: both work on the database while no manager has it. */
function addHeketiCommands(program: Command, { stdout, stderr }: Surroundings): void {
  const outputOf = (command: Command) => ({
    isJson: isJson(command),
    write: (text: string) => stdout.write(text),
    warn: (text: string) => stderr.write(text),
  });
  withDatabaseFlags(
    program
      .command('import')
      .description('fill an empty database from another manager')
      .command('heketi')
      .argument('<dump>', 'JSON of `heketi db export` or of /db/dump; - for standard input')
      .description('take over a database of Heketi'),
  )
    .option('--check', 'compare with the nodes first; differences that put data at risk refuse the import')
    .option('--dry-run', 'tell what would be taken over, and write nothing')
    .option('--without-nodes', 'do not ask the nodes: the brick sets of volumes are a guess then')
    .option('--leave-out-clones', 'leave clones out, which stay on the nodes')
    .action(async (dump: string, flags: ImportFlags, command: Command) =>
      (await import('./heketi-commands.ts')).runImport(dump, flags, outputOf(command)),
    );
  withDatabaseFlags(
    program
      .command('export')
      .description('write the database for another manager')
      .command('heketi')
      .argument('[file]', 'where to write it, not there yet; standard output when absent')
      .description('write a dump that `heketi db import` reads'),
  )
    .option(
      '--passwords-from <dump>',
      'the dump that was imported: passwords of block volumes are taken from it',
    )
    .action(async (file: string | undefined, flags: ExportFlags, command: Command) =>
      (await import('./heketi-commands.ts')).runExport(file, flags, outputOf(command)),
    );
}
