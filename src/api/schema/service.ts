import { required, z } from './wire.ts';

const adminStates = ['normal', 'read-only', 'local-client'];

export const adminState = z
  .object({
    state: required(z.string())
      .refine((value) => adminStates.includes(value), { error: 'must be a valid value' })
      .openapi({ enum: adminStates }),
  })
  .openapi('AdminState');

export const loggingState = z
  .object({
    loglevel: z
      .record(z.string(), z.string())
      .optional()
      .openapi({ example: { glusterfs: 'info' } }),
  })
  .openapi('LoggingState');

export type AdminState = z.infer<typeof adminState>;
export type LoggingState = z.infer<typeof loggingState>;
