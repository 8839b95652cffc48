const backup = 'Mortar makes no copy of its database in Kubernetes';

/** Variables of Heketi that set nothing in Mortar, and why. Those that set a key stand with the key. */
export const meaninglessVariables: ReadonlyMap<string, string> = new Map([
  ['HEKETI_BACKUP_DB_TO_KUBE_SECRET', backup],
  ['HEKETI_KUBE_DB_SECRET_NAME', backup],
  ['HEKETI_PROFILING', 'Mortar has no profiling routes'],
  ['HEKETI_DISABLE_BACKGROUND_CLEANER', 'Mortar finishes or undoes what was interrupted by itself'],
  ['HEKETI_DEBUG_UMOUNT_FAILURES', "a failed command's own words are always in the error"],
]);
