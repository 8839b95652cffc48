import type { Candidate } from '../candidate.ts';
import { type DocumentEntry, type DocumentMap, plainValue } from '../document.ts';
import { type Findings, noFindings } from '../fault.ts';
import { isPlaceholder } from '../placeholder.ts';
import type { KeyPath } from '../schema.ts';
import { showFound } from '../show-value.ts';
import type { Source } from '../source.ts';
import { nearest } from '../suggest.ts';
import { type HeketiKey, heketiDefaults, heketiKeys, meaninglessKeys, tlsSwitch } from './keys.ts';
import { readExecutor } from './values.ts';

export interface HeketiFile {
  readonly root: DocumentMap;
  readonly path: string;
  /** What the environment and the flags give for a key; undefined when they say nothing. */
  readonly stronger: (path: KeyPath) => unknown;
}

/** The sections of Heketi's executors, and whose they are. */
const executorSections: ReadonlyMap<string, string> = new Map([
  ['glusterfs.sshexec', 'ssh'],
  ['glusterfs.kubeexec', 'kubernetes'],
]);

/** True when the document has the shape of Heketi's `heketi.json`: an object `glusterfs`. */
export function isHeketiDocument(root: DocumentMap): boolean {
  return root.get('glusterfs')?.node.value instanceof Map;
}

/**
 * Turns Heketi's file into candidates for Mortar's keys, with Heketi's defaults where they differ. As in Heketi, empty
 * texts, null and 0 stand for the default, unknown keys are ignored (here with a warning, unless they start with `_`,
 * Heketi's way of writing comments) and upper and lower case are the same in keys.
 */
export function readHeketiFile(file: HeketiFile): { candidates: Candidate[]; findings: Findings } {
  const reader = new HeketiReader(file);
  reader.readFile();
  return { candidates: reader.candidates, findings: reader.findings };
}

class HeketiReader {
  readonly candidates: Candidate[] = [];
  readonly findings = noFindings();
  readonly #file: HeketiFile;
  readonly #executor: unknown;
  readonly #hasTls: boolean;

  constructor(file: HeketiFile) {
    this.#file = file;
    const written = valueAt(file.root, 'glusterfs.executor');
    this.#executor = file.stronger('executor') ?? (isUnset(written) ? 'ssh' : readExecutor(written));
    this.#hasTls = valueAt(file.root, tlsSwitch) === true;
  }

  readFile(): void {
    for (const [path, raw] of Object.entries(heketiDefaults)) this.#addDefault(path as KeyPath, raw);
    this.#readMap(this.#file.root, '');
    this.#checkTls();
    if (this.#executor === 'ssh') this.#explainHostKeys();
    if (this.#executor === 'ssh' || this.#executor === 'kubernetes') this.#explainMounts();
  }

  #readMap(map: DocumentMap, prefix: string): void {
    for (const [name, entry] of map) {
      if (name.startsWith('_')) continue;
      const path = `${prefix}${name.toLowerCase()}`;
      const reason = this.#reasonAgainst(path);
      const keys = heketiKeys.filter((key) => key.path === path);
      if (reason !== undefined) this.#warn(`${prefix}${name}`, entry, `has no meaning here: ${reason}`);
      else if (keys.length > 0) this.#readKey(keys, `${prefix}${name}`, entry);
      else if (isSection(path)) this.#readSection(path, entry);
      else if (path === tlsSwitch) this.#checkTlsSwitch(entry);
      else this.#warn(`${prefix}${name}`, entry, `has no meaning here: ${unknownReason(prefix, path)}`);
    }
  }

  #reasonAgainst(path: string): string | undefined {
    const owner = executorSections.get(path);
    if (owner === undefined || this.#executor === owner) return meaninglessKeys.get(path);
    return `the executor is ${typeof this.#executor === 'string' ? this.#executor : `not ${owner}`}`;
  }

  #readSection(path: string, entry: DocumentEntry): void {
    const { value } = entry.node;
    if (value instanceof Map) this.#readMap(value as DocumentMap, `${path}.`);
    else if (value !== null) {
      const remedy = 'must be an object in braces';
      this.findings.faults.push({
        key: path,
        source: this.#at(entry),
        found: 'a value for a group of keys',
        remedy,
      });
    }
  }

  #readKey(keys: readonly HeketiKey[], writtenAs: string, entry: DocumentEntry): void {
    const written = plainValue(entry.node);
    if (isUnset(written)) return;
    for (const { to, read, yields } of keys) {
      if (to.startsWith('tls.') && !this.#hasTls) continue;
      const raw = read === undefined || isPlaceholder(written) ? written : read(written);
      if (raw === undefined || (isPlaceholder(written) && to === 'mounts.method')) continue;
      const candidate = { path: to, source: this.#at(entry), writtenAs, written, raw };
      if (yields === true) this.candidates.unshift(candidate);
      else this.candidates.push(candidate);
    }
  }

  #checkTlsSwitch(entry: DocumentEntry): void {
    const { value } = entry.node;
    if (typeof value === 'boolean' || isUnset(value)) return;
    const remedy = 'must be true or false, without quotes';
    const found = showFound(plainValue(entry.node));
    this.findings.faults.push({ key: tlsSwitch, source: this.#at(entry), found, remedy });
  }

  #checkTls(): void {
    const entry = this.#file.root.get(tlsSwitch);
    if (!this.#hasTls || entry === undefined) return;
    const given = (key: KeyPath): boolean =>
      this.#file.stronger(key) !== undefined || this.candidates.some((candidate) => candidate.path === key);
    if (given('tls.cert_file') || given('tls.key_file')) return;
    const remedy = 'give `cert_file` and `key_file`, or set `enable_tls` to false';
    this.findings.faults.push({
      key: tlsSwitch,
      source: this.#at(entry),
      found: 'true without files',
      remedy,
    });
  }

  /** Heketi checks host keys only when SSH_KNOWN_HOSTS is set; trust on first use is the nearest that is not careless. */
  #explainHostKeys(): void {
    const { stronger } = this.#file;
    if (stronger('ssh.host_key_checking') !== undefined || stronger('ssh.known_hosts_file') !== undefined)
      return;
    this.#addDefault('ssh.host_key_checking', 'accept-new');
    this.#warnAll(
      'ssh.host_key_checking',
      'Heketi did not check host keys; Mortar records the key of a node at first sight and refuses a changed one. ' +
        'To allow only recorded keys, set SSH_KNOWN_HOSTS or MORTAR_SSH_HOST_KEY_CHECKING=strict',
    );
  }

  #explainMounts(): void {
    if (this.#file.stronger('mounts.method') !== undefined) return;
    const fstab = this.candidates.find((candidate) => candidate.path === 'mounts.method');
    const message =
      fstab === undefined
        ? 'Heketi wrote mounts to /etc/fstab; Mortar makes systemd mount units. MORTAR_MOUNTS_METHOD=fstab keeps to fstab'
        : `mounts are written to ${String(fstab.written)}, as \`fstab\` says; MORTAR_MOUNTS_METHOD=systemd makes mount units`;
    this.#warnAll('mounts.method', message);
  }

  #addDefault(path: KeyPath, raw: unknown): void {
    const source: Source = { kind: 'default', of: 'Heketi' };
    this.candidates.unshift({ path, source, writtenAs: path, written: raw, raw });
  }

  #warn(key: string, entry: DocumentEntry, message: string): void {
    this.findings.warnings.push({ key, source: this.#at(entry), message });
  }

  #warnAll(key: KeyPath, message: string): void {
    this.findings.warnings.push({ key, source: { kind: 'file', path: this.#file.path }, message });
  }

  #at(entry: DocumentEntry): Source {
    return { kind: 'file', path: this.#file.path, line: entry.line };
  }
}

function isUnset(value: unknown): boolean {
  return value === undefined || value === null || value === '' || value === 0;
}

function isSection(path: string): boolean {
  return heketiKeys.some((key) => key.path.startsWith(`${path}.`));
}

function unknownReason(prefix: string, path: string): string {
  const siblings = heketiKeys.filter((key) => key.path.startsWith(prefix)).map((key) => key.path);
  const meant = nearest(path, siblings);
  return meant === undefined ? 'unknown key' : `unknown key; did you mean \`${meant}\`?`;
}

/** The plain value at a dotted path, whatever the case of its names. */
function valueAt(root: DocumentMap, path: string): unknown {
  const [name = '', ...rest] = path.split('.');
  const entry = [...root].find(([key]) => key.toLowerCase() === name)?.[1];
  if (entry === undefined) return undefined;
  if (rest.length === 0) return plainValue(entry.node);
  return entry.node.value instanceof Map
    ? valueAt(entry.node.value as DocumentMap, rest.join('.'))
    : undefined;
}
