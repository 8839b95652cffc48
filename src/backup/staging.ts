import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '../lib/ids.ts';

const pattern = /^\.mortar-copy-[0-9a-f]{32}\.part$/;
/** What is older than this belongs to nobody any more. */
const leftoverMs = 3_600_000;

/** A path for a copy in the making. The folder is made when it is not there; only the owner may look into it. */
export async function stagedPath(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return join(folder, `.mortar-copy-${newId()}.part`);
}

/** Removes copies whose making was cut off. */
export async function sweepStaging(folder: string, nowMs: number): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((entry) => pattern.test(entry.replace(/-journal$/, '')))) {
    const path = join(folder, name);
    const { mtimeMs } = await stat(path);
    if (nowMs - mtimeMs > leftoverMs) await rm(path, { force: true });
  }
}
