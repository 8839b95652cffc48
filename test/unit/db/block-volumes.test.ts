import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BlockVolumeRecord } from '../../../src/db/block-volumes.ts';
import { openDatabase } from '../../../src/db/database.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { makeOldDatabase } from '../../support/old-database.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const blockVolume: BlockVolumeRecord = {
  id: 'bv9',
  clusterId: 'c1',
  hostingVolumeId: 'v1',
  name: 'second',
  sizeGib: 1,
  usableGib: 1,
  takenGib: 1,
  haCount: 1,
  auth: true,
  hosts: ['192.0.2.1'],
  iqn: '',
  lun: 0,
  username: '',
  phase: 'creating',
  operationId: 'o9',
};

function open() {
  const path = join(temporaryFolder(), 'mortar.db');
  makeOldDatabase(path, 6);
  return openDatabase({ path, clock: systemClock });
}

describe('block volumes on record', () => {
  it('are shown once they are made, and not before', async () => {
    const database = open();
    await database.write(async (tx) => tx.blockVolumes.insert(blockVolume, 1));
    expect(await database.read.blockVolumes.visibleIds()).toEqual(['bv1']);
    await database.write(async (tx) => tx.blockVolumes.update('bv9', { phase: 'ready', operationId: null }));
    expect(await database.read.blockVolumes.visibleIds('c1')).toEqual(['bv1', 'bv9']);
    expect(await database.read.blockVolumes.find('bv9')).toEqual({
      ...blockVolume,
      phase: 'ready',
      operationId: null,
    });
    await database.close();
  });

  it('cannot have the same name twice in a hosting volume', async () => {
    const database = open();
    const twice = { ...blockVolume, name: 'disk' };
    await expect(database.write(async (tx) => tx.blockVolumes.insert(twice, 1))).rejects.toThrow(/UNIQUE/);
    await database.close();
  });
});
