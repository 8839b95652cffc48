import { type CopyManifest, manifestName, readManifest } from '../db/copies/manifest.ts';
import { AppError } from '../errors.ts';
import { type BackupTarget, readText } from './target.ts';

/** A backup at the target: a copy and its manifest, or what is left of one. */
export interface StoredBackup {
  readonly manifest: CopyManifest;
  readonly hasCopy: boolean;
  /** Why it cannot be good, in words; undefined when nothing speaks against it. */
  readonly fault: string | undefined;
}

/** Reads which backups a target has. Manifests never change, so each is read once. */
export class Catalogue {
  readonly #target: BackupTarget;
  readonly #manifests = new Map<string, CopyManifest>();

  constructor(target: BackupTarget) {
    this.#target = target;
  }

  /** Newest first. @throws AppError `backup.failed`. */
  async list(): Promise<StoredBackup[]> {
    const files = await this.#target.list();
    const sizes = new Map(files.map(({ name, sizeBytes }) => [name, sizeBytes]));
    const backups: StoredBackup[] = [];
    for (const { name } of files.filter((file) => file.name.endsWith('.db.json'))) {
      const manifest = await this.#manifest(name);
      if (manifest === undefined || manifestName(manifest.name) !== name) continue;
      const sizeBytes = sizes.get(manifest.name);
      backups.push({ manifest, hasCopy: sizeBytes !== undefined, fault: faultOf(manifest, sizeBytes) });
    }
    return backups.sort((a, b) => b.manifest.createdAt.localeCompare(a.manifest.createdAt));
  }

  /**
   * A backup by its id, the beginning of its id, its file name, or `newest`.
   *
   * @throws AppError `object.not_found`, `backup.failed`.
   */
  async find(wanted: string): Promise<StoredBackup> {
    const backups = await this.list();
    const found =
      wanted === 'newest'
        ? backups.filter(({ fault }) => fault === undefined).slice(0, 1)
        : backups.filter(({ manifest: { id, name } }) => name === wanted || id.startsWith(wanted));
    const [first, second] = found;
    if (first !== undefined && second === undefined) return first;
    const words = second === undefined ? 'there is no backup' : 'there are several backups';
    throw new AppError('object.not_found', `${this.#target.description}: ${words} "${wanted}"`);
  }

  async #manifest(name: string): Promise<CopyManifest | undefined> {
    const known = this.#manifests.get(name);
    if (known !== undefined) return known;
    const manifest = readManifest(await readText(this.#target, name));
    if (manifest !== undefined) this.#manifests.set(name, manifest);
    return manifest;
  }
}

function faultOf(manifest: CopyManifest, sizeBytes: number | undefined): string | undefined {
  if (sizeBytes === undefined) return 'the copy itself is missing';
  if (sizeBytes === manifest.sizeBytes) return undefined;
  return `the copy has ${sizeBytes} bytes, ${manifest.sizeBytes} were written`;
}
