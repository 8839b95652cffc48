import { describe, expect, it } from 'vitest';
import type { VolumePlan } from '../../../src/client/wire-types.ts';
import { jsonAnswer } from '../client/support.ts';
import { mortar, withoutColours } from './support.ts';

const brick = (name: string, zone: number, kind: 'data' | 'arbiter' = 'data') => ({
  node: `id-${name}`,
  node_name: name,
  zone,
  device: `dev-${name}`,
  device_name: '/dev/vdb',
  kind,
  size_kib: 104857600,
  taken_kib: 105381888,
});

const possible: VolumePlan = {
  possible: true,
  cluster: 'c1',
  brick_size_kib: 104857600,
  sets: [[brick('gl1', 1), brick('gl2', 2), brick('gl3', 3, 'arbiter')]],
};

const refused: VolumePlan = {
  possible: false,
  refusals: [
    {
      cluster: 'c1',
      reason: 'replica 3 needs 3 nodes, 2 can be used\ngl1 /dev/vdb: offline',
      largest_size_gib: 40,
      suggestions: ['set node gl3 online', 'ask for replica 2'],
      devices: [
        {
          device: 'd',
          node: 'n',
          node_name: 'gl3',
          device_name: '/dev/vdb',
          reason: 'node-offline',
          text: 'its node is offline',
          free_kib: 1048576,
          needed_kib: 2097152,
        },
      ],
    },
  ],
};

const plan = (words: readonly string[], answer: VolumePlan, isTTY = false) =>
  mortar(['volume', 'plan', ...words], { 'POST /volumes/plan': jsonAnswer(answer) }, { isTTY });

describe('volume plan', () => {
  it('shows where each brick would go', async () => {
    const { stdout, code, server } = await plan(['--size=100'], possible);
    expect(stdout).toBe(
      `It fits: 1 brick set of 100 GiB a brick, in cluster c1
Set  Node  Zone  Device    Kind       GiB  Taken
  1  gl1      1  /dev/vdb  data     100.0  100.5
     gl2      2  /dev/vdb  data     100.0  100.5
     gl3      3  /dev/vdb  arbiter  100.0  100.5
`,
    );
    expect(code).toBe(0);
    expect(server.sentTo('POST /volumes/plan')).toMatchObject({
      size: 100,
      durability: { type: 'replicate' },
    });
  });

  it('explains a refusal: the reason, every device, the largest size, what would help', async () => {
    const { stdout, stderr, code } = await plan(['--size=100'], refused);
    expect(stdout).toBe(
      `It does not fit in cluster c1: replica 3 needs 3 nodes, 2 can be used
Node  Device    Free  Needed  Why not
gl3   /dev/vdb   1.0     2.0  its node is offline
Largest size that fits: 40 GiB
To let it pass: set node gl3 online
To let it pass: ask for replica 2
`,
    );
    expect(stderr).toBe('Error: the server would refuse this volume\n');
    expect(code).toBe(255);
  });

  it('shows a person tables', async () => {
    const { stdout } = await plan(['--size=100'], possible, true);
    expect(withoutColours(stdout)).toMatch(/│ +1 │ gl1 +│ +1 │ \/dev\/vdb │ data/);
  });

  it('prints JSON, and exits 255 for a refusal all the same', async () => {
    const { stdout, code } = await plan(['--size=100', '--json'], refused);
    expect(JSON.parse(stdout)).toEqual(refused);
    expect(code).toBe(255);
  });

  it('of growth in place says so', async () => {
    const words = ['--volume=aa', '--expand-size=5', '--in-place'];
    const { stdout, server } = await plan(words, { ...possible, way: 'in-place' });
    expect(stdout).toContain('It can grow in place: 1 brick set of 100 GiB a brick, in cluster c1\n');
    expect(server.sentTo('POST /volumes/plan')).toEqual({ volume: 'aa', expand_size: 5, in_place: true });
    expect((await plan(['--size=5', '--in-place'], possible)).stderr).toContain('--in-place is for a volume');
  });

  it('plans an expansion', async () => {
    const { server } = await plan(['--volume=aa', '--expand-size=5'], possible);
    expect(server.sentTo('POST /volumes/plan')).toEqual({ volume: 'aa', expand_size: 5 });
  });

  it.each([
    [[], 'Missing volume size'],
    [['--volume=aa'], 'Missing volume amount to expand'],
    [['--expand-size=5'], 'Missing volume id'],
    [
      ['--size=1', '--volume=aa'],
      '--size is for a new volume, --volume and --expand-size for one that is there',
    ],
  ])('with %j fails: %s', async (words, message) => {
    expect((await plan(words, possible)).stderr).toBe(`Error: ${message}\n`);
  });
});
