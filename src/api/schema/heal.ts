import { id, z } from './wire.ts';

export const healReport = z
  .object({
    volume: id,
    name: z.string(),
    redundant: z.boolean().openapi({ description: 'Without copies there is nothing to heal from.' }),
    healed: z.boolean().openapi({ description: 'Every brick answers, and nothing is pending.' }),
    pending_entries: z.int().openapi({ description: 'Of the bricks that answer.' }),
    bricks: z
      .array(
        z.object({
          brick: z
            .string()
            .openapi({ description: 'Its id; `host:path` of a brick that others made, which has none.' }),
          node: id,
          node_name: z.string(),
          set: z.int(),
          path: z.string(),
          connected: z.boolean(),
          pending_entries: z
            .int()
            .nullable()
            .openapi({ description: 'What others of its set lack; null when it cannot be asked.' }),
        }),
      )
      .openapi({ description: "In gluster's order." }),
  })
  .openapi('HealReport');

export type HealReport = z.infer<typeof healReport>;
