type Tags = Readonly<Record<string, string>> | undefined;

const sorted = (tags: Tags): [string, string][] =>
  Object.entries(tags ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));

/** The heading and a line for each tag; nothing without tags. */
export function tagLines(tags: Tags): string {
  const lines = sorted(tags).map(([name, value]) => `  ${name}: ${value}\n`);
  return lines.length === 0 ? '' : `Tags:\n${lines.join('')}`;
}

/** `disk:ssd rack:r7` */
export const tagWords = (tags: Tags): string =>
  sorted(tags)
    .map(([name, value]) => `${name}:${value}`)
    .join(' ');
