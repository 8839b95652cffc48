import { id, idInBody, z } from './wire.ts';

export const replacementPlanRequest = z
  .strictObject({
    brick: idInBody.optional(),
    device: idInBody.optional(),
    node: idInBody.optional(),
    to: idInBody
      .optional()
      .openapi({ description: 'The only device that may take the bricks, or the node whose devices may.' }),
  })
  .superRefine(({ brick, device, node }, context) => {
    if ([brick, device, node].filter((it) => it !== undefined).length === 1) return;
    const message = 'name exactly one of brick, device and node';
    context.addIssue({ code: 'custom', path: ['brick'], message });
  })
  .openapi('ReplacementPlanRequest');

const place = z.object({ node: id, node_name: z.string(), device: id, device_name: z.string() });

const plannedMove = z.object({
  brick: id,
  volume: id,
  volume_name: z.string(),
  kind: z.enum(['data', 'arbiter']),
  size_kib: z.int(),
  only_copy: z.boolean().openapi({
    description: 'The volume has no copies: files are moved, or lost when nobody can read them.',
  }),
  from: place,
  to: place.optional().openapi({ description: 'Absent: no place was found.' }),
  refusal: z.string().optional().openapi({ description: 'Why there is no place, and what would help.' }),
});

export const replacementPlan = z
  .object({ possible: z.boolean(), moves: z.array(plannedMove) })
  .openapi('ReplacementPlan');

export const whatIfRequest = z
  .strictObject({
    nodes: z.array(idInBody).optional(),
    zones: z.array(z.int().min(1, 'must be no less than 1')).optional(),
    devices: z.array(idInBody).optional(),
  })
  .refine(({ nodes, zones, devices }) => (nodes ?? zones ?? devices) !== undefined, {
    error: 'name at least one node, zone or device',
    path: ['nodes'],
  })
  .openapi('WhatIfRequest');

const effect = z.enum(['lost', 'read-only', 'degraded']);

export const whatIfReport = z
  .object({
    volumes: z.array(
      z.object({
        id,
        name: z.string(),
        effect: effect.openapi({
          description:
            'lost: data that nobody can read. read-only: too few bricks for writing. degraded: in use, with less to spare.',
        }),
        sets: z.array(z.object({ set: z.int(), lost_bricks: z.array(id), effect, text: z.string() })),
      }),
    ),
    moves: z.array(plannedMove).openapi({ description: 'Where the lost bricks would be made again.' }),
    beyond_repair: z.array(id).openapi({ description: 'Lost bricks of which too little is left.' }),
    all_protected_again: z.boolean(),
  })
  .openapi('WhatIfReport');

export type ReplacementPlan = z.infer<typeof replacementPlan>;
export type ReplacementPlanRequest = z.infer<typeof replacementPlanRequest>;
export type WhatIfReport = z.infer<typeof whatIfReport>;
export type WhatIfRequest = z.infer<typeof whatIfRequest>;
