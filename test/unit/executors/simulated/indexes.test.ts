import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogicalVolume, VolumeGroup } from '../../../../src/executors/simulated/world/state.ts';
import {
  dropVolume,
  putVolume,
  thinVolumesOf,
} from '../../../../src/executors/simulated/world/thin-volumes.ts';
import { foldersAbove, WordCounts } from '../../../../src/executors/simulated/world/word-counts.ts';

const segment = fc.constantFrom('a', 'b', 'ab');
const path = fc
  .array(segment, { minLength: 1, maxLength: 4 })
  .map((segments) => segments.map((each) => `/${each}`).join(''));

describe('indexes of the simulated world', () => {
  it('know what lies below a folder, whatever came and went before', () => {
    const change = fc.record({ path, isThere: fc.boolean(), looks: fc.array(path, { maxLength: 3 }) });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
        const [counts, paths] = [new WordCounts<string>(foldersAbove), new Map<string, string>()];
        for (const { path, isThere, looks } of changes) {
          if (isThere) counts.put(paths, path, 'volume');
          else {
            const wasThere = paths.has(path);
            expect(counts.drop(paths, path)).toBe(wasThere);
          }
          for (const folder of looks) {
            const below = [...paths.keys()].some((each) => each.startsWith(`${folder}/`));
            expect(counts.has(paths, folder)).toBe(below);
          }
          expect(counts.has(paths, '/')).toBe(paths.size > 0);
        }
        counts.clear(paths);
        expect(paths.size).toBe(0);
        expect(counts.has(paths, '/a')).toBe(false);
      }),
    );
  });

  it('know which thin volumes a pool holds, whatever came and went before', () => {
    const volume = (name: string, pool: string): LogicalVolume => ({
      name,
      uuid: name,
      kind: 'thin',
      extents: 1,
      metadataExtents: 0,
      pool,
      tags: [],
      minors: {},
      content: null,
      dataPercent: 0,
    });
    const [one, other, elsewhere] = [
      volume('one', 'pool'),
      volume('other', 'pool'),
      volume('third', 'pool2'),
    ];
    const group = {
      name: 'vg',
      uuid: '',
      extentKib: 4096,
      tags: [],
      members: [],
      volumes: new Map([['one', one]]),
      usedExtents: 0,
    } satisfies VolumeGroup;
    expect(thinVolumesOf(group, 'pool')).toEqual([one]);
    putVolume(group, other);
    putVolume(group, elsewhere);
    expect(thinVolumesOf(group, 'pool')).toEqual([one, other]);
    dropVolume(group, one);
    expect(thinVolumesOf(group, 'pool')).toEqual([other]);
    dropVolume(group, other);
    expect(thinVolumesOf(group, 'pool')).toEqual([]);
    expect([...group.volumes.keys()]).toEqual(['third']);
  });
});
