import { id, idList, required, volumeName, z } from './wire.ts';

export const blockVolumeCreate = z
  .object({
    size: required(z.int()).min(1, 'must be no less than 1').openapi({ description: 'GiB', example: 10 }),
    name: volumeName.optional(),
    clusters: z.array(z.string()).optional().openapi({ description: 'Absent: all.' }),
    hacount: z
      .int()
      .min(0, 'must be no less than 0')
      .optional()
      .openapi({ description: 'How many hosts export it. 0, absent, or more than there are: all.' }),
    auth: z.boolean().optional().openapi({ description: 'Initiators have to log in.' }),
  })
  .openapi('BlockVolumeCreate');

export const blockVolumeExpand = z
  .object({
    new_size: required(z.int())
      .min(1, 'must be no less than 1')
      .openapi({ description: 'GiB in all, not what is added', example: 20 }),
  })
  .openapi('BlockVolumeExpand');

export const blockVolume = z
  .object({
    size: z.int().openapi({ description: 'GiB' }),
    name: z.string(),
    hacount: z.int().optional(),
    id,
    blockvolume: z.object({
      hosts: z.array(z.string()),
      iqn: z.string(),
      lun: z.int(),
      username: z.string(),
      password: z.string().openapi({ description: 'Not in the database: kept by the nodes.' }),
    }),
    cluster: id.optional(),
    blockhostingvolume: id.optional(),
    usablesize: z
      .int()
      .optional()
      .openapi({ description: 'GiB; less than the size when a host did not follow an expansion.' }),
  })
  .openapi('BlockVolume');

export const blockVolumeList = z.object({ blockvolumes: idList }).openapi('BlockVolumeList');

export type BlockVolume = z.infer<typeof blockVolume>;
export type BlockVolumeCreate = z.infer<typeof blockVolumeCreate>;
export type BlockVolumeList = z.infer<typeof blockVolumeList>;
