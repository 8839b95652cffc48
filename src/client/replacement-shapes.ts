import type { ReplacementPlan, WhatIfReport } from '../api/schema/replacements.ts';
import { flag, listOf, oneOf, optional, record, text, wholeNumber } from './shape.ts';

type Move = ReplacementPlan['moves'][number];
type VolumeLoss = WhatIfReport['volumes'][number];

const place = record<Move['from']>({ node: text, node_name: text, device: text, device_name: text });

const moves = listOf(
  record<Move>({
    brick: text,
    volume: text,
    volume_name: text,
    kind: oneOf('data', 'arbiter'),
    size_kib: wholeNumber,
    only_copy: flag,
    from: place,
    to: optional(place),
    refusal: optional(text),
  }),
);

export const replacementPlanShape = record<ReplacementPlan>({ possible: flag, moves });

const effect = oneOf('lost', 'read-only', 'degraded');

export const whatIfShape = record<WhatIfReport>({
  volumes: listOf(
    record<VolumeLoss>({
      id: text,
      name: text,
      effect,
      sets: listOf(
        record<VolumeLoss['sets'][number]>({ set: wholeNumber, lost_bricks: listOf(text), effect, text }),
      ),
    }),
  ),
  moves,
  beyond_repair: listOf(text),
  all_protected_again: flag,
});
