/**
 * Writes docs/reference/configuration.md from the definition of the keys: `npx tsx scripts/generate-config-reference.ts`.
 * A test checks that the committed page is current.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Group } from '../src/config/definition.ts';
import { heketiDefaults, heketiKeys, meaninglessKeys } from '../src/config/heketi/keys.ts';
import { meaninglessVariables } from '../src/config/heketi/variables.ts';
import { configKeys, infoOf, type KeyInfo, type KeyPath, keyInfos, membersOf } from '../src/config/schema.ts';

export const referencePath = join(import.meta.dirname, '..', 'docs', 'reference', 'configuration.md');

/** The whole page. */
export function renderConfigReference(): string {
  const sections = [
    introduction,
    renderTopKeys(),
    ...renderGroups(),
    renderFlags(),
    heketi,
    ...renderHeketi(),
  ];
  return `${sections.join('\n\n')}\n`;
}

const introduction = `# Configuration

<!-- Made by scripts/generate-config-reference.ts; do not edit. -->

\`mortar serve\` reads one configuration file (\`--config FILE\` or \`MORTAR_CONFIG\`; YAML or JSON), environment variables and
flags. It needs no file. A value of a later source overrides that of an earlier one:

**defaults < file < environment < flags**

- Each key has a variable: \`MORTAR_\` and its path in capitals, dots as \`_\`: \`ssh.key_file\` is \`MORTAR_SSH_KEY_FILE\`. Some have a
  variable of Heketi too; Mortar's own wins over it. An empty variable counts as unset.
- In variables, lists are separated by commas, lists of paths by colons, and booleans are \`true\`, \`t\`, \`1\`, \`false\`, \`f\`, \`0\`.
- Relative paths are relative to the directory that Mortar is started in; \`~/\` is the home directory.
- Everything is checked at once, and all faults are reported together with file and line, variable or flag. Unknown keys are
  faults, and so are placeholders that were left in place (\`path/to/private_key\`, \`My Secret\`). A wrong value is a fault even
  where another source overrides it. \`mortar config check\` does only that; \`--show\` adds every key with its source.
- Secrets come from a variable, from a file of their own (\`…_file\`, line breaks at its end do not count) or, least good, from
  the configuration file. They are never shown. Of a secret and its \`…_file\`, the stronger source counts; both from equally
  strong sources are a fault.`;

function renderTopKeys(): string {
  const infos = Object.entries(configKeys).flatMap(([name, member]) =>
    member.node === 'key' ? [infoOf(name as KeyPath)] : [],
  );
  return `## Keys at the top\n\n${renderTable(infos)}`;
}

function renderGroups(): string[] {
  return Object.entries(configKeys).flatMap(([name, member]) =>
    member.node === 'group' ? renderGroup(name, member, '##') : [],
  );
}

function renderGroup(path: string, group: Group<unknown>, level: string): string[] {
  const own: KeyInfo[] = [];
  const inner: string[] = [];
  for (const [name, member] of Object.entries(membersOf(group))) {
    if (member.node === 'key') own.push(infoOf(`${path}.${name}` as KeyPath));
    else inner.push(...renderGroup(`${path}.${name}`, member, `${level}#`));
  }
  return [`${level} \`${path}\`\n\n${group.about}\n\n${renderTable(own)}`, ...inner];
}

function renderTable(infos: readonly KeyInfo[]): string {
  const rows = infos.map(({ path, key, variable }) => {
    const variables = [variable, ...(key.heketi ?? []).map(({ name }) => name)].map((name) => `\`${name}\``);
    return [`**\`${path}\`**`, variables.join(' '), key.kind.form, renderDefault(key.default), key.about];
  });
  return table(['Key', 'Variables', 'Value', 'Default', 'Meaning'], rows);
}

function renderDefault(value: unknown): string {
  if (value === undefined) return '–';
  return typeof value === 'string' && value !== '' ? `\`${value}\`` : `\`${JSON.stringify(value)}\``;
}

function renderFlags(): string {
  const rows = [...keyInfos.values()].flatMap(({ path, key: { flag } }) => {
    if (flag === undefined) return [];
    const argument = flag.sets === undefined ? ' VALUE' : '';
    const sets = flag.sets === undefined ? 'the value' : `\`${JSON.stringify(flag.sets)}\``;
    return [[`\`${flag.flag}${argument}\``, `\`${path}\``, sets]];
  });
  const config = ['`--config FILE`', '–', 'names the configuration file'];
  return `## Flags\n\n${table(['Flag', 'Key', 'Sets'], [config, ...rows])}`;
}

const heketi = `## Heketi's file

A file with an object \`glusterfs\` is taken for Heketi's \`heketi.json\` and read as Heketi reads it: empty texts, null and 0 stand
for the default, upper and lower case are the same in keys, unknown keys are ignored. Mortar warns of each key that is ignored, except
those that start with \`_\`. \`glusterfs.sshexec\` counts when the executor is \`ssh\`, \`cert_file\` and \`key_file\` when \`enable_tls\` is true.

- \`executor\`: \`mock\` is \`simulated\`. \`kubernetes\` and \`inject/…\` are not in this version.
- \`fstab\`: when it is given, mounts are written to that file (\`mounts.method\` is \`fstab\`); otherwise Mortar makes systemd mount units.
- Host keys: Heketi checks them only when \`SSH_KNOWN_HOSTS\` is set. Without, Mortar records the key of a node at first sight
  (\`ssh.host_key_checking\` is \`accept-new\`).
- \`db\` names Mortar's own database (SQLite). It cannot be a database of Heketi; that is imported from its dump.
- \`HEKETI_HTTP_PORT\` replaces the port only: the host stays that of \`listen\` in the file, or is all interfaces when there is none.`;

function renderHeketi(): string[] {
  const keys = heketiKeys.map(({ path, to }) => [`\`${path}\``, `\`${to}\``]);
  const defaults = Object.entries(heketiDefaults).map(([path, value]) => [
    `\`${path}\``,
    renderDefault(value),
  ]);
  const ignored = [...meaninglessKeys, ...meaninglessVariables].map(([name, why]) => [`\`${name}\``, why]);
  return [
    `### What becomes of its keys\n\n${table(["Heketi's key", "Mortar's key"], keys)}`,
    `### Defaults that differ with Heketi's file\n\n${table(['Key', 'Default'], defaults)}`,
    `### Keys and variables of Heketi without a meaning here\n\n${table(['Name', 'Why'], ignored)}`,
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

if (process.argv[1] === import.meta.filename) {
  mkdirSync(dirname(referencePath), { recursive: true });
  writeFileSync(referencePath, renderConfigReference());
}
