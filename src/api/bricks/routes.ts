import type { ApiTools } from '../api-tools.ts';
import { accepted, json } from '../http/reply.ts';
import { type Route, route } from '../http/route.ts';
import { brickEvict } from '../schema/bricks.ts';
import {
  replacementPlan,
  replacementPlanRequest,
  whatIfReport,
  whatIfRequest,
} from '../schema/replacements.ts';
import { presentLoss, presentMoves } from './present.ts';
import { bricksOf, devicesOf, targetsOf } from './subjects.ts';

const tag = 'Bricks';

export const brickRoutes = ({ reads, volumes }: ApiTools): Route[] => [
  route({
    method: 'POST',
    path: '/bricks/to-evict/{id}',
    tag,
    summary: 'Let a brick live on another device',
    description:
      'The new brick is made and filled from the others of its set; then the old one is removed. With `healcheck: disable` what only the old brick has is given up, as far as nobody can read it.',
    body: brickEvict,
    isBodyOptional: true,
    answers: { 202: { description: 'Taken in; the queue entry ends with 204.' } },
    handle: async ({ params, body }) =>
      accepted(await volumes.replaceBrick(params.id ?? '', { acceptDataLoss: body.healcheck === 'disable' })),
  }),
  route({
    method: 'POST',
    path: '/replacements/plan',
    tag,
    summary: 'Find out where the bricks of a device or node would go, or one brick; nothing is changed',
    body: replacementPlanRequest,
    namesParseFault: true,
    answers: {
      200: { description: 'Each brick with its new place, or why there is none', schema: replacementPlan },
    },
    handle: async ({ body }) => {
      const onlyDeviceIds = await targetsOf(reads, body);
      const options = onlyDeviceIds === undefined ? {} : { onlyDeviceIds };
      return json(await presentMoves(reads, await volumes.planMoves(await bricksOf(reads, body), options)));
    },
  }),
  route({
    method: 'POST',
    path: '/what-if',
    tag,
    summary: 'Find out what the loss of nodes, zones or devices would do; nothing is changed',
    description:
      'Which volumes would lose data or the quorum for writing, and whether the room that is left is enough to protect all of them again.',
    body: whatIfRequest,
    namesParseFault: true,
    answers: { 200: { description: 'Volumes that would suffer, the worst first', schema: whatIfReport } },
    handle: async ({ body }) =>
      json(await presentLoss(reads, await volumes.whatIf(await devicesOf(reads, body)))),
  }),
];
