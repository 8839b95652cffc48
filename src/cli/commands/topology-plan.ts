import type { Command } from 'commander';
import type { OperationDetails, TopologyChange } from '../../client/wire-types.ts';
import { canAsk, confirm } from '../confirm.ts';
import { defineAction } from '../define.ts';
import { differencesCode, ExitError, failure } from '../exit-error.ts';
import type { Run } from '../run.ts';
import { topologyPlanText } from '../screen/topology-plan-text.ts';
import { countOf } from '../screen/wording.ts';
import type { Surroundings } from '../surroundings.ts';
import { explainFaults } from '../topology-file/explain-faults.ts';
import { groupChanges } from '../topology-file/group-changes.ts';
import type { TopologyFile } from '../topology-file/topology-file.ts';

const nothingToDo = 'Nothing to do.\n';

export function addTopologyPlan(group: Command, around: Surroundings): void {
  const command = group
    .command('plan')
    .argument('[file]')
    .description('compare a topology file (YAML or JSON) with what is there; nothing is changed')
    .option('--exit-code', `exit ${differencesCode} when they differ`);
  defineAction<{ exitCode?: boolean }>(command, around, async (run, { exitCode = false }) => {
    const file = await readFile(run);
    const changes = await planOf(run, file);
    if (run.isJson) run.printJson({ changes });
    else await printPlan(run, file, changes);
    if (exitCode && changes.length > 0) throw new ExitError(differencesCode);
  });
}

export function addTopologyApply(group: Command, around: Surroundings): void {
  const command = group
    .command('apply')
    .argument('[file]')
    .description('make what is there equal to a topology file; shows the plan and asks first')
    .option('-y, --yes', 'do not ask');
  defineAction<{ yes?: boolean }>(command, around, async (run, { yes = false }) => {
    const file = await readFile(run);
    const changes = await planOf(run, file);
    if (!run.isJson || changes.length === 0) await printPlan(run, file, changes);
    const doable = changes.filter(({ blocked }) => blocked === undefined);
    if (doable.length === 0) return;
    if (yes || (await isWanted(run, doable))) await apply(run, file, doable.length);
    else run.print('Nothing was changed.\n');
  });
}

async function readFile(run: Run): Promise<TopologyFile> {
  // Loaded only here: YAML is not wanted elsewhere.
  const { TopologyFile } = await import('../topology-file/topology-file.ts');
  const path = run.required(0, 'Topology file missing');
  let content: string;
  try {
    content = run.around.readFile(path);
  } catch (thrown) {
    throw failure(`${path}: it cannot be read: ${(thrown as Error).message}`);
  }
  return TopologyFile.parse(path, content);
}

async function planOf({ client }: Run, file: TopologyFile): Promise<TopologyChange[]> {
  try {
    return (await client.topology.plan(file.document)).changes;
  } catch (thrown) {
    throw explainFaults(thrown, file);
  }
}

async function printPlan(run: Run, file: TopologyFile, changes: readonly TopologyChange[]): Promise<void> {
  if (changes.length === 0) run.print(nothingToDo);
  else {
    const groups = groupChanges(changes, file.document, await run.client.topology.get());
    run.print(topologyPlanText(groups, run.style));
  }
}

async function isWanted(run: Run, changes: readonly TopologyChange[]): Promise<boolean> {
  if (run.isJson || !canAsk(run.around)) {
    throw failure('topology apply changes things: add --yes, since nobody can be asked here');
  }
  const removals = changes.filter(({ action }) => action === 'remove').length;
  const warning = removals === 0 ? '' : ` (${countOf(removals, 'removal')})`;
  return confirm(run.around, `Make ${countOf(changes.length, 'change')}${warning}?`);
}

async function apply(run: Run, file: TopologyFile, count: number): Promise<void> {
  const { client } = run;
  let operationId = '';
  await run.wait(`Making ${countOf(count, 'change')}`, (options) =>
    client.topology.apply(file.document, {
      ...options,
      onAccepted(id) {
        operationId = id;
        options.onAccepted?.(id);
      },
    }),
  );
  const operation = await client.operations.get(operationId);
  const errors = errorsOf(operation);
  if (run.isJson) run.printJson(operation);
  else {
    const done = operation.steps.length - errors.length;
    run.print(errors.map((error) => `${run.style.bad('failed:')} ${error}\n`).join(''));
    run.print(`${countOf(done, 'change')} made, ${errors.length} failed.\n`);
  }
  if (errors.length > 0)
    throw failure(`${errors.length} of ${countOf(operation.steps.length, 'change')} failed`);
}

/** What became of each change stands in the output of its step. */
function errorsOf({ steps }: OperationDetails): string[] {
  return steps.flatMap(({ output, error }) => {
    const told = (output as { error?: unknown } | null | undefined)?.error;
    if (typeof told === 'string') return [told];
    return error === null ? [] : [error];
  });
}
