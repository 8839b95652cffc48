import { describe, expect, it } from 'vitest';
import { jsonAnswer, textAnswer } from '../client/support.ts';
import { mortar, type Routes } from './support.ts';

const finding = {
  id: 'f6ccdc3ce1f9950f00dabdd2814685e1',
  kind: 'brick-not-mounted',
  title: 'a brick is not mounted',
  severity: 'error',
  cluster: 'c1',
  node: 'n1',
  object: 'brick b1',
  evidence: 'nothing is mounted at /var/lib/heketi/mounts/vg_d1/brick_b1',
  mend: 'remount-brick',
  advice: 'Mounts it.',
  safe: true,
  size: 2097152,
  made: '2026-11-21T06:00:00.000Z',
  first_seen: '2026-11-21T07:00:00.000Z',
  last_seen: '2026-11-21T08:00:00.000Z',
};
const note = {
  ...finding,
  id: 'a1',
  severity: 'info',
  title: 'a note',
  node: null,
  mend: 'none',
  safe: false,
};

const list = (...findings: object[]) => jsonAnswer({ looked: '2026-11-21T08:00:00.000Z', findings });
const looking = (...findings: object[]): Routes => ({
  'POST /doctor/runs': { ...textAnswer(202, ''), headers: { location: '/queue/0a' } },
  'GET /queue/0a': { ...textAnswer(303, ''), headers: { location: '/doctor/findings' } },
  'GET /doctor/findings': list(...findings),
  'GET /nodes/n1': jsonAnswer({
    id: 'n1',
    hostnames: { manage: ['gl1'], storage: ['10.0.0.1'] },
    state: 'online',
  }),
});

const ended = { id: '0b', kind: 'mend', state: 'done', target: { kind: 'finding', id: 'f' }, finished: 'x' };
const stream = (operation: object) => textAnswer(200, `event: end\ndata: ${JSON.stringify(operation)}\n\n`);

describe('doctor', () => {
  it('shows what differs node by node, with evidence and plan, and exits 2', async () => {
    const { stdout, code } = await mortar(['doctor'], looking(finding, note));
    expect(stdout).toBe(`gl1
  error     f6ccdc3c  a brick is not mounted: brick b1 (2 GiB, made 2026-11-21T06:00:00.000Z)
                    nothing is mounted at /var/lib/heketi/mounts/vg_d1/brick_b1
                    fix, safe: Mounts it.

cluster c1
  info      a1  a note: brick b1 (2 GiB, made 2026-11-21T06:00:00.000Z)
                    nothing is mounted at /var/lib/heketi/mounts/vg_d1/brick_b1
                    by hand: Mounts it.

1 error, 0 warnings, 1 for information; 1 can be fixed, 1 of them safely.
`);
    expect(code).toBe(2);
  });

  it('exits 0 when there is nothing, or nothing but information', async () => {
    const clean = await mortar(['doctor'], looking());
    expect(clean).toMatchObject({ code: 0, stdout: 'Nodes and database agree.\n' });
    expect((await mortar(['doctor'], looking(note))).code).toBe(0);
  });

  it('prints JSON, and only the findings that are named', async () => {
    const { stdout } = await mortar(['doctor', 'f6', '--json'], looking(finding, note));
    expect(JSON.parse(stdout).findings).toEqual([finding]);
  });

  it('does not look again with --last', async () => {
    const { server } = await mortar(['doctor', '--last', '--json'], { 'GET /doctor/findings': list(note) });
    expect(server.asked).toEqual(['GET /doctor/findings']);
  });

  it('says what is wrong with ids and flags', async () => {
    const complaints = async (...words: string[]) =>
      (await mortar(['doctor', ...words], looking(finding, { ...finding, id: 'f6dd' }))).stderr;
    expect(await complaints('f6')).toContain('several findings begin with f6');
    expect(await complaints('99')).toContain('there is no finding 99');
    expect(await complaints('--all-safe')).toContain('--all-safe goes with --fix');
    expect(await complaints('--fix')).toContain('name the ids of findings, or say --all-safe');
    expect(await complaints('--fix', 'f6cc')).toContain('add --yes');
  });
});

describe('doctor --fix', () => {
  const routes: Routes = {
    ...looking(finding, note),
    'POST /doctor/fix': jsonAnswer(
      { started: [{ finding: finding.id, operation: '0b', refused: null }] },
      202,
    ),
    'GET /operations/0b/events': stream(ended),
  };

  it('mends what is safe, waits, and tells what became of it', async () => {
    const { stdout, code, server } = await mortar(['doctor', '--fix', '--all-safe', '--yes'], routes);
    expect(server.sentTo('POST /doctor/fix')).toEqual({ findings: [finding.id] });
    expect(stdout).toContain('mended  f6ccdc3c  brick b1\n');
    expect(code).toBe(0);
  });

  it('asks first, and takes a no for a no', async () => {
    const { stdout, server } = await mortar(['doctor', '--fix', 'f6'], routes, { isTTY: true, input: 'n\n' });
    expect(stdout).toContain('Nothing was changed.');
    expect(server.asked).not.toContain('POST /doctor/fix');
  });

  it('fails when one fails, with its reason', async () => {
    const failed = { ...ended, state: 'undone', error: { code: 'x', message: 'gl1 does not answer' } };
    const { stdout, stderr, code } = await mortar(['doctor', '--fix', 'f6', '-y'], {
      ...routes,
      'GET /operations/0b/events': stream(failed),
    });
    expect(stdout).toContain('failed  f6ccdc3c  brick b1: gl1 does not answer\n');
    expect(stderr).toContain('1 of 1 finding could not be mended');
    expect(code).toBe(255);
  });

  it('tells refusals', async () => {
    const { stdout, code } = await mortar(['doctor', '--fix', 'f6', '-y', '--json'], {
      ...routes,
      'POST /doctor/fix': jsonAnswer(
        { started: [{ finding: finding.id, operation: null, refused: 'busy' }] },
        202,
      ),
    });
    expect(JSON.parse(stdout).outcomes).toEqual([{ finding: finding.id, operation: null, error: 'busy' }]);
    expect(code).toBe(255);
  });
});

describe('doctor quarantine', () => {
  const item = {
    id: '04fe00',
    kind: 'brick',
    cluster: 'c1',
    node: 'n1',
    object: 'brick b9 in vg_d1',
    since: '2026-11-01T00:00:00.000Z',
    until: '2026-11-08T00:00:00.000Z',
    size: 1048576,
  };
  const routes: Routes = {
    'GET /doctor/quarantine': jsonAnswer({ items: [item] }),
    'DELETE /doctor/quarantine/04fe00': { ...textAnswer(202, ''), headers: { location: '/queue/0a' } },
    'POST /doctor/quarantine/04fe00/release': { ...textAnswer(202, ''), headers: { location: '/queue/0a' } },
    'GET /queue/0a': textAnswer(204, ''),
  };

  it('lists what is kept, and until when', async () => {
    const { stdout } = await mortar(['doctor', 'quarantine', 'list'], routes);
    expect(stdout).toBe(
      `Id      What               Size   Since                     Kept until
04fe00  brick b9 in vg_d1  1 GiB  2026-11-01T00:00:00.000Z  2026-11-08T00:00:00.000Z
`,
    );
  });

  it('destroys only when told so twice', async () => {
    const refused = await mortar(['doctor', 'quarantine', 'destroy', '04'], routes);
    expect(refused.stderr).toContain('add --yes');
    const { stdout, server } = await mortar(['doctor', 'quarantine', 'destroy', '04', '--yes'], routes);
    expect(stdout).toBe('Destroyed: brick b9 in vg_d1\n');
    expect(server.asked).toContain('DELETE /doctor/quarantine/04fe00');
  });

  it('releases', async () => {
    const { stdout } = await mortar(['doctor', 'quarantine', 'release', '04fe00'], routes);
    expect(stdout).toBe('Released: brick b9 in vg_d1\n');
  });

  it('adds orphans by the ids of findings', async () => {
    const { stdout, server } = await mortar(['doctor', 'quarantine', 'add', 'f6'], {
      'GET /doctor/findings': list(finding),
      'POST /doctor/quarantine': jsonAnswer(
        { started: [{ finding: finding.id, operation: '0b', refused: null }] },
        202,
      ),
      'GET /operations/0b/events': stream(ended),
    });
    expect(server.sentTo('POST /doctor/quarantine')).toEqual({ findings: [finding.id] });
    expect(stdout).toContain('mended  f6ccdc3c');
  });
});

describe('rebuild', () => {
  const report = {
    done: false,
    clusters: ['c1'],
    nodes: [{ id: 'n1', host: 'gl1', cluster: 'c1' }],
    devices: [],
    volumes: [{ id: 'v1', name: 'vol', size: 10, cluster: 'c1' }],
    bricks: 3,
    problems: [],
    notes: ['gl2 gets a new id'],
  };
  const routes: Routes = { 'POST /rebuild': [jsonAnswer(report), jsonAnswer({ ...report, done: true })] };

  it('shows what it found, and records nothing on a dry run', async () => {
    const { stdout, server, code } = await mortar(
      ['rebuild', '--host', 'gl1', '--host=gl2', '--dry-run'],
      routes,
    );
    expect(server.requests).toHaveLength(1);
    expect(server.sentTo('POST /rebuild')).toEqual({ hosts: ['gl1', 'gl2'], partial: false, dry_run: true });
    expect(stdout).toContain('v1      vol   10 GiB  c1');
    expect(stdout).toContain('note: gl2 gets a new id');
    expect(stdout).toContain('1 cluster, 1 node, 0 devices, 1 volume, 3 bricks would be recorded.');
    expect(code).toBe(0);
  });

  it('takes the nodes of a topology file, asks, and records', async () => {
    const files = { 'topology.yaml': 'clusters: []\n' };
    const refused = await mortar(['rebuild', 'topology.yaml'], routes, { files });
    expect(refused.stderr).toContain('add --yes');
    const { stdout, server } = await mortar(['rebuild', 'topology.yaml', '-y'], routes, { files });
    expect(server.requests.map(({ body }) => JSON.parse(body ?? ''))).toEqual([
      { topology: { clusters: [] }, partial: false, dry_run: true },
      { topology: { clusters: [] }, partial: false },
    ]);
    expect(stdout).toContain('Recorded.');
  });

  it('wants either a file or hosts', async () => {
    expect((await mortar(['rebuild'], routes)).stderr).toContain('name either a topology file or hosts');
  });
});
