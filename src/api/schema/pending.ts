import { id, idInBody, z } from './wire.ts';

const mostIds = 32;

export const operationCounts = z
  .object({
    total: z.int(),
    in_flight: z.int().openapi({ description: 'Being worked on right now.' }),
    stale: z
      .int()
      .openapi({ description: 'Nobody works on them: a restored database is not reconciled yet.' }),
    failed: z.int().openapi({ description: 'Stuck: repeated without success.' }),
    new: z.int(),
  })
  .openapi('OperationCounts');

const pendingOperation = z
  .object({
    id,
    type_name: z.string().openapi({ example: 'create-volume' }),
    status: z.enum(['', 'stale', 'failed']),
    sub_status: z.enum(['', 'in-flight']),
  })
  .openapi('PendingOperation');

export const pendingList = z
  .object({ pendingoperations: z.array(pendingOperation) })
  .openapi('PendingOperationList');

export const pendingDetails = pendingOperation
  .extend({
    changes: z.array(z.object({ id, description: z.string().openapi({ example: 'Add brick' }) })),
  })
  .openapi('PendingOperationDetails');

export const cleanUpRequest = z
  .object({
    operations: z
      .array(idInBody)
      .refine((ids) => ids.length <= mostIds, {
        error: ({ input }) =>
          `too many ids specified (${(input as unknown[]).length}), up to ${mostIds} supported`,
      })
      .optional()
      .openapi({ description: 'Absent or empty: all.' }),
  })
  .openapi('CleanUpRequest');

export type OperationCounts = z.infer<typeof operationCounts>;
export type PendingOperation = z.infer<typeof pendingOperation>;
export type PendingList = z.infer<typeof pendingList>;
export type PendingDetails = z.infer<typeof pendingDetails>;
