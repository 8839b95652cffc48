import type { Backup, BackupList, BackupVerification } from '../api/schema/backups.ts';
import { expectStatus } from './answer.ts';
import { type CallOptions, type Session, segment } from './session.ts';
import { backupListShape, backupShape, backupVerificationShape } from './shapes.ts';

/** Mortar's own but for the download: Heketi has none of the others. */
export interface BackupCalls {
  list(options?: CallOptions): Promise<BackupList>;
  /** Makes one now; resolves when it is at its place and was read back. */
  create(options?: CallOptions): Promise<Backup>;
  /** A copy of the database as a file. */
  download(options?: CallOptions): Promise<Uint8Array>;
  /** Restores it into a scratch database of the server and compares that with the nodes. */
  compare(id: string, options?: CallOptions): Promise<BackupVerification>;
  /** Says that the restored database agrees with the nodes: what was unfinished in it goes on. */
  confirmRestored(options?: CallOptions): Promise<void>;
}

export const createBackupCalls = (session: Session): BackupCalls => ({
  list: (options) => session.value({ ...options, method: 'GET', target: '/backups' }, backupListShape),
  create: (options) => session.value({ ...options, method: 'POST', target: '/backups' }, backupShape, 201),
  async download(options) {
    const response = await session.send({ ...options, method: 'GET', target: '/backup/db' });
    return (await expectStatus(response, 200)).bytes();
  },
  compare: (id, options) =>
    session.value(
      { ...options, method: 'POST', target: `/backups/${segment(id)}/verify`, body: { nodes: true } },
      backupVerificationShape,
    ),
  confirmRestored: (options) =>
    session.done({ ...options, method: 'POST', target: '/backups/restored/confirm' }, 204),
});
