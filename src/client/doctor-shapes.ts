/** What the doctor answers. */
import type {
  Finding,
  FindingList,
  MendStart,
  MendStarts,
  QuarantineItem,
  QuarantineList,
  RebuildReport,
} from '../api/schema/doctor.ts';
import { flag, listOf, nullable, oneOf, record, text, wholeNumber } from './shape.ts';

const findingShape = record<Finding>({
  id: text,
  kind: text,
  title: text,
  severity: oneOf('error', 'warning', 'info'),
  cluster: nullable(text),
  node: nullable(text),
  object: text,
  evidence: text,
  mend: text,
  advice: text,
  safe: flag,
  size: nullable(wholeNumber),
  made: nullable(text),
  first_seen: text,
  last_seen: text,
});

export const findingListShape = record<FindingList>({
  looked: nullable(text),
  findings: listOf(findingShape),
});

const mendStartShape = record<MendStart>({
  finding: text,
  operation: nullable(text),
  refused: nullable(text),
});

export const mendStartsShape = record<MendStarts>({ started: listOf(mendStartShape) });

const quarantineItemShape = record<QuarantineItem>({
  id: text,
  kind: oneOf('brick', 'volume'),
  cluster: text,
  node: nullable(text),
  object: text,
  since: text,
  until: text,
  size: wholeNumber,
});

export const quarantineListShape = record<QuarantineList>({ items: listOf(quarantineItemShape) });

export const rebuildReportShape = record<RebuildReport>({
  done: flag,
  clusters: listOf(text),
  nodes: listOf(record<RebuildReport['nodes'][number]>({ id: text, host: text, cluster: text })),
  devices: listOf(record<RebuildReport['devices'][number]>({ id: text, name: text, node: text })),
  volumes: listOf(
    record<RebuildReport['volumes'][number]>({ id: text, name: text, size: wholeNumber, cluster: text }),
  ),
  bricks: wholeNumber,
  problems: listOf(text),
  notes: listOf(text),
});
