import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { wholeDump } from '../../support/heketi-dump.ts';
import { mortar } from '../../support/manager-process.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

// Each command is a process of its own, run from the sources.
vi.setConfig({ testTimeout: 300_000 });

const scene = () => {
  const folder = temporaryFolder();
  const dump = join(folder, 'heketi.json');
  writeFileSync(dump, wholeDump().text());
  return { dump, back: join(folder, 'back.json'), db: join(folder, 'mortar.db') };
};

describe('mortar import heketi, mortar export heketi', () => {
  it('take a dump over, give it back as it came, and write over nothing', async () => {
    const { dump, back, db } = scene();
    const tried = await mortar(['import', 'heketi', dump, '--db', db, '--without-nodes', '--dry-run']);
    expect([tried.code, tried.stderr]).toEqual([0, '']);
    expect(tried.stdout).toMatch(
      /^It would take over 2 clusters, .* 5 volumes,[\s\S]*\nNothing was written\.\n$/,
    );
    const done = await mortar(['import', 'heketi', dump, '--db', db, '--without-nodes', '--json']);
    expect([done.code, done.stderr]).toEqual([0, '']);
    expect(JSON.parse(done.stdout)).toMatchObject({ done: true, clusters: 2, volumes: 5, pending: [] });
    const given = await mortar(['export', 'heketi', back, '--db', db, '--passwords-from', dump]);
    expect([given.code, given.stdout, given.stderr]).toEqual([0, '', '']);
    expect(JSON.parse(readFileSync(back, 'utf8'))).toEqual(JSON.parse(readFileSync(dump, 'utf8')));
    expect(statSync(back).mode & 0o777, 'passwords are in it').toBe(0o600);
    const again = await mortar(['export', 'heketi', back, '--db', db]);
    expect(again.code).toBe(255);
    expect(again.stderr).toMatch(
      /the dump cannot be written: .*back\.json.*Name a file that is not there yet/,
    );
    const twice = await mortar(['import', 'heketi', dump, '--db', db, '--without-nodes']);
    expect(twice.code).toBe(255);
    expect(twice.stderr).toMatch(/the database is not empty \(2 clusters, /);
  });

  it('refuse what they cannot do, and say what to do', async () => {
    const { dump, back, db } = scene();
    const words = [
      [['import', 'heketi', `${dump}.old`, '--db', db, '--without-nodes'], /the dump cannot be read: ENOENT/],
      [['import', 'heketi', dump, '--db', db, '--without-nodes', '--check'], /leave --without-nodes out/],
      [['export', 'heketi', back, '--db', db], /there is no database at /],
    ] as const;
    for (const [line, message] of words) {
      const { code, stderr } = await mortar([...line]);
      expect(code, line.join(' ')).toBe(255);
      expect(stderr).toMatch(message);
    }
  });
});
