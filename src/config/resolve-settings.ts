import type { Candidate, Candidates } from './candidate.ts';
import type { Findings } from './fault.ts';
import { absolutePath, type PathBase } from './local-path.ts';
import { isPlaceholder } from './placeholder.ts';
import { infoOf, type KeyInfo, type KeyPath, keyInfos } from './schema.ts';
import type { Setting, Settings } from './setting.ts';
import { showFound } from './show-value.ts';
import { defaultSource } from './source.ts';

/**
 * Checks every value that any source gives and takes the strongest of each key. A value that is not allowed is a fault
 * even where a stronger source overrides it. A placeholder is a fault only where it would be used: images of Heketi
 * carry its sample secrets in a file and override them by variables.
 */
export function resolveSettings(candidates: Candidates, base: PathBase, findings: Findings): Settings {
  const resolver = new Resolver(candidates, base, findings);
  return resolver.resolveAll();
}

type Checked = { readonly value: unknown } | { readonly found: string; readonly remedies: readonly string[] };

class Resolver {
  readonly #candidates: Candidates;
  readonly #base: PathBase;
  readonly #findings: Findings;
  readonly #settings = new Map<KeyPath, Setting>();

  constructor(candidates: Candidates, base: PathBase, findings: Findings) {
    this.#candidates = candidates;
    this.#base = base;
    this.#findings = findings;
  }

  resolveAll(): Settings {
    // The first two say which other keys are in use.
    this.#resolveKey('executor');
    this.#resolveKey('auth.enabled');
    return new Map([...keyInfos.values()].map((info) => [info.path, this.#resolveKey(info.path)]));
  }

  #resolveKey(path: KeyPath): Setting {
    const known = this.#settings.get(path);
    if (known !== undefined) return known;
    const setting = this.#resolve(infoOf(path));
    this.#settings.set(path, setting);
    return setting;
  }

  #resolve(info: KeyInfo): Setting {
    const standard = defaultCandidate(info);
    const all = [standard, ...(this.#candidates.get(info.path) ?? [])];
    const strongest = all.at(-1) ?? standard;
    this.#warnOfRivals(info, all);
    const refused = all.filter((candidate) => !this.#accept(info, candidate, candidate === strongest));
    const faulty = refused.length > 0;
    const checked = this.#check(info, faulty ? standard : strongest);
    return { info, candidate: strongest, value: 'value' in checked ? checked.value : standard.raw, faulty };
  }

  /** @returns whether the value is allowed, or does not matter. */
  #accept(info: KeyInfo, candidate: Candidate, isStrongest: boolean): boolean {
    if (isPlaceholder(candidate.written)) return this.#acceptPlaceholder(info, candidate, isStrongest);
    const checked = this.#check(info, candidate);
    if ('value' in checked) return true;
    // ~/.ssh/known_hosts without HOME, where it does not matter.
    if (candidate.source.kind === 'default' && !(isStrongest && this.#isInUse(info.path))) return true;
    for (const remedy of checked.remedies) this.#fault(candidate, checked.found, remedy);
    return false;
  }

  #acceptPlaceholder(info: KeyInfo, candidate: Candidate, isStrongest: boolean): boolean {
    const unused = !isStrongest || !this.#isInUse(info.path);
    if (unused) {
      const message = `holds the placeholder of a sample, which does not matter as it is ${isStrongest ? 'not used' : 'overridden'}`;
      this.#findings.warnings.push({ key: candidate.writtenAs, source: candidate.source, message });
      return !isStrongest;
    }
    const found = `${this.#shown(info, candidate)}, the placeholder of a sample`;
    this.#fault(candidate, found, `give a real value (${info.key.kind.form}), or remove the key`);
    return false;
  }

  #check(info: KeyInfo, candidate: Candidate): Checked {
    if (candidate.raw === undefined) return { value: undefined };
    const parsed = info.key.kind.schema.safeParse(candidate.raw);
    if (!parsed.success) {
      const remedies = parsed.error.issues.map((issue) => `${entryOf(issue.path)}${issue.message}`);
      return { found: this.#shown(info, candidate), remedies: [...new Set(remedies)] };
    }
    return info.key.kind.nature === 'path' ? this.#absolute(parsed.data) : { value: parsed.data };
  }

  #absolute(value: unknown): Checked {
    const paths = (Array.isArray(value) ? value : [value]).map((path) =>
      absolutePath(String(path), this.#base),
    );
    if (paths.includes(undefined)) {
      return {
        found: `${showFound(value)}, but HOME is not set`,
        remedies: ['give the path in full, without "~"'],
      };
    }
    return { value: Array.isArray(value) ? paths : paths[0] };
  }

  /** Mortar's variable and Heketi's for the same key, with different values: Mortar's wins, and the user is told. */
  #warnOfRivals(info: KeyInfo, all: readonly Candidate[]): void {
    const rivals = all.filter((candidate) => candidate.source.kind === 'environment');
    const own = rivals.at(-1);
    if (own === undefined) return;
    for (const other of rivals.slice(0, -1)) {
      if (other.source.kind !== 'environment' || JSON.stringify(other.raw) === JSON.stringify(own.raw))
        continue;
      const message = `${other.source.variable} is set too, to another value, and is overridden`;
      this.#findings.warnings.push({ key: info.path, source: own.source, message });
    }
  }

  #isInUse(path: KeyPath): boolean {
    for (const executor of ['ssh', 'kubernetes'])
      if (path.startsWith(`${executor}.`)) return this.#settings.get('executor')?.value === executor;
    if (path.startsWith('auth.') && path !== 'auth.enabled') {
      return this.#settings.get('auth.enabled')?.value === true;
    }
    return true;
  }

  #shown(info: KeyInfo, candidate: Candidate): string {
    return info.key.kind.nature === 'secret' ? 'found [secret]' : showFound(candidate.written);
  }

  #fault(candidate: Candidate, found: string, remedy: string): void {
    this.#findings.faults.push({ key: candidate.writtenAs, source: candidate.source, found, remedy });
  }
}

function defaultCandidate({ path, key }: KeyInfo): Candidate {
  return { path, source: defaultSource, writtenAs: path, written: key.default, raw: key.default };
}

function entryOf(path: readonly PropertyKey[]): string {
  const [index] = path;
  return typeof index === 'number' ? `entry ${index + 1}: ` : '';
}
