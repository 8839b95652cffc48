import type { Command } from 'commander';
import type { OperationEvent } from '../../client/watch.ts';
import type { Operation } from '../../client/wire-types.ts';
import { integerFlag } from '../arguments/flags.ts';
import { addGroup, defineAction } from '../define.ts';
import { failure } from '../exit-error.ts';
import { goJson } from '../go-json.ts';
import type { Run } from '../run.ts';
import { eventLine } from '../screen/event-line.ts';
import { NodeNames } from '../screen/node-names.ts';
import { operationListScreen, operationScreen } from '../screen/operation-screen.ts';
import type { Surroundings } from '../surroundings.ts';

const idMissing = 'Operation id missing';
const defaultLimit = 50;

export function addOperationCommands(program: Command, around: Surroundings): void {
  const group = addGroup(program, 'operation', 'operations: the work that goes on, and what became of it');
  addList(group, around);
  defineAction(
    group.command('info').argument('[id]').description('show an operation with its steps'),
    around,
    async (run) => {
      const operation = await run.client.operations.get(run.required(0, idMissing));
      if (run.isJson) run.printJson(operation);
      else run.print(await operationScreen(operation, run.style));
    },
  );
  defineAction(
    group.command('watch').argument('[id]').description('follow an operation to its end'),
    around,
    watch,
  );
  defineAction(
    group.command('cancel').argument('[id]').description('call an operation off: what it did is undone'),
    around,
    async (run) => {
      const id = run.required(0, idMissing);
      await run.client.operations.cancel(id);
      run.print(`Operation ${id} is called off\n`);
    },
  );
  defineAction(
    group
      .command('pause')
      .argument('[id]')
      .description('let an operation go no further than the stage it is in; resume lets it go on'),
    around,
    async (run) => {
      const id = run.required(0, idMissing);
      await run.client.operations.pause(id);
      run.print(`Operation ${id} is paused\n`);
    },
  );
  defineAction(
    group
      .command('resume')
      .argument('[id]')
      .description('let a paused operation go on; try again at once what one waits to repeat'),
    around,
    async (run) => {
      const id = run.required(0, idMissing);
      await run.client.operations.resume(id);
      run.print(`Operation ${id} is trying again\n`);
    },
  );
}

function addList(group: Command, around: Surroundings): void {
  const command = group
    .command('list')
    .description('list the newest operations, the newest first')
    .addOption(integerFlag('--limit <count>', 'how many').default(defaultLimit));
  defineAction<{ limit: number }>(command, around, async (run, { limit }) => {
    const history = await run.client.operations.history({ limit });
    if (run.isJson) run.printJson(history);
    else run.print(await operationListScreen(history.operations, run.style));
  });
}

/** A line for each event; with `--json` a line of JSON, and the operation as the last. */
async function watch(run: Run): Promise<void> {
  const id = run.required(0, idMissing);
  const names = new NodeNames(run.client);
  let printed: Promise<void> = Promise.resolve();
  const print = (event: OperationEvent): void => {
    printed = printed.then(() => printEvent(run, event, names));
  };
  const ended = await run.waitQuietly((options) => {
    options.onAccepted?.(id);
    return run.client.operations.watch(id, print, { signal: options.signal });
  });
  await printed;
  if (run.isJson) run.print(`${goJson(ended)}\n`);
  if (ended.state !== 'done') throw failure(endText(ended));
}

async function printEvent(run: Run, event: OperationEvent, names: NodeNames): Promise<void> {
  if (run.isJson) {
    run.print(`${goJson(event)}\n`);
    return;
  }
  const nodeId = 'nodeId' in event ? event.nodeId : null;
  const line = eventLine(event, nodeId === null ? '' : await names.find(nodeId), run.style);
  if (line !== undefined) run.print(line);
}

const endText = ({ id, state, error }: Operation): string =>
  error?.message ?? `the operation ${id} is ${state}`;
