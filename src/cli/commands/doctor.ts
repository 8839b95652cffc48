import type { Command } from 'commander';
import type { Finding } from '../../client/wire-types.ts';
import { canAsk, confirm } from '../confirm.ts';
import { defineAction } from '../define.ts';
import { differencesCode, ExitError, failure } from '../exit-error.ts';
import type { Run } from '../run.ts';
import { findingsScreen, shortId } from '../screen/doctor-screen.ts';
import { NodeNames } from '../screen/node-names.ts';
import { countOf } from '../screen/wording.ts';
import type { Surroundings } from '../surroundings.ts';
import { chosen, followAll } from './doctor-follow.ts';
import { addQuarantineCommands } from './quarantine.ts';

interface DoctorFlags {
  readonly fix?: boolean;
  readonly allSafe?: boolean;
  readonly last?: boolean;
  readonly yes?: boolean;
}

export function addDoctorCommands(program: Command, around: Surroundings): void {
  const command = program
    .command('doctor')
    .argument('[id...]')
    .description('compare all nodes with the database, and mend what differs')
    .option('--last', 'show what the last look found, without looking again')
    .option('--fix', 'mend the findings with these ids (their beginnings are enough)')
    .option('--all-safe', 'with --fix: mend all that can be mended without taking anything away')
    .option('-y, --yes', 'do not ask');
  defineAction<DoctorFlags>(command, around, async (run, flags) => {
    if (flags.allSafe === true && flags.fix !== true) throw failure('--all-safe goes with --fix');
    const list = await lookOf(run, flags);
    if (flags.fix === true) return fix(run, list, flags);
    const findings = run.args.length === 0 ? list : chosen(list, run.args);
    await show(run, findings);
    if (findings.some(({ severity }) => severity !== 'info')) throw new ExitError(differencesCode);
  });
  addQuarantineCommands(command, around);
  const reconcile = command
    .command('reconcile')
    .description('after a restore: take up again what came after the backup, then show what differs');
  defineAction(reconcile, around, async (run) => {
    const { findings } = await run.wait('Reconciling the database with the nodes', (options) =>
      run.client.doctor.reconcile(options),
    );
    await show(run, findings);
    if (findings.some(({ severity }) => severity !== 'info')) throw new ExitError(differencesCode);
  });
}

async function lookOf(run: Run, { last = false }: DoctorFlags): Promise<Finding[]> {
  const { doctor } = run.client;
  if (last) return (await doctor.findings()).findings;
  return (await run.wait('Looking at all nodes', (options) => doctor.look(options))).findings;
}

async function show(run: Run, findings: readonly Finding[]): Promise<void> {
  if (run.isJson) {
    run.printJson({ findings });
    return;
  }
  const names = new NodeNames(run.client);
  const hosts = new Map<string, string>();
  for (const { node } of findings) if (node !== null) hosts.set(node, await names.find(node));
  run.print(findingsScreen(findings, (nodeId) => hosts.get(nodeId) ?? nodeId, run.style));
}

async function fix(
  run: Run,
  list: readonly Finding[],
  { allSafe = false, yes = false }: DoctorFlags,
): Promise<void> {
  if (!allSafe && run.args.length === 0) throw failure('name the ids of findings, or say --all-safe');
  const wanted = allSafe ? list.filter(({ safe }) => safe) : chosen(list, run.args);
  if (wanted.length === 0) {
    run.print('There is nothing to mend.\n');
    return;
  }
  if (!run.isJson) await show(run, wanted);
  if (!yes && !(await isWanted(run, wanted.length))) {
    run.print('Nothing was changed.\n');
    return;
  }
  const { started } = await run.client.doctor.fix(wanted.map(({ id }) => id));
  await followAll(
    run,
    started,
    new Map(wanted.map((finding) => [finding.id, `${shortId(finding.id)}  ${finding.object}`])),
  );
}

async function isWanted(run: Run, count: number): Promise<boolean> {
  if (run.isJson || !canAsk(run.around)) {
    throw failure('doctor --fix changes things: add --yes, since nobody can be asked here');
  }
  return confirm(run.around, `Mend ${countOf(count, 'finding')}?`);
}
