import { describe, expect, it } from 'vitest';
import { jsonAnswer, textAnswer } from '../client/support.ts';
import { mortar, withoutColours } from './support.ts';

const backup = {
  id: '0a1b',
  name: 'mortar-20261121T060000Z-v2-0a1b.db',
  created: '2026-11-21T06:00:00.000Z',
  reason: 'scheduled',
  size: 36_700_160,
  schema_version: 2,
  sha256: 'ab',
  objects: { clusters: 1, nodes: 3, devices: 6, volumes: 1200, bricks: 3600 },
  state: 'good',
  checked: '2026-11-21T06:00:01.000Z',
  fault: null,
};

const list = {
  place: 'folder /var/lib/mortar/backups',
  next: '2026-11-22T06:00:00.000Z',
  last_failure: null,
  restored: null,
  backups: [backup],
};

describe('backup list', () => {
  it('prints where they are, when the next is due, and each with its state', async () => {
    const { stdout } = await mortar(['backup', 'list'], { 'GET /backups': jsonAnswer(list) });
    expect(stdout).toBe(
      `Place  folder /var/lib/mortar/backups
Next   2026-11-22T06:00:00.000Z

Backup  Made                          Size  Volumes  Schema  State  Fault
0a1b    2026-11-21T06:00:00.000Z  35.0 MiB     1200       2  good
`,
    );
  });

  it('says what went wrong, and that the database was restored', async () => {
    const trouble = {
      ...list,
      next: null,
      last_failure: { time: '2026-11-21T07:00:00.000Z', message: 'the disk is full' },
      restored: { backup: 'old.db', made: null, restored: '2026-11-21T05:00:00.000Z' },
      backups: [],
    };
    const { stdout } = await mortar(['backup', 'list'], { 'GET /backups': jsonAnswer(trouble) });
    expect(withoutColours(stdout)).toContain('2026-11-21T07:00:00.000Z: the disk is full');
    expect(stdout).toContain('only when asked for');
    expect(stdout).toContain('from old.db at 2026-11-21T05:00:00.000Z; not reconciled');
  });

  it('prints JSON', async () => {
    const { stdout } = await mortar(['backup', 'list', '--json'], { 'GET /backups': jsonAnswer(list) });
    expect(JSON.parse(stdout)).toEqual(list);
  });
});

describe('backup create', () => {
  it('tells what was made', async () => {
    const { stdout } = await mortar(['backup', 'create'], { 'POST /backups': jsonAnswer(backup, 201) });
    expect(stdout).toBe(`Backup 0a1b made: ${backup.name}, 36700160 bytes\n`);
  });

  it("fails in the server's words", async () => {
    const { stderr, code } = await mortar(['backup', 'create'], {
      'POST /backups': textAnswer(500, '/backups: the disk is full'),
    });
    expect([code, stderr]).toEqual([255, 'Error: /backups: the disk is full\n']);
  });
});

describe('backup compare', () => {
  const report = {
    sound: true,
    schema_version: 2,
    objects: backup.objects,
    differences: [],
    problems: [],
  };

  it('takes the newest that is whole, and says that all agrees', async () => {
    const damaged = { ...backup, id: 'ffff', state: 'damaged', fault: 'cut off' };
    const { stdout, code, server } = await mortar(['backup', 'compare'], {
      'GET /backups': jsonAnswer({ ...list, backups: [damaged, backup] }),
      'POST /backups/0a1b/verify': jsonAnswer(report),
    });
    expect([code, stdout]).toEqual([0, 'Backup 0a1b and the nodes agree.\n']);
    expect(server.sentTo('POST /backups/0a1b/verify')).toEqual({ nodes: true });
  });

  it('tells what differs, with an exit code of its own', async () => {
    const { stdout, code } = await mortar(['backup', 'compare', '0a1b'], {
      'POST /backups/0a1b/verify': jsonAnswer({ ...report, differences: ['volume x: on no record'] }),
    });
    expect([code, stdout]).toEqual([2, 'volume x: on no record\n']);
  });
});

describe('backup confirm', () => {
  it('says that what was unfinished goes on', async () => {
    const { stdout, server } = await mortar(['backup', 'confirm'], {
      'POST /backups/restored/confirm': textAnswer(204, ''),
    });
    expect(server.asked).toEqual(['POST /backups/restored/confirm']);
    expect(stdout).toBe('What was unfinished in the backup goes on\n');
  });
});
