/** Words that several of LVM's commands have in common. */

/** What is asked of logical volumes. */
export const volumeFields =
  'vg_name,lv_name,lv_size,pool_lv,thin_count,lv_tags,data_percent,metadata_percent';

export const unitsInKib = ['--reportformat', 'json', '--units', 'k', '--nosuffix'];

export const tagWords = (tags: readonly string[]): string[] => tags.flatMap((tag) => ['--addtag', tag]);
