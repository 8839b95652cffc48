import { closeSync, fsyncSync, openSync, readSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type CopyManifest, sha256 } from './manifest.ts';

/** Makes the entries of a folder durable: names that came, went or changed. */
export function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Writes a small file so that it is there whole or not at all, whenever the power fails. Only the owner may read it. */
export function writeDurably(path: string, text: string): void {
  const part = `${path}.part`;
  writeFileSync(part, text, { mode: 0o600, flush: true });
  renameSync(part, path);
  syncFolder(dirname(path));
}

/** Makes a file durable and takes its sum. */
export function sealed(path: string): Pick<CopyManifest, 'sha256' | 'sizeBytes'> {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
    const hash = sha256();
    const buffer = Buffer.alloc(1024 * 1024);
    for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer))
      hash.update(buffer.subarray(0, read));
    return { sha256: hash.digest('hex'), sizeBytes: statSync(path).size };
  } finally {
    closeSync(file);
    syncFolder(dirname(path));
  }
}
