import type { Command } from 'commander';
import { addGroup, defineAction } from '../define.ts';
import { topologyScreen } from '../screen/topology-screen.ts';
import type { Surroundings } from '../surroundings.ts';
import { readTopologyTemplate, topologyValue } from '../text/topology-template.ts';
import { topologyText } from '../text/topology-text.ts';
import { addTopologyLoad } from './topology-load.ts';
import { addTopologyApply, addTopologyPlan } from './topology-plan.ts';

export function addTopologyCommands(program: Command, around: Surroundings): void {
  const group = addGroup(program, 'topology', 'clusters, nodes and devices all at once, from a file');
  addTopologyPlan(group, around);
  addTopologyApply(group, around);
  addTopologyLoad(group, around);
  addTopologyInfo(group, around);
}

interface InfoFlags {
  readonly template?: string;
}

function addTopologyInfo(group: Command, around: Surroundings): void {
  const command = group
    .command('info')
    .description('show everything: clusters, nodes, devices, bricks, volumes')
    .option('-T, --template <text>', "print what a template of Go's text/template makes of it; --json wins");
  defineAction<InfoFlags>(command, around, async (run, { template: text }) => {
    // What is wrong with a template is told before the server is asked.
    const template = text === undefined || run.isJson ? undefined : readTopologyTemplate(text);
    const topology = await run.client.topology.get();
    if (template === undefined) await run.show(topology, { text: topologyText, screen: topologyScreen });
    else run.print(template.render(topologyValue(topology)));
  });
}
