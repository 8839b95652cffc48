import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { AppError } from '../../errors.ts';
import { stagedPath } from '../staging.ts';
import type { BackupTarget, FileFacts, StoredFile } from '../target.ts';
import { bodyOf, explainAnswer, readListing } from './s3-answer.ts';
import { S3Client, type S3Settings } from './s3-client.ts';

export interface S3TargetSettings extends S3Settings {
  /** What the keys begin with; empty, or ending with a slash. */
  readonly prefix: string;
  /** Where copies are made before they are sent. */
  readonly stagingFolder: string;
}

/** Backups as objects of an S3-compatible server. An object is there whole or not at all by S3's own promise. */
export class S3Target implements BackupTarget {
  readonly description: string;
  readonly #settings: S3TargetSettings;
  readonly #client: S3Client;

  constructor(settings: S3TargetSettings) {
    this.#settings = settings;
    this.#client = new S3Client(settings);
    this.description = `s3://${settings.bucket}/${settings.prefix} at ${settings.endpoint}`;
  }

  stage(): Promise<string> {
    return stagedPath(this.#settings.stagingFolder);
  }

  async put(staged: string, name: string, facts: FileFacts): Promise<void> {
    const answer = await this.#client.send({
      method: 'PUT',
      key: this.#key(name),
      body: { path: staged },
      ...facts,
    });
    await this.#accept(answer, name);
    await rm(staged, { force: true });
  }

  async putText(name: string, text: string): Promise<void> {
    const answer = await this.#client.send({
      method: 'PUT',
      key: this.#key(name),
      body: { text },
      sizeBytes: Buffer.byteLength(text),
      sha256: createHash('sha256').update(text).digest('hex'),
    });
    await this.#accept(answer, name);
  }

  async list(): Promise<StoredFile[]> {
    const { prefix, bucket, endpoint } = this.#settings;
    const files: StoredFile[] = [];
    for (let next: string | undefined, isFirst = true; isFirst || next !== undefined; isFirst = false) {
      const token = next === undefined ? {} : { 'continuation-token': next };
      const answer = await this.#client.send({
        method: 'GET',
        key: '',
        query: { 'list-type': '2', prefix, ...token },
      });
      if (answer.statusCode === 404) throw await explainAnswer(answer, `s3://${bucket} at ${endpoint}`);
      const page = readListing(await bodyOf(answer));
      files.push(...page.files);
      next = page.next;
    }
    return files
      .map(({ name, sizeBytes }) => ({ name: name.slice(prefix.length), sizeBytes }))
      .filter(({ name }) => name !== '' && !name.includes('/'))
      .sort((a, b) => a.name.localeCompare(b.name));
  }

  async read(name: string): Promise<Readable> {
    const answer = await this.#client.send({ method: 'GET', key: this.#key(name) });
    if (answer.statusCode !== 404) return answer;
    answer.resume();
    throw new AppError('object.not_found', `${this.description}: there is no ${name}`);
  }

  async remove(name: string): Promise<void> {
    const answer = await this.#client.send({ method: 'DELETE', key: this.#key(name) });
    await bodyOf(answer);
  }

  close(): void {
    this.#client.close();
  }

  #key(name: string): string {
    return `${this.#settings.prefix}${name}`;
  }

  /** A bucket that is not there is answered 404 to a PUT. */
  async #accept(answer: Parameters<typeof bodyOf>[0], name: string): Promise<void> {
    const { bucket, endpoint } = this.#settings;
    if (answer.statusCode === 404)
      throw await explainAnswer(answer, `s3://${bucket}/${this.#key(name)} at ${endpoint}`);
    await bodyOf(answer);
  }
}
