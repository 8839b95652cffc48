import { device } from './devices.ts';
import { entryState, healCheck, hostNames, id, idInBody, required, tags, z } from './wire.ts';

const hostNamesOf = z.object({
  manage: hostNames('manage').openapi({ description: 'Where commands are sent; the first counts.' }),
  storage: hostNames('storage').openapi({ description: 'What gluster calls the node; the first counts.' }),
});

export const nodeCreate = z
  .object({
    zone: required(z.int()).min(1, 'must be no less than 1').openapi({ description: 'Failure domain' }),
    hostnames: z.preprocess((value) => value ?? {}, hostNamesOf),
    cluster: required(idInBody),
    tags: tags.optional(),
  })
  .openapi('NodeCreate');

export const node = z
  .object({
    zone: z.int(),
    hostnames: z.object({ manage: z.array(z.string()), storage: z.array(z.string()) }),
    cluster: id,
    tags: tags.optional(),
    id,
    state: entryState,
    lost: z.boolean().optional().openapi({ description: 'It was declared gone for good.' }),
    pending: z
      .array(z.object({ brick: id, device: id, operation: id }))
      .optional()
      .openapi({ description: 'Bricks of deleted volumes that are removed when the node is back.' }),
    devices: z.array(device),
  })
  .openapi('Node');

export const nodeReplace = z
  .strictObject({
    to: required(idInBody).openapi({ description: 'The node whose devices take the bricks.' }),
    healcheck: healCheck.optional(),
  })
  .openapi('NodeReplace');

/** For nodes and devices alike. */
export const stateChange = z
  .object({
    state: required(z.string())
      .refine((value) => ['online', 'offline', 'failed'].includes(value), {
        error: ({ input }) => `${String(input)} is not valid state`,
      })
      .openapi({ enum: ['online', 'offline', 'failed'] }),
    healcheck: healCheck.optional(),
  })
  .openapi('StateChange');

/** For nodes and devices alike. */
export const tagsChange = z
  .object({
    change_type: required(z.string())
      .refine((value) => ['set', 'update', 'delete'].includes(value), { error: 'must be a valid value' })
      .openapi({ enum: ['set', 'update', 'delete'] }),
    tags: tags.optional(),
  })
  .openapi('TagsChange');

export const zoneChange = z
  .strictObject({ zone: required(z.int()).min(1, 'must be no less than 1') })
  .openapi('ZoneChange');

export type Node = z.infer<typeof node>;
export type NodeCreate = z.infer<typeof nodeCreate>;
