import type { Readable } from 'node:stream';

/** A file at a target. */
export interface StoredFile {
  readonly name: string;
  readonly sizeBytes: number;
}

export interface FileFacts {
  readonly sizeBytes: number;
  /** In hex. */
  readonly sha256: string;
}

/**
 * Where backups are kept. A file is there whole or not at all. Names hold no slash.
 * Methods reject with `backup.failed`, and with `object.not_found` where a file is read that is not there.
 */
export interface BackupTarget {
  /** For people: `folder /var/lib/mortar/backups`. */
  readonly description: string;
  /** A new file on this machine that `put` takes up; the caller makes it, and removes it when it comes to nothing. */
  stage(): Promise<string>;
  /** Takes the staged file up under a name; the staged file is gone afterwards. */
  put(staged: string, name: string, facts: FileFacts): Promise<void>;
  putText(name: string, text: string): Promise<void>;
  list(): Promise<StoredFile[]>;
  read(name: string): Promise<Readable>;
  /** Also succeeds when it is not there. */
  remove(name: string): Promise<void>;
  /** Ends what keeps the process alive. */
  close(): void;
}

/** A small file at a target as text. */
export async function readText(target: BackupTarget, name: string): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of await target.read(name)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
