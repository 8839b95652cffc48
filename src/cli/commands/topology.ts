import type { Command } from 'commander';
import { addGroup, defineAction } from '../define.ts';
import { topologyScreen } from '../screen/topology-screen.ts';
import type { Surroundings } from '../surroundings.ts';
import { topologyText } from '../text/topology-text.ts';
import { addTopologyLoad } from './topology-load.ts';
import { addTopologyApply, addTopologyPlan } from './topology-plan.ts';

export function addTopologyCommands(program: Command, around: Surroundings): void {
  const group = addGroup(program, 'topology', 'clusters, nodes and devices all at once, from a file');
  addTopologyPlan(group, around);
  addTopologyApply(group, around);
  addTopologyLoad(group, around);
  defineAction(
    group.command('info').description('show everything: clusters, nodes, devices, bricks, volumes'),
    around,
    async (run) => run.show(await run.client.topology.get(), { text: topologyText, screen: topologyScreen }),
  );
}
