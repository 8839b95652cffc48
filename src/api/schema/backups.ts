import { id, z } from './wire.ts';

const objects = z
  .object({ clusters: z.int(), nodes: z.int(), devices: z.int(), volumes: z.int(), bricks: z.int() })
  .openapi({ description: 'How many of each it holds.' });

export const backup = z
  .object({
    id,
    name: z.string().openapi({ description: 'Name of the file or object.' }),
    created: z.string(),
    reason: z.enum(['scheduled', 'request', 'migration', 'download']),
    size: z.int().openapi({ description: 'Bytes.' }),
    schema_version: z.int(),
    sha256: z.string(),
    objects,
    state: z.enum(['good', 'unchecked', 'damaged', 'incomplete']).openapi({
      description:
        '`good`: read back with the right checksum since the server started. `unchecked`: nothing speaks against it. `incomplete`: its making or removal goes on, or was cut off.',
    }),
    checked: z.string().nullable().openapi({ description: 'When it was read back.' }),
    fault: z.string().nullable().openapi({ description: 'Why it is not good.' }),
  })
  .openapi('Backup');

export const backupList = z
  .object({
    place: z.string(),
    next: z
      .string()
      .nullable()
      .openapi({ description: 'When the next one is due; null without a schedule.' }),
    last_failure: z.object({ time: z.string(), message: z.string() }).nullable(),
    restored: z
      .object({ backup: z.string(), made: z.string().nullable(), restored: z.string() })
      .nullable()
      .openapi({
        description:
          'The database was restored from this backup and not yet reconciled with the nodes: nothing that was unfinished in it is resumed.',
      }),
    backups: z.array(backup).openapi({ description: 'Newest first.' }),
  })
  .openapi('BackupList');

export const backupCheck = z
  .strictObject({
    nodes: z.boolean().optional().openapi({ description: 'Compare with the nodes, too.' }),
  })
  .openapi('BackupCheck');

export const backupVerification = z
  .object({
    sound: z.boolean(),
    schema_version: z.int(),
    objects,
    differences: z
      .array(z.string())
      .nullable()
      .openapi({ description: 'How the nodes differ; null when they were not looked at.' }),
    problems: z.array(z.object({ check: z.enum(['integrity', 'references', 'content']), text: z.string() })),
  })
  .openapi('BackupVerification');

export type Backup = z.infer<typeof backup>;
export type BackupList = z.infer<typeof backupList>;
export type BackupVerification = z.infer<typeof backupVerification>;
