/** Folders, files and links of a file system: plain data, so that they can be kept with the world. */

interface Owned {
  mode: number;
  userId: number;
  groupId: number;
}

export interface Folder extends Owned {
  readonly kind: 'folder';
  /** Absent while it is empty, as most folders are: a map has its price. */
  entries?: Map<string, Entry> | undefined;
  /** gluster's mark (`trusted.glusterfs.volume-id`) on a directory that was once given to a volume. */
  volumeId?: string;
}

export interface TextFile extends Owned {
  readonly kind: 'file';
  text: string;
}

export interface Link extends Owned {
  readonly kind: 'link';
  readonly target: string;
}

export type Entry = Folder | TextFile | Link;

const byRoot = { userId: 0, groupId: 0 };

export const newFolder = (): Folder => ({ kind: 'folder', mode: 0o755, ...byRoot });
export const newFile = (text: string, mode = 0o644): TextFile => ({ kind: 'file', text, mode, ...byRoot });
export const newLink = (target: string): Link => ({ kind: 'link', target, mode: 0o777, ...byRoot });

const nothing: ReadonlyMap<string, Entry> = new Map();

export const entriesOf = (folder: Folder): ReadonlyMap<string, Entry> => folder.entries ?? nothing;

export function putEntry(folder: Folder, name: string, entry: Entry): void {
  folder.entries ??= new Map();
  folder.entries.set(name, entry);
}

export function dropEntry(folder: Folder, name: string): void {
  folder.entries?.delete(name);
  if (folder.entries?.size === 0) emptyFolder(folder);
}

export function emptyFolder(folder: Folder): void {
  folder.entries = undefined;
}

/** Adds folders and what is in them under a folder: `{ etc: { fstab: 'text' } }`. */
interface Furniture {
  readonly [name: string]: Furniture | string;
}

function furnish(folder: Folder, furniture: Furniture): Folder {
  for (const [name, content] of Object.entries(furniture)) {
    putEntry(folder, name, typeof content === 'string' ? newFile(content) : furnish(newFolder(), content));
  }
  return folder;
}

/** What a node's root file system holds before Mortar comes. */
export const freshRoot = (): Folder =>
  furnish(newFolder(), {
    etc: {
      fstab: '/dev/root / ext4 defaults 0 1\n',
      systemd: { system: { 'multi-user.target.wants': {} } },
    },
    mnt: {},
    root: {},
    run: { lock: {} },
    srv: {},
    tmp: {},
    var: { lib: { glusterd: {} } },
  });
