import type { Command } from 'commander';
import type { RebuildRequest } from '../../client/wire-types.ts';
import { canAsk, confirm } from '../confirm.ts';
import { defineAction } from '../define.ts';
import { failure } from '../exit-error.ts';
import type { Run } from '../run.ts';
import { rebuildScreen } from '../screen/doctor-screen.ts';
import type { Surroundings } from '../surroundings.ts';

interface RebuildFlags {
  readonly host?: readonly string[];
  readonly dryRun?: boolean;
  readonly partial?: boolean;
  readonly yes?: boolean;
}

const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

export function addRebuildCommand(program: Command, around: Surroundings): void {
  const command = program
    .command('rebuild')
    .argument('[file]')
    .description('fill an empty database from what the nodes say of themselves')
    .option(
      '--host <name>',
      'manage host name of a node, when there is no topology file; repeatable',
      collect,
    )
    .option('--dry-run', 'show what would be recorded')
    .option('--partial', 'record what can be seen, although something is in the way')
    .option('-y, --yes', 'do not ask');
  defineAction<RebuildFlags>(command, around, async (run, flags) => {
    const request = { ...(await sourceOf(run, flags)), partial: flags.partial ?? false };
    const { doctor } = run.client;
    const planned = await doctor.rebuild({ ...request, dry_run: true });
    if (flags.dryRun === true) {
      if (run.isJson) run.printJson(planned);
      else run.print(await rebuildScreen(planned, run.style));
      if (planned.problems.length > 0) throw failure('something is in the way');
      return;
    }
    if (!run.isJson) run.print(await rebuildScreen(planned, run.style));
    if (flags.yes !== true && !(await isWanted(run))) {
      run.print('Nothing was recorded.\n');
      return;
    }
    const report = await doctor.rebuild(request);
    if (run.isJson) run.printJson(report);
    else run.print('Recorded. Look at it with: mortar doctor\n');
  });
}

async function sourceOf(run: Run, { host }: RebuildFlags): Promise<RebuildRequest> {
  const [path] = run.args;
  if ((path === undefined) === (host === undefined))
    throw failure('name either a topology file or hosts (--host)');
  if (path === undefined) return { hosts: [...(host ?? [])] };
  const { TopologyFile } = await import('../topology-file/topology-file.ts');
  let content: string;
  try {
    content = run.around.readFile(path);
  } catch (thrown) {
    throw failure(`${path}: it cannot be read: ${(thrown as Error).message}`);
  }
  return { topology: TopologyFile.parse(path, content).document };
}

async function isWanted(run: Run): Promise<boolean> {
  if (run.isJson || !canAsk(run.around)) {
    throw failure('rebuild fills the database: add --yes, since nobody can be asked here');
  }
  return confirm(run.around, 'Record all of this?');
}
