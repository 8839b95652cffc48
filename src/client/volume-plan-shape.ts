import type { VolumePlan } from '../api/schema/volumes.ts';
import { flag, listOf, oneOf, optional, record, text, wholeNumber } from './shape.ts';

type PlannedBrick = NonNullable<VolumePlan['sets']>[number][number];
type Refusal = NonNullable<VolumePlan['refusals']>[number];

const plannedBrickShape = record<PlannedBrick>({
  node: text,
  node_name: text,
  zone: wholeNumber,
  device: text,
  device_name: text,
  kind: oneOf('data', 'arbiter'),
  size_kib: wholeNumber,
  taken_kib: wholeNumber,
});

const refusalShape = record<Refusal>({
  cluster: text,
  reason: text,
  largest_size_gib: optional(wholeNumber),
  suggestions: listOf(text),
  devices: listOf(
    record<Refusal['devices'][number]>({
      device: text,
      node: text,
      node_name: text,
      device_name: text,
      reason: text,
      text,
      free_kib: wholeNumber,
      needed_kib: wholeNumber,
    }),
  ),
});

export const volumePlanShape = record<VolumePlan>({
  possible: flag,
  cluster: optional(text),
  way: optional(oneOf('in-place', 'add-bricks')),
  brick_size_kib: optional(wholeNumber),
  sets: optional(listOf(listOf(plannedBrickShape))),
  refusals: optional(listOf(refusalShape)),
});
