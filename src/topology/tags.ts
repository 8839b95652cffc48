export type Tags = Readonly<Record<string, string>>;

export interface TagChange {
  readonly type: 'set' | 'update' | 'delete';
  readonly tags: Tags;
}

/** Tags after a change (wire contract section 10): replace all, merge, or remove the named ones. Sorted by name. */
export function changeTags(present: Tags, change: TagChange): Tags {
  const kept =
    change.type === 'set'
      ? {}
      : Object.fromEntries(
          Object.entries(present).filter(([name]) => change.type === 'update' || !(name in change.tags)),
        );
  const changed = change.type === 'delete' ? kept : { ...kept, ...change.tags };
  return Object.fromEntries(Object.entries(changed).sort(([a], [b]) => (a < b ? -1 : 1)));
}
