import { id, z } from './wire.ts';

const operationStep = z.object({
  attempt: z.int(),
  stage: z.int(),
  action: z.string(),
  title: z.string(),
  node: id.nullable(),
  state: z.enum(['planned', 'running', 'done', 'failed', 'undone']),
  error: z.string().nullable(),
  output: z.unknown().optional(),
});

const operation = z
  .object({
    id,
    kind: z.string(),
    state: z.enum(['planned', 'running', 'done', 'undoing', 'undone', 'stuck']),
    cluster: id.nullable(),
    target: z.object({ kind: z.string(), id }),
    position: z.int().optional().openapi({ description: 'Place in the queue, while it waits for its turn.' }),
    attempt: z.int(),
    stage: z.int(),
    stage_count: z.int(),
    cancellable: z.boolean(),
    paused: z.boolean().optional().openapi({ description: 'It goes no further until it is resumed.' }),
    parent: id.optional().openapi({ description: 'The operation that asked for it.' }),
    waiting: z
      .object({ reason: z.string(), next_try: z.string().nullable(), tries: z.int() })
      .nullable()
      .openapi({ description: 'What it waits for, when something is in its way.' }),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    warnings: z.array(z.string()),
    result: z.string().nullable().openapi({ description: 'Path of what it made.' }),
    created: z.string(),
    started: z.string().nullable(),
    finished: z.string().nullable(),
  })
  .openapi('Operation');

export const operationDetails = operation
  .extend({ steps: z.array(operationStep) })
  .openapi('OperationDetails');

export const operationHistory = z.object({ operations: z.array(operation) }).openapi('OperationHistory');

export type Operation = z.infer<typeof operation>;
export type OperationDetails = z.infer<typeof operationDetails>;
export type OperationHistory = z.infer<typeof operationHistory>;
