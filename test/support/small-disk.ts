import { execFileSync } from 'node:child_process';
import { closeSync, fstatSync, ftruncateSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './temporary-folder.ts';

/** A file system of a few MiB of its own (a tmpfs; needs root), so that a full disk is a full disk. */
export class SmallDisk {
  readonly folder = temporaryFolder();

  constructor(sizeMib: number) {
    execFileSync('/bin/mount', ['-t', 'tmpfs', '-o', `size=${sizeMib}m`, 'mortar-test', this.folder]);
    onTestFinished(() => void execFileSync('/bin/umount', ['--lazy', this.folder]));
  }

  get #ballast(): string {
    return join(this.folder, 'ballast');
  }

  /** Takes all the room that is left, but for so much. */
  fill(leaveKib = 0): void {
    const file = openSync(this.#ballast, 'a');
    try {
      for (const size of [64 * 1024, 512]) this.#writeUntilFull(file, Buffer.alloc(size));
      ftruncateSync(file, Math.max(0, fstatSync(file).size - leaveKib * 1024));
    } finally {
      closeSync(file);
    }
  }

  /** Gives the room back. */
  free(): void {
    rmSync(this.#ballast);
  }

  remount(mode: 'ro' | 'rw'): void {
    execFileSync('/bin/mount', ['-o', `remount,${mode}`, this.folder]);
  }

  #writeUntilFull(file: number, piece: Buffer): void {
    try {
      for (;;) writeSync(file, piece);
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'ENOSPC') throw thrown;
    }
  }
}
