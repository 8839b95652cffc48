import { createHash, type Hash } from 'node:crypto';
import { z } from 'zod';
import { newId } from '../../lib/ids.ts';

const count = z.int().min(0);

/** What is known of a copy of the database, kept beside it as `<name>.json`. */
const copyManifest = z.strictObject({
  format: z.literal(1),
  /** 32 hex digits. */
  id: z.string().regex(/^[0-9a-f]{32}$/),
  /** File name of the copy. */
  name: z.string().regex(/^[^/\p{Cc}]+\.db$/u),
  createdAt: z.iso.datetime(),
  /** Why it was made. */
  reason: z.enum(['scheduled', 'request', 'migration', 'download']),
  schemaVersion: z.int().min(1),
  sizeBytes: z.int().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** How many objects it holds, so that an empty one is not taken for a good one. */
  objects: z.strictObject({ clusters: count, nodes: count, devices: count, volumes: count, bricks: count }),
});

export type CopyManifest = z.infer<typeof copyManifest>;
export type CopyReason = CopyManifest['reason'];

interface NewManifest {
  readonly reason: CopyReason;
  readonly nowMs: number;
  readonly facts: Pick<CopyManifest, 'schemaVersion' | 'sizeBytes' | 'sha256' | 'objects'>;
}

/** `mortar-20261121T081437Z-v2-<id>.db`: names sort by time. */
export function newManifest({ reason, nowMs, facts }: NewManifest): CopyManifest {
  const id = newId();
  const name = `mortar-${timeStamp(nowMs)}-v${facts.schemaVersion}-${id}.db`;
  const createdAt = new Date(nowMs).toISOString();
  return { format: 1, id, name, createdAt, reason, ...facts };
}

/** @returns undefined for a text that is no manifest. */
export function readManifest(text: string): CopyManifest | undefined {
  try {
    return copyManifest.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

export const manifestText = (manifest: CopyManifest): string => `${JSON.stringify(manifest, null, 2)}\n`;
export const manifestName = (copyName: string): string => `${copyName}.json`;
export const sha256 = (): Hash => createHash('sha256');

/** `20261121T081437Z`. */
export const timeStamp = (ms: number): string =>
  new Date(ms).toISOString().replaceAll(/[-:]/g, '').replace(/\.\d+/, '');
