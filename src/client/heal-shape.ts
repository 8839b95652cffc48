import type { HealReport } from '../api/schema/heal.ts';
import { flag, listOf, nullable, record, text, wholeNumber } from './shape.ts';

export const healReportShape = record<HealReport>({
  volume: text,
  name: text,
  redundant: flag,
  healed: flag,
  pending_entries: wholeNumber,
  bricks: listOf(
    record<HealReport['bricks'][number]>({
      brick: text,
      node: text,
      node_name: text,
      set: wholeNumber,
      path: text,
      connected: flag,
      pending_entries: nullable(wholeNumber),
    }),
  ),
});
