import type { Inventory } from '../../heketi/inventory.ts';
import type { ApiTools } from '../api-tools.ts';
import { inventoryOf } from '../db/inventory-of.ts';
import { type Route, route } from '../http/route.ts';
import { examination } from '../schema/examination.ts';
import { type BlockNames, hostingVolumes, presentExamination } from './examination-report.ts';

const indent = 4;

export const examinationRoutes = ({ doctor, backups, blockVolumes }: ApiTools): Route[] => {
  const blockNamesOf = async (
    inventory: Inventory,
    hosting: ReturnType<typeof hostingVolumes>,
  ): Promise<BlockNames> => {
    const found = new Map<string, string[]>();
    for (const { clusterId, name } of hosting) {
      const members = inventory.nodes.filter((node) => node.clusterId === clusterId).map(({ id }) => id);
      const names = await blockVolumes.namesIn(name, members);
      found.set(clusterId, [...(found.get(clusterId) ?? []), ...names]);
    }
    return found;
  };
  return [
    route({
      method: 'GET',
      path: '/internal/state/examine/gluster',
      tag: 'Doctor',
      summary: 'Show what all nodes say, beside what is on record, in the form of Heketi',
      description: 'Reads only, and answers when all nodes have: `POST /doctor/runs` does not let one wait.',
      answers: { 200: { description: 'What was seen', schema: examination } },
      handle: async ({ signal }) => {
        const seen = await doctor.look(signal);
        const inventory = await inventoryOf(backups);
        const names = await blockNamesOf(inventory, hostingVolumes(inventory, seen.look.clusters));
        const text = JSON.stringify(presentExamination(inventory, seen, names), null, indent);
        return { type: 'text', status: 200, text, contentType: 'application/json; charset=UTF-8' };
      },
    }),
  ];
};
