import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/errors.ts';
import {
  parseLogicalVolumes,
  parsePhysicalVolumes,
  parseVolumeGroups,
} from '../../../src/storage/lvm/reports.ts';

// Recorded from LVM 2.03.16.
const lvs = `  {
      "report": [
          {
              "lv": [
                  {"vg_name":"vg_a", "lv_name":"brick_1", "lv_size":"1048576.00", "pool_lv":"tp_1", "thin_count":"", "lv_tags":"", "data_percent":"0.00", "metadata_percent":""},
                  {"vg_name":"vg_a", "lv_name":"tp_1", "lv_size":"1048576.00", "pool_lv":"", "thin_count":"1", "lv_tags":"mortar,mortar.brick=1", "data_percent":"0.00", "metadata_percent":"10.45"},
                  {"vg_name":"vg_a", "lv_name":"[tp_1_tdata]", "lv_size":"1048576.00", "pool_lv":"", "thin_count":"", "lv_tags":"", "data_percent":"", "metadata_percent":""}
              ]
          }
      ]
  }
`;
const vgs = `  {"report": [{"vg": [{"vg_name":"vg_a", "vg_tags":"mortar,mortar.device=abc", "vg_extent_size":"4096.00", "vg_extent_count":"5087", "vg_free_count":"4829", "pv_name":"/dev/ubdb", "pv_uuid":"aBcdef-0123-4567-89ab-cdef-0123-456789"}]}]}`;
const pvs = `{"report":[{"pv":[{"pv_name":"/dev/ubdb", "pv_uuid":"aBcdef-0123-4567-89ab-cdef-0123-456789", "vg_name":"", "vg_tags":"", "pv_size":"20971520.00"}]}]}`;

describe('the reports of LVM', () => {
  it('tell a volume that lies in several places once', () => {
    const hidden = lvs.split('\n').find((line) => line.includes('tp_1_tdata')) ?? '';
    const twice = lvs.replace(hidden, `${hidden},\n${hidden}`);
    expect(twice).not.toBe(lvs);
    expect(parseLogicalVolumes(twice)).toEqual(parseLogicalVolumes(lvs));
  });

  it('tell the logical volumes with their pools, tags and fill; hidden ones lose their brackets', () => {
    expect(parseLogicalVolumes(lvs)).toEqual([
      {
        volumeGroup: 'vg_a',
        name: 'brick_1',
        isHidden: false,
        sizeKib: 1048576,
        pool: 'tp_1',
        thinCount: null,
        tags: [],
        dataPercent: 0,
        metadataPercent: null,
      },
      {
        volumeGroup: 'vg_a',
        name: 'tp_1',
        isHidden: false,
        sizeKib: 1048576,
        pool: '',
        thinCount: 1,
        tags: ['mortar', 'mortar.brick=1'],
        dataPercent: 0,
        metadataPercent: 10.45,
      },
      {
        volumeGroup: 'vg_a',
        name: 'tp_1_tdata',
        isHidden: true,
        sizeKib: 1048576,
        pool: '',
        thinCount: null,
        tags: [],
        dataPercent: null,
        metadataPercent: null,
      },
    ]);
  });

  it('tell the size of a volume group in KiB', () => {
    expect(parseVolumeGroups(vgs)).toEqual([
      {
        name: 'vg_a',
        tags: ['mortar', 'mortar.device=abc'],
        extentKib: 4096,
        totalKib: 5087 * 4096,
        freeKib: 4829 * 4096,
        pvDevice: '/dev/ubdb',
        pvUuid: 'aBcdef-0123-4567-89ab-cdef-0123-456789',
      },
    ]);
  });

  it('tell a physical volume without a group', () => {
    expect(parsePhysicalVolumes(pvs)).toEqual([
      {
        device: '/dev/ubdb',
        uuid: 'aBcdef-0123-4567-89ab-cdef-0123-456789',
        volumeGroup: '',
        volumeGroupTags: [],
      },
    ]);
  });

  it.each([
    '',
    'not json',
    '{}',
    '{"report":[]}',
    '{"report":[{"lv":[{"lv_name":"x"}]}]}',
    lvs.slice(0, 200),
    '{"report":[{"lv":[{"vg_name":7}]}]}',
  ])('that cannot be read are an error with the node\'s own words, never "nothing there": %j', (output) => {
    expect(() => parseLogicalVolumes(output)).toThrow(AppError);
    expect(() => parseLogicalVolumes(output)).toThrow(/cannot be read/);
  });

  it('never crash on garbage', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (output) => {
        for (const parse of [parseLogicalVolumes, parseVolumeGroups, parsePhysicalVolumes]) {
          try {
            parse(output);
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(AppError);
          }
        }
      }),
    );
  });
});
