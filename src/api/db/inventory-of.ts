import type { Backups } from '../../backup/backups.ts';
import { openReadOnly } from '../../db/read-only.ts';
import { type Inventory, readInventory } from '../../heketi/inventory.ts';

/** All that is on record at one moment: read from a copy, so that what goes on meanwhile does not tear it. */
export async function inventoryOf(backups: Backups): Promise<Inventory> {
  const copy = await backups.download();
  try {
    const database = openReadOnly(copy.path);
    try {
      return await readInventory(database.read);
    } finally {
      database.close();
    }
  } finally {
    await copy.dispose();
  }
}
