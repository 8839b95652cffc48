import { describe, expect, it } from 'vitest';
import { countPending, parsePending, servedBricks } from '../../../src/storage/gluster/local-bricks.ts';

const path = '/var/lib/heketi/mounts/vg_a/brick_b/brick';
const file = '/run/gluster/vols/vol_x/node1-var-lib-heketi-mounts-vg_a-brick_b-brick.pid';

describe('a brick, seen from its own node', () => {
  it('is served when the process that its file names runs', () => {
    expect(servedBricks(`${file}:1092\n`, '17\n1092\n')(path)).toBe(true);
  });

  it('is not served when the process was killed and the file has stayed', () => {
    expect(servedBricks(`${file}:1092\n`, '17\n')(path)).toBe(false);
  });

  it('is not served without a file', () => {
    expect(servedBricks('', '1092\n')(path)).toBe(false);
    expect(servedBricks(`${file}:1092\n`, '1092\n')(path.replace('brick_b', 'brick_c'))).toBe(false);
  });

  it('is known whatever the name of its host, with dashes or none', () => {
    for (const host of ['n', 'a-node-of-ours', '10.0.0.1'])
      expect(servedBricks(`${file.replace('node1', host)}:1092\n`, '1092\n')(path)).toBe(true);
    expect(servedBricks(`${file}:1092\n`, '1092\n')('/brick_b/bric')).toBe(false);
  });

  it('shares a process with others where gluster multiplexes them', () => {
    const other = file.replace('brick_b', 'brick_c');
    const isServed = servedBricks(`${file}:1092\n${other}:1092\n`, '1092\n');
    expect([isServed(path), isServed(path.replace('brick_b', 'brick_c'))]).toEqual([true, true]);
  });
});

describe('what is to be healed', () => {
  it('is counted for all bricks of a node by one command', () => {
    expect(countPending(['/a', '/b']).argv.slice(-2)).toEqual([
      '/a/.glusterfs/indices/xattrop',
      '/b/.glusterfs/indices/xattrop',
    ]);
  });

  it('is one less than what du counts; bricks that it could not look into are unknown', () => {
    const output = '5\t/a b/.glusterfs/indices/xattrop\n1\t/c/.glusterfs/indices/xattrop\n';
    expect(parsePending(output)).toEqual(
      new Map([
        ['/a b', 4],
        ['/c', 0],
      ]),
    );
    expect(parsePending('').get('/a b')).toBeUndefined();
  });
});
