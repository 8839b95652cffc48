import type { Candidate } from './candidate.ts';
import type { Group, Key } from './definition.ts';
import { type DocumentEntry, type DocumentMap, plainValue } from './document.ts';
import type { Fault } from './fault.ts';
import { configKeys, type KeyPath, keyInfos, type Members, membersOf } from './schema.ts';
import type { Source } from './source.ts';
import { nearest } from './suggest.ts';

export interface FileCandidates {
  readonly candidates: Candidate[];
  readonly faults: Fault[];
}

/** Finds the keys of Mortar in a configuration file; whatever else stands there is a fault. Values are not checked yet. */
export function readFileCandidates(root: DocumentMap, path: string): FileCandidates {
  const reader = new FileReader(path);
  reader.readGroup(root, configKeys, '');
  return { candidates: reader.candidates, faults: reader.faults };
}

class FileReader {
  readonly candidates: Candidate[] = [];
  readonly faults: Fault[] = [];
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  readGroup(map: DocumentMap, members: Members, prefix: string): void {
    for (const [name, entry] of map) {
      const path = `${prefix}${name}`;
      const member = Object.hasOwn(members, name) ? members[name] : undefined;
      if (member === undefined)
        this.#report(path, entry, 'unknown key', remedyForUnknown(name, members, prefix));
      else if (member.node === 'group') this.#readMember(member, path, entry);
      else this.#readKey(member, path as KeyPath, entry);
    }
  }

  #readMember(group: Group<unknown>, path: string, entry: DocumentEntry): void {
    const { value } = entry.node;
    // `ssh:` with everything below it commented out.
    if (value === null) return;
    if (value instanceof Map) this.readGroup(value as DocumentMap, membersOf(group), `${path}.`);
    else {
      const names = Object.keys(membersOf(group)).map((name) => `\`${name}\``);
      this.#report(
        path,
        entry,
        'a value for a group of keys',
        `write below it what you mean: ${names.join(', ')}`,
      );
    }
  }

  #readKey(key: Key<unknown>, path: KeyPath, entry: DocumentEntry): void {
    if (entry.node.value === null) {
      this.#report(path, entry, 'no value', `give a value (${key.kind.form}), or remove the key`);
      return;
    }
    const raw = plainValue(entry.node);
    this.candidates.push({ path, source: this.#at(entry), writtenAs: path, written: raw, raw });
  }

  #report(key: string, entry: DocumentEntry, found: string, remedy: string): void {
    this.faults.push({ key, source: this.#at(entry), found, remedy });
  }

  #at(entry: DocumentEntry): Source {
    return { kind: 'file', path: this.#path, line: entry.line };
  }
}

/** First a neighbour of nearly the same name, then the same or nearly the same name elsewhere. */
function remedyForUnknown(name: string, members: Members, prefix: string): string {
  const neighbour = nearest(name, Object.keys(members));
  if (neighbour !== undefined) return `did you mean \`${prefix}${neighbour}\`?`;
  const elsewhere = pathsLike(name).map((path) => `\`${path}\``);
  if (elsewhere.length > 0) return `did you mean ${elsewhere.join(' or ')}, each name on its own level?`;
  return 'remove it; the keys are in docs/reference/configuration.md';
}

/** Groups and keys whose path or last name is this one, or nearly. */
function pathsLike(name: string): string[] {
  const groups = Object.entries(configKeys).flatMap(([group, { node }]) => (node === 'group' ? [group] : []));
  const paths = [...groups, ...keyInfos.keys()];
  const lastName = (path: string): string => path.slice(path.lastIndexOf('.') + 1);
  const meant = nearest(name, paths) ?? nearest(name, paths.map(lastName));
  return paths.filter((path) => path === meant || lastName(path) === meant);
}
