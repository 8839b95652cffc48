import type { BackupInfo, Backups } from '../../backup/backups.ts';
import type { VerifyReport } from '../../backup/verify.ts';
import type { RestoredMark } from '../../db/marks.ts';
import type { Backup, BackupList, BackupVerification } from '../schema/backups.ts';

const time = (ms: number): string => new Date(ms).toISOString();
const timeOrNull = (ms: number | null | undefined): string | null => (ms == null ? null : time(ms));

export function presentBackup({ manifest, state, fault, checkedAtMs }: BackupInfo): Backup {
  return {
    id: manifest.id,
    name: manifest.name,
    created: manifest.createdAt,
    reason: manifest.reason,
    size: manifest.sizeBytes,
    schema_version: manifest.schemaVersion,
    sha256: manifest.sha256,
    objects: { ...manifest.objects },
    state,
    checked: timeOrNull(checkedAtMs),
    fault: fault ?? null,
  };
}

interface Facts {
  readonly infos: readonly BackupInfo[];
  readonly nextAtMs: number | undefined;
  readonly restored: RestoredMark | undefined;
}

export function presentBackups(backups: Backups, { infos, nextAtMs, restored }: Facts): BackupList {
  const { place, lastFailure } = backups;
  return {
    place,
    next: timeOrNull(nextAtMs),
    last_failure:
      lastFailure === undefined ? null : { time: time(lastFailure.atMs), message: lastFailure.message },
    restored:
      restored === undefined
        ? null
        : {
            backup: restored.backup,
            made: timeOrNull(restored.madeAtMs),
            restored: time(restored.restoredAtMs),
          },
    backups: infos.map(presentBackup),
  };
}

export const presentVerification = (report: VerifyReport): BackupVerification => ({
  sound: report.problems.length === 0,
  schema_version: report.schemaVersion,
  objects: { ...report.objects },
  differences: report.findings?.map(({ text }) => text) ?? null,
  problems: report.problems.map((problem) => ({ ...problem })),
});
