import { id, idInBody, required, z } from './wire.ts';

const place = z.object({
  brick: z.string().openapi({ example: '192.0.2.1:/srv/data/brick' }),
  node: id.nullable().openapi({ description: 'The node on record that goes by this host name.' }),
  online: z
    .boolean()
    .nullable()
    .openapi({ description: 'Whether its process runs; null: nobody could say.' }),
});

const obstacle = z.object({
  to: z.enum(['watch', 'manage']),
  obstacle: z.string(),
  remedy: z.string(),
});

const foundVolume = z
  .object({
    id: id.openapi({ description: "Gluster's UUID without its dashes." }),
    name: z.string(),
    cluster: id,
    status: z.enum(['created', 'started', 'stopped', 'missing', 'unknown']).openapi({
      description:
        '`missing`: it is watched, and gluster has it no more. `unknown`: no node of the cluster answered.',
    }),
    watched: z.string().nullable().openapi({ description: 'Since when; null: it is not.' }),
    bricks: z.array(place),
    obstacles: z
      .array(obstacle)
      .openapi({ description: 'What keeps it from being watched or managed, and what to do about it.' }),
  })
  .openapi('FoundVolume');

export const foundVolumes = z
  .object({
    volumes: z.array(foundVolume),
    silent: z.array(id).openapi({
      description: "Clusters of which no node's gluster answered: nothing new is known of them.",
    }),
  })
  .openapi('FoundVolumes');

export const watchRequest = z
  .strictObject({
    cluster: required(idInBody),
    volumes: required(z.array(required(z.string()))).openapi({ description: "Names of gluster's volumes." }),
  })
  .openapi('WatchRequest');

export const manageRequest = z
  .strictObject({
    folders: z.enum(['keep', 'remove']).optional().openapi({
      description:
        'What becomes of its brick folders when the volume is deleted: they stay as they are, or what is in them is removed. Absent: keep.',
    }),
  })
  .openapi('ManageRequest');

export type FoundVolume = z.infer<typeof foundVolume>;
export type FoundVolumes = z.infer<typeof foundVolumes>;
export type ManageRequest = z.infer<typeof manageRequest>;
export type WatchRequest = z.infer<typeof watchRequest>;
