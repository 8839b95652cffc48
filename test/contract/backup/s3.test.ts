import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { S3Target, type S3TargetSettings } from '../../../src/backup/s3/s3-target.ts';
import type { BackupTarget } from '../../../src/backup/target.ts';
import { startManager } from '../../support/manager.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { accessKey, S3Server, secretKey } from './s3-server.ts';
import { describeTarget } from './target-suite.ts';

let server: S3Server;
beforeAll(async () => {
  server = await S3Server.start();
  await server.makeBucket('mortar-tests');
}, 300_000);
afterAll(() => server.stop());

const settings = (change: Partial<S3TargetSettings> = {}): S3TargetSettings => ({
  endpoint: server.endpoint,
  bucket: 'mortar-tests',
  prefix: `${randomUUID()}/`,
  region: 'us-east-1',
  accessKey,
  secretKey,
  stagingFolder: temporaryFolder(),
  ...change,
});

function target(change: Partial<S3TargetSettings> = {}): BackupTarget {
  const made = new S3Target(settings(change));
  onTestFinished(() => made.close());
  return made;
}

describe('a bucket for backups', () => {
  describeTarget({ fresh: async () => target() });

  it.each([
    ['a secret', { secretKey: 'wrong' }, /SignatureDoesNotMatch.*secret_key/],
    ['an access key', { accessKey: 'AKIDNOBODY' }, /InvalidAccessKeyId.*access_key/],
    ['a bucket', { bucket: 'there-is-none' }, /NoSuchBucket.*make the bucket/],
  ])('says so when %s is wrong, never showing the secret', async (_what, change, words) => {
    const refused = target(change);
    for (const work of [() => refused.list(), () => refused.putText('one', '1')]) {
      const error = await work().then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error).toMatchObject({ code: 'backup.failed', message: expect.stringMatching(words) as string });
      expect(JSON.stringify(error) + String(error)).not.toContain(secretKey);
    }
  });

  it('is tried again while the server is in trouble', async () => {
    let asked = 0;
    const troubled = createServer((_request, response) => {
      asked += 1;
      response.statusCode = asked < 3 ? 503 : 200;
      response.end('<ListBucketResult><KeyCount>0</KeyCount></ListBucketResult>');
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void troubled.close());
    await new Promise((resolve) => troubled.once('listening', resolve));
    const { port } = troubled.address() as AddressInfo;
    expect(await target({ endpoint: `http://127.0.0.1:${port}` }).list()).toEqual([]);
    expect(asked).toBe(3);
  });

  it('takes the backups of a manager, and finds one that was changed behind its back', async () => {
    const prefix = `${randomUUID()}/`;
    const manager = await startManager({
      env: {
        MORTAR_BACKUP_S3_ENDPOINT: server.endpoint,
        MORTAR_BACKUP_S3_BUCKET: 'mortar-tests',
        MORTAR_BACKUP_S3_PREFIX: prefix,
        MORTAR_BACKUP_S3_ACCESS_KEY: accessKey,
        MORTAR_BACKUP_S3_SECRET_KEY: secretKey,
        MORTAR_BACKUP_KEEP_COUNT: '2',
      },
    });
    const { wire } = manager;
    for (let count = 0; count < 3; count += 1) {
      expect((await wire.send('/backups', { method: 'POST' })).status).toBe(201);
    }
    const list = (await wire.send('/backups')).json() as {
      backups: { id: string; name: string; state: string }[];
    };
    expect(list.backups.map(({ state }) => state)).toEqual(['good', 'good']);
    const [newest] = list.backups;
    const key = `${prefix}${newest?.name}`;
    const bytes = (await server.object('mortar-tests', key)) ?? Buffer.alloc(0);
    bytes.fill(1, 5000, 5016);
    await server.overwrite('mortar-tests', key, bytes);
    const verified = await wire.send(`/backups/${newest?.id}/verify`, { method: 'POST' });
    expect(verified.text).toMatch(/the checksum is wrong/);
  });
});
