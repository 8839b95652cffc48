import type { Command } from 'commander';
import { canAsk, confirm } from '../confirm.ts';
import { addGroup, defineAction } from '../define.ts';
import { failure } from '../exit-error.ts';
import type { Run } from '../run.ts';
import { quarantineScreen, shortId } from '../screen/doctor-screen.ts';
import type { Surroundings } from '../surroundings.ts';
import { chosen, followAll } from './doctor-follow.ts';

const idMissing = 'Id missing';

/** `doctor quarantine …`: orphans are kept there, out of use, before anything is destroyed. */
export function addQuarantineCommands(doctor: Command, around: Surroundings): void {
  const group = addGroup(doctor, 'quarantine', 'what was found without an owner and is kept, out of use');
  defineAction(group.command('list').description('list what is in quarantine'), around, async (run) => {
    const list = await run.client.doctor.quarantine();
    if (run.isJson) run.printJson(list);
    else if (list.items.length === 0) run.print('The quarantine is empty.\n');
    else run.print(await quarantineScreen(list.items, run.style));
  });
  defineAction(
    group
      .command('add')
      .argument('[id...]')
      .description('put orphans into quarantine, by the ids of findings'),
    around,
    add,
  );
  defineAction(
    group.command('release').argument('[id]').description('let something out again'),
    around,
    async (run) => {
      const { id, object } = await itemOf(run);
      await run.wait(`Releasing ${object}`, (options) => run.client.doctor.release(id, options));
      run.print(`Released: ${object}\n`);
    },
  );
  const destroy = group
    .command('destroy')
    .argument('[id]')
    .description('destroy something whose stay is over');
  defineAction(destroy, around, async (run) => {
    // The flag is the doctor's, and so in force here.
    const { yes = false } = destroy.optsWithGlobals<{ yes?: boolean }>();
    const { id, object } = await itemOf(run);
    if (!yes && !canAsk(around))
      throw failure('destroy cannot be undone: add --yes, since nobody can be asked here');
    if (!yes && !(await confirm(around, `Destroy ${object}, with all data in it?`))) {
      run.print('Nothing was changed.\n');
      return;
    }
    await run.wait(`Destroying ${object}`, (options) => run.client.doctor.destroy(id, options));
    run.print(`Destroyed: ${object}\n`);
  });
}

async function add(run: Run): Promise<void> {
  run.required(0, idMissing);
  const wanted = chosen((await run.client.doctor.findings()).findings, run.args);
  const { started } = await run.client.doctor.isolate(wanted.map(({ id }) => id));
  await followAll(
    run,
    started,
    new Map(wanted.map((finding) => [finding.id, `${shortId(finding.id)}  ${finding.object}`])),
  );
}

async function itemOf(run: Run): Promise<{ readonly id: string; readonly object: string }> {
  const wanted = run.required(0, idMissing);
  const { items } = await run.client.doctor.quarantine();
  const [found, ...others] = items.filter(({ id }) => id.startsWith(wanted));
  if (found === undefined) throw failure(`nothing in quarantine has the id ${wanted}`);
  if (others.length > 0) throw failure(`several things begin with ${wanted}: write more of the id`);
  return found;
}
