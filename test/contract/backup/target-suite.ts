import { createHash, randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type BackupTarget, readText } from '../../../src/backup/target.ts';

export interface TargetBench {
  /** A target with nothing in it. */
  fresh(): Promise<BackupTarget>;
}

const factsOf = (bytes: Buffer) => ({
  sizeBytes: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
});

async function bytesOf(target: BackupTarget, name: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of await target.read(name)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** What every place for backups does alike. */
export function describeTarget(bench: TargetBench): void {
  it('is empty at first, and needs no preparation', async () => {
    expect(await (await bench.fresh()).list()).toEqual([]);
  });

  it('gives back what it took, byte for byte, and takes the staged file away', async () => {
    const target = await bench.fresh();
    const bytes = randomBytes(9 * 1024 * 1024 + 17);
    const staged = await target.stage();
    writeFileSync(staged, bytes);
    await target.put(staged, 'one.db', factsOf(bytes));
    expect(existsSync(staged)).toBe(false);
    expect((await bytesOf(target, 'one.db')).equals(bytes)).toBe(true);
    expect(await target.list()).toEqual([{ name: 'one.db', sizeBytes: bytes.length }]);
  });

  it('keeps texts, and replaces them', async () => {
    const target = await bench.fresh();
    await target.putText('note.json', '{"a": "ä"}');
    await target.putText('note.json', '{"b": "☕"}');
    expect(await readText(target, 'note.json')).toBe('{"b": "☕"}');
  });

  it('lists by name, hundreds of files too, and not what is being made', async () => {
    const target = await bench.fresh();
    await target.stage();
    const names = Array.from({ length: 120 }, (_, index) => `file-${String(index).padStart(4, '0')}`);
    for (const name of names.toReversed()) await target.putText(name, name);
    expect((await target.list()).map(({ name }) => name)).toEqual(names);
  });

  it('says what is not there', async () => {
    const target = await bench.fresh();
    await expect(target.read('missing.db')).rejects.toMatchObject({ code: 'object.not_found' });
  });

  it('removes, and is content when there is nothing to remove', async () => {
    const target = await bench.fresh();
    await target.putText('one', '1');
    await target.remove('one');
    await target.remove('one');
    expect(await target.list()).toEqual([]);
  });
}
