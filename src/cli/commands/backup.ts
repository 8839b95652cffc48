import type { Command } from 'commander';
import { addGroup, defineAction } from '../define.ts';
import { differencesCode, ExitError, failure } from '../exit-error.ts';
import type { Run } from '../run.ts';
import { backupListScreen } from '../screen/backup-screen.ts';
import type { Surroundings } from '../surroundings.ts';

/** What of `mortar backup` asks the server; the rest works on the manager's own machine. */
export function addBackupCommands(program: Command, around: Surroundings): void {
  const group = addGroup(program, 'backup', 'backups of the database');
  defineAction(
    group.command('list').description('list the backups and show how backing up goes'),
    around,
    async (run) => {
      const list = await run.client.backups.list();
      if (run.isJson) run.printJson(list);
      else run.print(await backupListScreen(list, run.style));
    },
  );
  defineAction(group.command('create').description('make a backup now'), around, async (run) => {
    const backup = await run.client.backups.create();
    if (run.isJson) run.printJson(backup);
    else run.print(`Backup ${backup.id} made: ${backup.name}, ${backup.size} bytes\n`);
  });
  defineAction(
    group
      .command('compare')
      .argument('[backup]')
      .description('restore a backup into a scratch database of the server and compare it with the nodes'),
    around,
    compare,
  );
  defineAction(
    group
      .command('confirm')
      .description('say that the restored database agrees with the nodes: what was unfinished goes on'),
    around,
    async (run) => {
      await run.client.backups.confirmRestored();
      run.print('What was unfinished in the backup goes on\n');
    },
  );
}

/** Without an argument the newest that is not damaged. */
async function compare(run: Run): Promise<void> {
  const id = run.args[0] ?? (await newestId(run));
  const report = await run.client.backups.compare(id);
  const { problems } = report;
  const differences = report.differences ?? [];
  if (run.isJson) run.printJson(report);
  else {
    for (const { text } of problems) run.print(`Fault: ${text}\n`);
    for (const text of differences) run.print(`${text}\n`);
    if (problems.length + differences.length === 0) run.print(`Backup ${id} and the nodes agree.\n`);
  }
  if (problems.length > 0) throw failure(`backup ${id} has faults`);
  if (differences.length > 0) throw new ExitError(differencesCode);
}

async function newestId(run: Run): Promise<string> {
  const { place, backups } = await run.client.backups.list();
  const newest = backups.find(({ fault }) => fault === null);
  if (newest === undefined) throw failure(`${place}: there is no backup`);
  return newest.id;
}
