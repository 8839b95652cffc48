/** Commands that let bricks leave: of bricks, devices and nodes, and what a loss would do. */
import type { Command } from 'commander';
import type { ReplacementPlanRequest } from '../../client/wire-types.ts';
import { addGroup, defineAction } from '../define.ts';
import { failure } from '../exit-error.ts';
import type { Run } from '../run.ts';
import { replacementPlanText, whatIfText } from '../screen/replacement-screen.ts';
import type { Surroundings } from '../surroundings.ts';

export const planFlag = '--plan';
export const planFlagText = 'only show where each brick would go, or why it cannot';
export const lossFlag = '--accept-data-loss';
export const lossFlagText = 'give up what only a brick that cannot be read has';

/** Shows where bricks would go. @throws ExitError when not all would find a place. */
export async function showReplacementPlan(run: Run, request: ReplacementPlanRequest): Promise<void> {
  const plan = await run.client.replacements.plan(request);
  if (run.isJson) run.printJson(plan);
  else run.print(await replacementPlanText(plan, run.style));
  if (!plan.possible) throw failure('not every brick would find a place');
}

export function addBrickCommands(program: Command, around: Surroundings): void {
  const group = addGroup(program, 'brick', 'bricks: the parts that volumes are made of');
  const command = group
    .command('evict')
    .alias('replace')
    .argument('[id]')
    .description('let a brick live on another device; its volume stays in use')
    .option('--expert-option-disable-heal-check', lossFlagText)
    .option(planFlag, planFlagText);
  type Flags = { expertOptionDisableHealCheck?: boolean; plan?: boolean };
  defineAction<Flags>(
    command,
    around,
    async (run, { expertOptionDisableHealCheck = false, plan = false }) => {
      const id = run.required(0, 'Brick id missing');
      if (run.args.length > 1) throw failure('Too many arguments provided');
      if (plan) return showReplacementPlan(run, { brick: id });
      await run.wait(`Moving the brick ${id}`, (options) =>
        run.client.replacements.evict(id, { ...options, acceptDataLoss: expertOptionDisableHealCheck }),
      );
      run.print(`Brick ${id} evicted\n`);
    },
  );
}

interface Leaver {
  readonly noun: 'Node' | 'Device';
  readonly kind: 'nodes' | 'devices';
  /** What `lost` says. */
  readonly loss: string;
  /** What is left to be done after `replace`. */
  readonly afterwards: string;
}

/** `device replace` and `device lost`. */
export function addDeviceReplacement(group: Command, around: Surroundings): void {
  addReplace(group, around, device);
  addLost(group, around, device);
}

/** `node replace` and `node lost`. */
export function addNodeReplacement(group: Command, around: Surroundings): void {
  addReplace(group, around, node);
  addLost(group, around, node);
}

const device: Leaver = {
  noun: 'Device',
  kind: 'devices',
  loss: 'the disk of a device is gone for good',
  afterwards: 'delete it when its disk leaves',
};

const node: Leaver = {
  noun: 'Node',
  kind: 'nodes',
  loss: 'a node is gone for good: nothing is sent to it any more',
  afterwards: 'delete its devices, then itself',
};

function addReplace(group: Command, around: Surroundings, { noun, kind, afterwards }: Leaver): void {
  const word = noun.toLowerCase();
  const command = group
    .command('replace')
    .argument('[old]')
    .argument('[new]')
    .description(`move all bricks of a ${word} to another one; the old one can be deleted then`)
    .option(lossFlag, lossFlagText)
    .option(planFlag, planFlagText);
  type Flags = { acceptDataLoss?: boolean; plan?: boolean };
  defineAction<Flags>(command, around, async (run, { acceptDataLoss = false, plan = false }) => {
    const old = run.required(0, `${noun} id missing`);
    const to = run.required(1, `Id of the new ${word} missing`);
    if (plan)
      return showReplacementPlan(run, { ...(kind === 'nodes' ? { node: old } : { device: old }), to });
    await run.wait(`Moving the bricks of the ${word} ${old}`, (options) =>
      run.client.replacements.replaceAll(kind, old, to, { ...options, acceptDataLoss }),
    );
    run.print(`${noun} ${old} is replaced by ${to}; ${afterwards}\n`);
  });
}

function addLost(group: Command, around: Surroundings, { noun, kind, loss }: Leaver): void {
  const command = group.command('lost').argument('[id]').description(`declare that ${loss}`);
  defineAction(command, around, async (run) => {
    const id = run.required(0, `${noun} id missing`);
    await run.client.replacements.declareLost(kind, id);
    run.print(`${noun} ${id} is lost; remove it to protect its data again\n`);
  });
}

const lossKinds = ['node', 'zone', 'device'] as const;

export function addWhatIf(program: Command, around: Surroundings): void {
  const command = program
    .command('what-if')
    .description('show what the loss of nodes, zones or devices would do; nothing is changed')
    .option('--lose <kind>', `what is lost: ${lossKinds.join(', ')}`)
    .argument('[name...]');
  defineAction<{ lose?: string }>(command, around, async (run, { lose }) => {
    const kind = lossKinds.find((one) => one === lose);
    if (kind === undefined) throw failure(`--lose takes one of ${lossKinds.join(', ')}`);
    if (run.args.length === 0) throw failure(`name at least one ${kind}`);
    const report = await run.client.replacements.whatIf(await lossOf(run, kind));
    if (run.isJson) run.printJson(report);
    else run.print(await whatIfText(report, run.style));
  });
}

async function lossOf(run: Run, kind: (typeof lossKinds)[number]) {
  if (kind === 'device') return { devices: [...run.args] };
  if (kind === 'node') return { nodes: await nodeIds(run) };
  const zones = run.args.map(Number);
  if (zones.some((zone) => !Number.isInteger(zone))) throw failure('a zone is a whole number');
  return { zones };
}

/** Nodes by id, or by a host name. */
async function nodeIds(run: Run): Promise<string[]> {
  const nodes = (await run.client.topology.get()).clusters.flatMap((cluster) => cluster.nodes);
  return run.args.map((word) => {
    const found = nodes.find(
      ({ id, hostnames }) => id === word || [...hostnames.manage, ...hostnames.storage].includes(word),
    );
    if (found === undefined) throw failure(`there is no node ${word}`);
    return found.id;
  });
}
