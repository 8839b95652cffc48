import type { Change } from '../../topology/diff.ts';
import type { ApiTools } from '../api-tools.ts';
import { accepted, inPieces, json, jsonContentType } from '../http/reply.ts';
import { type Route, route } from '../http/route.ts';
import { type TopologyChange, topology, topologyDocument, topologyPlan } from '../schema/topology.ts';
import { toDocument } from './document.ts';
import { readWholeTopology } from './read.ts';

const tag = 'Topology';

function presentChange({ type, summary, blocked }: Change): TopologyChange {
  const [action, kind] = type.split('-') as [TopologyChange['action'], TopologyChange['kind']];
  return { action, kind, summary, ...(blocked === undefined ? {} : { blocked }) };
}

export const topologyRoutes = ({ reads, topology: applier, mountHosts }: ApiTools): Route[] => [
  route({
    method: 'GET',
    path: '/topology',
    tag,
    summary: 'Show everything: clusters, nodes, devices, bricks, volumes',
    answers: { 200: { description: 'The topology', schema: topology } },
    handle: async () => inPieces(await readWholeTopology(reads, mountHosts), jsonContentType),
  }),
  route({
    method: 'POST',
    path: '/topology/plan',
    tag,
    summary: 'Compare a topology document with what is there',
    body: topologyDocument,
    namesParseFault: true,
    answers: { 200: { description: 'What would be added, changed and removed', schema: topologyPlan } },
    handle: async ({ body }) => json({ changes: (await applier.plan(toDocument(body))).map(presentChange) }),
  }),
  route({
    method: 'POST',
    path: '/topology/apply',
    tag,
    summary: 'Make what is there equal to a topology document',
    description:
      'Blocked changes are left out; one that fails does not keep the others from being made. The steps of the operation tell what became of each.',
    body: topologyDocument,
    namesParseFault: true,
    isCreate: true,
    answers: { 202: { description: 'Taken in; the queue entry ends with 204.' } },
    handle: async ({ body, once }) => accepted(await applier.apply(toDocument(body), once)),
  }),
];
