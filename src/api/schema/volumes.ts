import { id, idInBody, idList, required, volumeName, z } from './wire.ts';

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

const durabilityFields = {
  type: z
    .string()
    .optional()
    .openapi({ enum: ['none', 'replicate', 'disperse'], description: 'Absent: none.' }),
};
const replicateFields = { replica: z.int().optional().openapi({ description: '2 or 3. Absent: 2.' }) };
const disperseFields = { data: z.int().optional(), redundancy: z.int().optional() };

const durabilityRequest = z
  .object({
    ...durabilityFields,
    replicate: z.object(replicateFields).optional(),
    disperse: z.object(disperseFields).optional().openapi({ description: '2+1, 4+2, 8+3 or 8+4.' }),
  })
  .openapi('DurabilityRequest');

const snapshotFields = {
  enable: z.boolean().optional(),
  factor: z.number().optional().openapi({ description: '1 to 100: room kept for snapshots.' }),
};

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
  snapshot: z.object(snapshotFields).optional(),
};

export const volumeCreate = z.object(volumeFields).openapi('VolumeCreate');

export const volumeClone = z.object({ name: volumeName.optional() }).openapi('VolumeClone');

const inPlace = z.boolean().optional().openapi({
  description:
    "Let the bricks grow where they are (true), or add bricks (false). Mortar's own. Absent: as configured.",
});

export const volumeExpand = z
  .object({
    expand_size: required(z.int())
      .min(1, 'must be no less than 1')
      .openapi({ description: 'GiB to add', example: 10 }),
    in_place: inPlace,
  })
  .openapi('VolumeExpand');

export const blockRestriction = z
  .object({
    restriction: z
      .string()
      .refine((value): value is '' | 'locked' => value === '' || value === 'locked', {
        error: 'must be a valid value',
      })
      .optional()
      .openapi({
        enum: ['', 'locked'],
        description: '`locked`: no new block volumes. Empty or absent: it takes them.',
      }),
  })
  .openapi('BlockRestriction');

/** Of volumes that there are not yet: what they share is what a dry run of growth has no use for. */
const creationFields = {
  ...volumeFields,
  size: z.int().min(1, 'must be no less than 1').optional().openapi({ description: 'GiB of a new volume' }),
  durability: z
    .strictObject({
      ...durabilityFields,
      replicate: z.strictObject(replicateFields).optional(),
      disperse: z.strictObject(disperseFields).optional(),
    })
    .optional(),
  snapshot: z.strictObject(snapshotFields).optional(),
};

/** A dry run: either a new volume, or the growth of one. Mortar's own, so unknown keys are errors. */
export const volumePlanRequest = z
  .strictObject({
    ...creationFields,
    volume: idInBody.optional().openapi({ description: 'The volume to grow, with `expand_size`' }),
    expand_size: z.int().min(1, 'must be no less than 1').optional().openapi({ description: 'GiB to add' }),
    in_place: inPlace,
  })
  .superRefine(({ volume, expand_size, in_place, ...creation }, context) => {
    const isGrowth = volume !== undefined || expand_size !== undefined;
    const complain = (field: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [field], message });
    if (!isGrowth) {
      if (in_place !== undefined) complain('in_place', 'is for the growth of a volume');
      if (creation.size === undefined) complain('size', 'cannot be blank');
      return;
    }
    for (const [field, value] of Object.entries(creation))
      if (value !== undefined) complain(field, 'stands for a new volume; leave it out to grow one');
    if (volume === undefined) complain('volume', 'cannot be blank');
    if (expand_size === undefined) complain('expand_size', 'cannot be blank');
  })
  .openapi('VolumePlanRequest');

const foreignBrick = z
  .object({
    brick: z.string().openapi({ example: '192.0.2.1:/srv/data/brick' }),
    node: id,
    set: z.int().openapi({ description: "Counted from 0 in gluster's order." }),
    kind: z.enum(['data', 'arbiter']),
    folder: z
      .enum(['keep', 'remove'])
      .openapi({ description: 'What becomes of the folder when the volume is deleted.' }),
  })
  .openapi('ForeignBrick');

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
    foreign_bricks: z.array(foreignBrick).optional().openapi({
      description: "Of a managed volume that others made: its bricks on none of Mortar's devices.",
    }),
  })
  .openapi('Volume');

export const namedVolumes = z
  .object({
    volumes: z.array(
      z.object({
        id,
        cluster: id,
        phase: z
          .enum(['creating', 'ready', 'expanding', 'deleting'])
          .openapi({ description: 'Unlike elsewhere, also what is being made or deleted is shown.' }),
        operation: z
          .string()
          .optional()
          .openapi({ description: 'What is being done with it: an id for `/queue` and `/operations`.' }),
      }),
    ),
  })
  .openapi('NamedVolumes');

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
    way: z.enum(['in-place', 'add-bricks']).optional().openapi({
      description:
        'Of an expansion: `sets` are the present bricks with the sizes that they would have, or further ones.',
    }),
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

export type Brick = z.infer<typeof brick>;
export type ForeignBrick = z.infer<typeof foreignBrick>;
export type Volume = z.infer<typeof volume>;
export type VolumeCreate = z.infer<typeof volumeCreate>;
export type NamedVolumes = z.infer<typeof namedVolumes>;
export type VolumeList = z.infer<typeof volumeList>;
export type VolumePlan = z.infer<typeof volumePlan>;
export type VolumePlanRequest = z.infer<typeof volumePlanRequest>;
