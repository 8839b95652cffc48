import { type ConfigValues, configKeys, type KeyPath, type Members, membersOf } from './schema.ts';
import type { Settings } from './setting.ts';

/** Puts the checked values into the nested, camelCase shape of the keys. */
export function nestValues(settings: Settings): ConfigValues {
  // The types follow from the same definition as the keys do; only the way through it is untyped.
  return nest(configKeys, '', settings) as ConfigValues;
}

function nest(members: Members, prefix: string, settings: Settings): Record<string, unknown> {
  const entries = Object.entries(members).map(([name, member]) => {
    const path = `${prefix}${name}`;
    const value =
      member.node === 'group'
        ? nest(membersOf(member), `${path}.`, settings)
        : settings.get(path as KeyPath)?.value;
    return [camelCase(name), value] as const;
  });
  return Object.fromEntries(entries);
}

function camelCase(name: string): string {
  return name.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}
