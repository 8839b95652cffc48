import { badValue, id, idInBody, idList, required, volumeName, z } from './wire.ts';

export const brick = z
  .object({
    id,
    path: z.string().openapi({ description: 'The directory gluster is given.' }),
    device: id,
    node: id,
    volume: id,
    size: z.int().openapi({ description: 'KiB' }),
  })
  .openapi('Brick');

export const durabilityRequest = z
  .object({
    type: z
      .string()
      .optional()
      .openapi({ enum: ['none', 'replicate', 'disperse'], description: 'Absent: none.' }),
    replicate: z
      .object({ replica: z.int().optional().openapi({ description: '2 or 3. Absent: 2.' }) })
      .optional(),
    disperse: z
      .object({ data: z.int().optional(), redundancy: z.int().optional() })
      .optional()
      .openapi({ description: '2+1, 4+2, 8+3 or 8+4.' }),
  })
  .openapi('DurabilityRequest');

const volumeFields = {
  size: required(z.int()).min(1, 'must be no less than 1').openapi({ description: 'GiB', example: 100 }),
  name: volumeName.optional(),
  clusters: z.array(z.string()).optional().openapi({ description: 'Tried in this order. Absent: all.' }),
  durability: durabilityRequest.optional(),
  gid: z.int().optional().openapi({ description: 'Group that owns the bricks; 0 for none.' }),
  glustervolumeoptions: z
    .array(z.string())
    .optional()
    .openapi({ example: ['performance.cache-size 1MB'] }),
  block: z.boolean().optional().openapi({ description: 'Make a block hosting volume.' }),
  snapshot: z
    .object({
      enable: z.boolean().optional(),
      factor: z.number().optional().openapi({ description: '1 to 100: room kept for snapshots.' }),
    })
    .optional(),
};

export const volumeCreate = z.object(volumeFields).openapi('VolumeCreate');

export const volumeExpand = z
  .object({
    expand_size: required(z.int())
      .min(1, 'must be no less than 1')
      .openapi({ description: 'GiB to add', example: 10 }),
  })
  .openapi('VolumeExpand');

/** A dry run: either a new volume, or the growth of one. Mortar's own, so unknown keys are errors. */
export const volumePlanRequest = z
  .strictObject({
    ...volumeFields,
    size: z.int().min(1, 'must be no less than 1').optional().openapi({ description: 'GiB of a new volume' }),
    volume: idInBody.optional().openapi({ description: 'The volume to grow, with `expand_size`' }),
    expand_size: z.int().min(1, 'must be no less than 1').optional().openapi({ description: 'GiB to add' }),
  })
  .superRefine(({ size, volume, expand_size }, context) => {
    const isGrowth = volume !== undefined || expand_size !== undefined;
    if (isGrowth && size !== undefined) {
      context.addIssue({
        code: 'custom',
        path: ['size'],
        message: 'stands for a new volume; leave it out to grow one',
      });
    }
    if (!isGrowth && size === undefined)
      context.addIssue({ code: 'custom', path: ['size'], message: 'cannot be blank' });
    if (isGrowth && volume === undefined)
      context.addIssue({ code: 'custom', path: ['volume'], message: 'cannot be blank' });
    if (isGrowth && expand_size === undefined) {
      context.addIssue({ code: 'custom', path: ['expand_size'], message: 'cannot be blank' });
    }
  })
  .openapi('VolumePlanRequest');

export const volume = z
  .object({
    size: z.int().openapi({ description: 'GiB' }),
    name: z.string(),
    durability: z.object({
      type: z.string(),
      replicate: z.object({ replica: z.int().optional() }),
      disperse: z.object({ data: z.int().optional(), redundancy: z.int().optional() }),
    }),
    gid: z.int().optional(),
    glustervolumeoptions: z.array(z.string()).optional(),
    block: z.boolean().optional(),
    snapshot: z.object({ enable: z.boolean(), factor: z.number() }),
    id,
    cluster: id,
    mount: z.object({
      glusterfs: z.object({
        hosts: z.array(z.string()),
        device: z.string(),
        options: z.record(z.string(), z.string()),
      }),
    }),
    blockinfo: z.object({
      freesize: z.int().optional(),
      reservedsize: z.int().optional(),
      blockvolume: idList.optional(),
      restriction: z.string().optional(),
    }),
    bricks: z.array(brick),
  })
  .openapi('Volume');

export const volumeList = z.object({ volumes: idList }).openapi('VolumeList');

const deviceReason = z.object({
  device: id,
  node: id,
  node_name: z.string(),
  device_name: z.string(),
  reason: z.string().openapi({ description: 'A code such as too-small or node-offline.' }),
  text: z.string(),
  free_kib: z.int(),
  needed_kib: z.int(),
});

export const volumePlan = z
  .object({
    possible: z.boolean(),
    cluster: id.optional(),
    brick_size_kib: z.int().optional(),
    sets: z
      .array(
        z.array(
          z.object({
            node: id,
            node_name: z.string(),
            zone: z.int(),
            device: id,
            device_name: z.string(),
            kind: z.enum(['data', 'arbiter']),
            size_kib: z.int(),
            taken_kib: z.int().openapi({ description: 'Thin pool and its metadata.' }),
          }),
        ),
      )
      .optional(),
    refusals: z
      .array(
        z.object({
          cluster: id,
          reason: z.string(),
          largest_size_gib: z.int().optional(),
          suggestions: z.array(z.string()),
          devices: z.array(deviceReason),
        }),
      )
      .optional(),
  })
  .openapi('VolumePlan');

export const blockRestriction = z
  .object({
    restriction: z
      .string()
      .refine((value) => ['', 'locked'].includes(value), { error: badValue })
      .optional(),
  })
  .openapi('BlockRestriction');

export type Brick = z.infer<typeof brick>;
export type Volume = z.infer<typeof volume>;
export type VolumeCreate = z.infer<typeof volumeCreate>;
export type VolumeList = z.infer<typeof volumeList>;
export type VolumePlan = z.infer<typeof volumePlan>;
export type VolumePlanRequest = z.infer<typeof volumePlanRequest>;
