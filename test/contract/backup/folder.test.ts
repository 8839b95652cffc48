import { statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FolderTarget } from '../../../src/backup/folder-target.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { describeTarget } from './target-suite.ts';

describe('a folder for backups', () => {
  describeTarget({ fresh: async () => new FolderTarget(join(temporaryFolder(), 'made', 'when', 'needed')) });

  it('lets nobody else look into it', async () => {
    const folder = join(temporaryFolder(), 'backups');
    const target = new FolderTarget(folder);
    await target.putText('one', 'secret');
    expect([folder, join(folder, 'one')].map((path) => statSync(path).mode & 0o077)).toEqual([0, 0]);
  });

  it('names the folder and a remedy when it cannot be used', async () => {
    const folder = join(temporaryFolder(), 'backups');
    symlinkSync('/proc/1/nowhere', folder);
    await expect(new FolderTarget(folder).putText('one', '1')).rejects.toMatchObject({
      code: 'backup.failed',
      message: expect.stringContaining(folder) as string,
    });
  });
});
