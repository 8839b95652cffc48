import { badFormat, id, z } from './wire.ts';

const longestName = 200;
const namePattern = /^[a-zA-Z0-9_-]*$/;

export const snapshot = z
  .object({
    id: id.openapi({ description: "gluster's UUID of it, without dashes." }),
    name: z.string(),
    volume: id,
    created_at: z.iso.datetime().nullable().openapi({ description: 'Null when it cannot be read.' }),
    activated: z.boolean().openapi({ description: 'It can be mounted by clients of gluster.' }),
  })
  .openapi('Snapshot');

export const snapshotList = z
  .object({ snapshots: z.array(snapshot).openapi({ description: 'The oldest first.' }) })
  .openapi('SnapshotList');

export const snapshotCreate = z
  .strictObject({
    name: z
      .string()
      .max(longestName, { error: `must be at most ${longestName} characters` })
      .refine((value) => namePattern.test(value), { error: badFormat })
      .optional()
      .openapi({ pattern: '^[a-zA-Z0-9_-]*$', description: 'Empty or absent: one is chosen.' }),
    force: z.boolean().optional().openapi({ description: 'Of a volume with the snapshot factor 1, too.' }),
  })
  .openapi('SnapshotCreate');

export type Snapshot = z.infer<typeof snapshot>;
export type SnapshotList = z.infer<typeof snapshotList>;
export type SnapshotCreate = z.infer<typeof snapshotCreate>;
