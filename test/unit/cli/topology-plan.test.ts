import { describe, expect, it } from 'vitest';
import type { TopologyChange } from '../../../src/client/wire-types.ts';
import { acceptedAnswer, jsonAnswer, textAnswer } from '../client/support.ts';
import { node } from './samples.ts';
import { mortar, type Routes, type TrialOptions, withoutColours } from './support.ts';

const files = {
  't.yaml': `clusters:
  - nodes:
      - node: { hostnames: { manage: [gl1], storage: [s1] }, zone: 0 }
      - node: { hostnames: { manage: [gl2], storage: [s2] }, zone: 1 }
        devices: [/dev/vdb]
  - nodes:
      - node: { hostnames: { manage: ['fd00::1'], storage: [s9] }, zone: 1 }
`,
};

const changes: TopologyChange[] = [
  { action: 'add', kind: 'cluster', summary: 'cluster 2 of the file, for file and block volumes' },
  { action: 'add', kind: 'node', summary: 'node fd00::1 in zone 1' },
  { action: 'add', kind: 'node', summary: 'node gl2 in zone 1' },
  { action: 'add', kind: 'device', summary: 'device /dev/vdb on gl2' },
  { action: 'change', kind: 'node', summary: 'node gl1: zone 1 → 2' },
  { action: 'remove', kind: 'device', summary: 'device /dev/vdz on old', blocked: 'it holds 3 bricks' },
];

const present = {
  clusters: [
    { id: 'c7', volumes: [], nodes: [node({ hostnames: { manage: ['gl1'], storage: ['s1'] } })] },
    { id: 'c8', volumes: [], nodes: [node({ hostnames: { manage: ['old'], storage: ['s0'] } })] },
  ],
};

const planned = (...made: TopologyChange[]): Routes => ({
  'POST /topology/plan': jsonAnswer({ changes: made }),
  'GET /topology': jsonAnswer(present),
});

const text = `new cluster (2 of the file)
  + cluster 2 of the file, for file and block volumes
  + node fd00::1 in zone 1

cluster c7
  + node gl2 in zone 1
  + device /dev/vdb on gl2
  ~ node gl1: zone 1 → 2

cluster c8
  - device /dev/vdz on old
      blocked: it holds 3 bricks

4 to add, 1 to change, 0 to remove, 1 blocked.
`;

const run = (words: readonly string[], routes: Routes, options: TrialOptions = {}) =>
  mortar(['topology', ...words], routes, { files, ...options });

describe('topology plan', () => {
  it('shows changes by cluster, blocked ones with the reason', async () => {
    const { stdout, code, server } = await run(['plan', 't.yaml'], planned(...changes));
    expect(stdout).toBe(text);
    expect(code).toBe(0);
    expect(server.sentTo('POST /topology/plan')).toMatchObject({ clusters: [{ nodes: [{}, {}] }, {}] });
  });

  it('colours them for a person', async () => {
    const { stdout } = await run(['plan', 't.yaml'], planned(...changes), { isTTY: true });
    expect(stdout).not.toBe(text);
    expect(withoutColours(stdout)).toBe(text);
  });

  it('prints the changes as JSON', async () => {
    const { stdout } = await run(['plan', '--json', 't.yaml'], planned(...changes));
    expect(JSON.parse(stdout)).toEqual({ changes });
  });

  it('says that there is nothing to do', async () => {
    expect(await run(['plan', 't.yaml', '--exit-code'], planned())).toMatchObject({
      code: 0,
      stdout: 'Nothing to do.\n',
    });
  });

  it('exits 2 for differences when that is asked for, and says nothing more', async () => {
    expect(await run(['plan', 't.yaml', '--exit-code'], planned(...changes))).toMatchObject({
      code: 2,
      stdout: text,
      stderr: '',
    });
  });

  it('puts what it cannot place into a group of its own', async () => {
    const odd: TopologyChange = { action: 'remove', kind: 'node', summary: 'node somewhere' };
    expect((await run(['plan', 't.yaml'], planned(odd))).stdout).toContain('other\n  - node somewhere\n');
  });

  it("gives the server's complaints the file's lines", async () => {
    const details = {
      issues: [
        { path: 'clusters.0.nodes.0.node.zone', message: 'cannot be blank' },
        { path: 'clusters.1.nodes.0.node.zone', message: 'cannot be blank' },
        { path: 'clusters.0.nodes.1', message: 'Unrecognized keys: "devices", "x"' },
        { path: 'clusters.0.nodes.1.devices.0', message: 'must be in a valid format' },
      ],
    };
    const problem = { detail: 'validation failed: …', code: 'request.invalid', details };
    const headers = { 'content-type': 'application/problem+json' };
    const routes = { 'POST /topology/plan': { status: 400, headers, body: JSON.stringify(problem) } };
    expect(await run(['plan', 't.yaml'], routes)).toMatchObject({
      code: 255,
      stdout: '',
      stderr: `Error: t.yaml:3: clusters[0].nodes[0].node.zone: cannot be blank
t.yaml:4: unknown key "x" in clusters[0].nodes[1]
t.yaml:5: unknown key "devices" in clusters[0].nodes[1]
t.yaml:5: clusters[0].nodes[1].devices[0]: must be in a valid format
t.yaml:7: clusters[1].nodes[0].node.zone: 1 is of the wrong type
`,
    });
  });

  it.each([
    [[], 'Topology file missing'],
    [['nope.yaml'], "nope.yaml: it cannot be read: ENOENT: no such file or directory, open 'nope.yaml'"],
  ])('%j fails: %s', async (words, message) => {
    expect((await run(['plan', ...words], {})).stderr).toBe(`Error: ${message}\n`);
  });

  it('passes other errors on', async () => {
    const routes = { 'POST /topology/plan': textAnswer(503, 'Service disabled for maintenance') };
    expect((await run(['plan', 't.yaml'], routes)).stderr).toBe('Error: Service disabled for maintenance\n');
  });
});

const step = (error: string | null) => ({
  action: 'apply-change',
  title: 'apply a change',
  state: 'done',
  output: { error },
});
const applied = (...errors: (string | null)[]): Routes => ({
  ...planned(...changes),
  'POST /topology/apply': acceptedAnswer('/queue/0a'),
  'GET /queue/0a': { status: 204 },
  'GET /operations/0a': jsonAnswer({
    id: '0a',
    state: 'done',
    target: { kind: 'topology', id: '0a' },
    steps: errors.map(step),
  }),
});

describe('topology apply', () => {
  it('shows the plan, makes the changes and counts them', async () => {
    const { stdout, code } = await run(['apply', 't.yaml', '--yes'], applied(null, null, null, null, null));
    expect(stdout).toBe(`${text}5 changes made, 0 failed.\n`);
    expect(code).toBe(0);
  });

  it('exits 255 when changes failed, and says why each did', async () => {
    const { stdout, stderr, code } = await run(
      ['apply', '-y', 't.yaml'],
      applied(null, 'node gl2: no login'),
    );
    expect(stdout).toBe(`${text}failed: node gl2: no login\n1 change made, 1 failed.\n`);
    expect(stderr).toBe('Error: 1 of 2 changes failed\n');
    expect(code).toBe(255);
  });

  it('does nothing without --yes when nobody can be asked', async () => {
    const { stderr, code, server } = await run(['apply', 't.yaml'], applied());
    expect(stderr).toBe('Error: topology apply changes things: add --yes, since nobody can be asked here\n');
    expect(code).toBe(255);
    expect(server.asked).not.toContain('POST /topology/apply');
  });

  it.each(['y\n', 'YES\n'])('asks a person, who answers %j', async (input) => {
    const { stderr, server } = await run(['apply', 't.yaml'], applied(null), { isTTY: true, input });
    expect(withoutColours(stderr)).toContain('Make 5 changes? [y/N] ');
    expect(server.asked).toContain('POST /topology/apply');
  });

  it.each(['n\n', '\n', 'yellow\n'])('takes %j for no', async (input) => {
    const { stdout, code, server } = await run(['apply', 't.yaml'], applied(null), { isTTY: true, input });
    expect(stdout).toContain('Nothing was changed.');
    expect(code).toBe(0);
    expect(server.asked).not.toContain('POST /topology/apply');
  });

  it('counts removals in its question', async () => {
    const removal: TopologyChange = { action: 'remove', kind: 'node', summary: 'node old' };
    const { stderr } = await run(['apply', 't.yaml'], planned(removal), { isTTY: true, input: 'n\n' });
    expect(withoutColours(stderr)).toContain('Make 1 change (1 removal)? [y/N] ');
  });

  it.each([
    ['equal', planned(), 'Nothing to do.\n'],
    ['blocked', planned(...changes.slice(5)), undefined],
  ])('needs no --yes and changes nothing when everything is %s', async (_, routes, stdout) => {
    const trial = await run(['apply', 't.yaml'], routes);
    expect(trial.code).toBe(0);
    expect(trial.stderr).toBe('');
    expect(trial.server.asked).not.toContain('POST /topology/apply');
    expect(trial.stdout).toBe(stdout ?? trial.stdout);
  });

  it('prints the operation as JSON', async () => {
    const { stdout } = await run(['apply', 't.yaml', '--json', '--yes'], applied(null));
    expect(JSON.parse(stdout)).toMatchObject({ id: '0a', steps: [{ output: { error: null } }] });
  });
});
