import { type FileHandle, open } from 'node:fs/promises';
import type { Download } from '../../backup/backups.ts';
import type { Reads } from '../../db/queries.ts';
import { AppError } from '../../errors.ts';
import type { ApiTools } from '../api-tools.ts';
import { empty, json, type Reply } from '../http/reply.ts';
import { type Route, route } from '../http/route.ts';
import { backup, backupCheck, backupList, backupVerification } from '../schema/backups.ts';
import { presentBackup, presentBackups, presentVerification } from './present.ts';

const tag = 'Backups';

/** Opens the file and takes its name away, so that it goes with the connection. */
async function openOnce(copy: Download): Promise<FileHandle> {
  try {
    return await open(copy.path, 'r');
  } finally {
    await copy.dispose();
  }
}

/** A copy of the database as it is now. */
async function download({ backups }: ApiTools): Promise<Reply> {
  const copy = await backups.download();
  const { manifest } = copy;
  const file = await openOnce(copy);
  return {
    type: 'stream',
    stream: file.createReadStream(),
    contentType: 'application/octet-stream',
    headers: {
      'Content-Length': String(manifest.sizeBytes),
      'Content-Disposition': 'attachment; filename="heketi.db"',
      'Repr-Digest': `sha-256=:${Buffer.from(manifest.sha256, 'hex').toString('base64')}:`,
    },
  };
}

export const backupRoutes = (tools: ApiTools): Route[] => {
  const { backups, backupSchedule, doctor, reads, reconciled } = tools;
  return [
    route({
      method: 'GET',
      path: '/backups',
      tag,
      summary: 'List the backups of the database',
      answers: { 200: { description: 'Backups, and how backing up goes', schema: backupList } },
      handle: async () => {
        const restored = await reads.marks.restored();
        const infos = await backups.list();
        return json(presentBackups(backups, { infos, nextAtMs: backupSchedule.nextAtMs, restored }));
      },
    }),
    route({
      method: 'POST',
      path: '/backups',
      tag,
      summary: 'Make a backup now',
      description: 'Answers when it is at its place and was read back.',
      answers: { 201: { description: 'The backup', schema: backup } },
      handle: async () => json(presentBackup(await backups.create('request')), 201),
    }),
    route({
      method: 'POST',
      path: '/backups/{id}/verify',
      tag,
      summary: 'Restore a backup into a scratch database and look for faults',
      description: 'With `nodes`, also compares what it says with what is on the nodes.',
      body: backupCheck,
      namesParseFault: true,
      isBodyOptional: true,
      answers: { 200: { description: 'What was found', schema: backupVerification } },
      handle: async ({ params, body }) => {
        const compare = async (reads: Reads) =>
          (await doctor.compareWith(reads)).map(({ object, evidence }) => ({
            text: `${object}: ${evidence}`,
          }));
        const report = await backups.verify(params.id ?? '', body.nodes === true ? compare : undefined);
        return json(presentVerification(report));
      },
    }),
    route({
      method: 'POST',
      path: '/backups/restored/confirm',
      tag,
      summary: 'Say that the restored database agrees with the nodes',
      description: 'What was unfinished in it is resumed then.',
      answers: {
        204: { description: 'Done' },
        409: { description: 'The database was not restored', contentType: 'text/plain' },
      },
      handle: async () => {
        if ((await reads.marks.restored()) === undefined)
          throw new AppError('request.conflict', 'the database does not wait to be reconciled');
        await reconciled();
        return empty(204);
      },
    }),
    route({
      method: 'GET',
      path: '/backup/db',
      tag,
      summary: 'Download a copy of the database',
      answers: { 200: { description: 'An SQLite file', contentType: 'application/octet-stream' } },
      handle: () => download(tools),
    }),
  ];
};
