import { brick } from './volumes.ts';
import { badFormat, entryState, healCheck, id, idInBody, required, tags, z } from './wire.ts';

const devicePattern = /^\/[a-zA-Z0-9_.:/-]+$/;

/** The absolute path of a device (wire contract section 1.5). */
export const deviceName = required(z.string())
  .refine((value) => devicePattern.test(value), { error: badFormat })
  .openapi({ pattern: devicePattern.source, example: '/dev/vdb' });

export const deviceCreate = z
  .object({
    name: deviceName,
    node: required(idInBody),
    tags: tags.optional(),
    destroydata: z.boolean().optional().openapi({
      description:
        'Destroy what is on the device. Never what is mounted, in use, or of another volume group.',
    }),
  })
  .openapi('DeviceCreate');

export const deviceDelete = z
  .object({
    forceforget: z
      .boolean()
      .optional()
      .openapi({ description: 'Forget the device even if its node does not comply.' }),
  })
  .openapi('DeviceDelete');

export const deviceReplace = z
  .strictObject({
    to: required(idInBody).openapi({ description: 'The device that takes the bricks.' }),
    healcheck: healCheck.optional(),
  })
  .openapi('DeviceReplace');

export const device = z
  .object({
    name: z.string(),
    tags: tags.optional(),
    storage: z.object({ total: z.int(), free: z.int(), used: z.int() }).openapi({ description: 'KiB' }),
    id,
    paths: z.array(z.string()).optional(),
    pv_uuid: z.string().optional(),
    state: entryState,
    lost: z.boolean().optional().openapi({ description: 'Its disk was declared gone for good.' }),
    bricks: z.array(brick),
  })
  .openapi('Device');

export type Device = z.infer<typeof device>;
