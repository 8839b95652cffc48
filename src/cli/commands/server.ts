import type { Command } from 'commander';
import { addGroup, defineAction } from '../define.ts';
import { failure } from '../exit-error.ts';
import type { Surroundings } from '../surroundings.ts';
import { countsText, pendingLine, pendingText } from '../text/pending-text.ts';

/** `server …`: the server itself, by heketi-cli's commands. */
export function addServerGroup(program: Command, around: Surroundings): void {
  const group = addGroup(program, 'server', 'the server itself: its unfinished work and its mode');
  addOperations(addGroup(group, 'operations', 'unfinished operations'), around);
  addMode(addGroup(group, 'mode', 'the maintenance mode'), around);
  addExamine(
    addGroup(addGroup(group, 'state', 'what the nodes say'), 'examine', 'look at the nodes'),
    around,
  );
}

function addOperations(group: Command, around: Surroundings): void {
  defineAction(
    group
      .command('info')
      .argument('[id]')
      .description('count the unfinished operations, or show what one changes'),
    around,
    async (run) => {
      const [id] = run.args;
      if (id === undefined) await run.show(await run.client.server.operationCounts(), { text: countsText });
      else await run.show(await run.client.server.pendingOperation(id), { text: pendingText });
    },
  );
  defineAction(group.command('list').description('list the unfinished operations'), around, async (run) => {
    const list = await run.client.server.pendingOperations();
    await run.show(list, { text: ({ pendingoperations: all }) => all.map(pendingLine).join('') });
  });
  defineAction(
    group
      .command('cleanup')
      .argument('[id...]')
      .description('try again at once what is stuck: all, or what is named'),
    around,
    async (run) => {
      run.around.stderr.write(
        'Note: what becomes of each operation is not reported here.\nSee what is left with: server operations list\nand why with: operation info\n',
      );
      await run.wait('Cleaning up', (options) => run.client.server.cleanUp(run.args, options));
    },
  );
}

function addExamine(group: Command, around: Surroundings): void {
  const gluster = group
    .command('gluster')
    .description('print what gluster, LVM and mounts of all nodes say, beside what is on record');
  defineAction(gluster, around, async (run) => run.print(await run.client.server.examine()));
}

function addMode(group: Command, around: Surroundings): void {
  defineAction(group.command('get').description('show the mode'), around, async (run) => {
    await run.show(await run.client.server.mode(), { text: ({ state }) => `${state}\n` });
  });
  defineAction(
    group
      .command('set')
      .argument('[mode]')
      .description(
        'set the mode: normal, read-only or local-client (out of read-only: a restart, or SIGUSR2)',
      ),
    around,
    async (run) => {
      const mode = run.required(0, 'missing mode argument');
      if (run.args.length > 1) throw failure('too many arguments');
      await run.client.server.setMode(mode);
    },
  );
}

/** `loglevel get`, `loglevel set`. */
export function addLogLevelCommands(program: Command, around: Surroundings): void {
  const group = addGroup(program, 'loglevel', 'how much the log of the server tells');
  defineAction(group.command('get').description('show the level'), around, async (run) =>
    run.print(`${await run.client.server.logLevel()}\n`),
  );
  defineAction(
    group
      .command('set')
      .argument('[level]')
      .description('set the level until the next start: none, critical, error, warning, info or debug'),
    around,
    async (run) => {
      const level = run.required(0, 'missing log-level argument');
      if (run.args.length > 1) throw failure('too many arguments');
      await run.client.server.setLogLevel(level);
      run.print('Server log level updated\n');
    },
  );
}

/** `db dump`, `db check`: the server's answer as it is. */
export function addDatabaseCommands(program: Command, around: Surroundings): void {
  const group = addGroup(program, 'db', 'what is on record');
  const dump = group.command('dump').description("print everything on record in Heketi's form");
  defineAction(dump, around, async (run) => run.print(await run.client.server.dump()));
  const check = group.command('check').description('tell whether what is on record agrees with itself');
  defineAction(check, around, async (run) => run.print(await run.client.server.check()));
}
