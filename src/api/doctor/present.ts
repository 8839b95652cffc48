import type { KnownFinding } from '../../doctor/doctor.ts';
import { findingKinds } from '../../doctor/finding.ts';
import type { QuarantineItem } from '../../doctor/quarantine.ts';
import type { MendStart } from '../../doctor/reconcile.ts';
import type * as wire from '../schema/doctor.ts';

const time = (ms: number): string => new Date(ms).toISOString();

const presentFinding = (finding: KnownFinding): wire.Finding => ({
  id: finding.id,
  kind: finding.kind,
  title: findingKinds[finding.kind].title,
  severity: finding.severity,
  cluster: finding.clusterId,
  node: finding.nodeId,
  object: finding.object,
  evidence: finding.evidence,
  mend: finding.mend.action,
  advice: finding.advice,
  safe: finding.isSafe,
  size: finding.sizeKib,
  made: finding.madeAtMs === null ? null : time(finding.madeAtMs),
  first_seen: time(finding.firstSeenMs),
  last_seen: time(finding.lastSeenMs),
});

export const presentFindings = (
  findings: readonly KnownFinding[],
  lookedAtMs: number | null,
): wire.FindingList => ({
  looked: lookedAtMs === null ? null : time(lookedAtMs),
  findings: findings.map(presentFinding),
});

export const presentStart = (start: MendStart): wire.MendStart => ({
  finding: start.findingId,
  operation: 'operation' in start ? start.operation.id : null,
  refused: 'refusal' in start ? start.refusal.message : null,
});

export const presentItem = (item: QuarantineItem): wire.QuarantineItem => ({
  id: item.id,
  kind: item.kind,
  cluster: item.clusterId,
  node: item.kind === 'brick' ? item.nodeId : null,
  object: item.object,
  since: time(item.sinceMs),
  until: time(item.untilMs),
  size: item.sizeKib,
});
