import type { CopyManifest } from '../db/copies/manifest.ts';
import { Catalogue } from './catalogue.ts';
import { checkSum } from './fetch.ts';
import type { BackupTarget } from './target.ts';

/** So many backups are read at most. */
const triedAtMost = 5;

/** The newest backup that can be read back with the right checksum; undefined when none of the newest can. @throws AppError `backup.failed`. */
export async function newestGood(target: BackupTarget): Promise<CopyManifest | undefined> {
  const candidates = (await new Catalogue(target).list()).filter(({ fault }) => fault === undefined);
  for (const { manifest } of candidates.slice(0, triedAtMost)) {
    const isGood = await checkSum(target, manifest).then(
      () => true,
      () => false,
    );
    if (isGood) return manifest;
  }
  return undefined;
}
