import { formatListenAddress, type ListenAddress } from './listen.ts';
import type { LoadedConfig } from './load-config.ts';
import { Secret } from './secret.ts';
import type { Setting } from './setting.ts';
import { showValue } from './show-value.ts';
import { formatSource, type Source } from './source.ts';

/** A key of the effective configuration as `mortar config check --show --json` prints it. */
export interface DescribedSetting {
  readonly key: string;
  /** As a file would hold it; `[secret]` for a secret that is set, null for a key that is not. */
  readonly value: unknown;
  /** `default`, `mortar.yaml:12`, `MORTAR_LISTEN`, `--listen`. */
  readonly place: string;
  readonly source: Source;
}

/** The effective configuration: every key with its value and where the value comes from. Secrets are hidden. */
export function describeConfigAsJson({ settings }: Pick<LoadedConfig, 'settings'>): DescribedSetting[] {
  return [...settings.values()].map((setting) => ({
    key: setting.info.path,
    value: shownValue(setting),
    place: formatSource(setting.candidate.source),
    source: setting.candidate.source,
  }));
}

/** The same as a text, one key a line. */
export function describeConfig(loaded: Pick<LoadedConfig, 'settings'>): string {
  const lines = describeConfigAsJson(loaded).map(({ key, value, place }) => ({
    left: `${key} = ${value === null ? '(not set)' : shownText(value)}`,
    place,
  }));
  const width = Math.min(60, Math.max(...lines.map(({ left }) => left.length)));
  return lines.map(({ left, place }) => `${left.padEnd(width)}  # ${place}`).join('\n');
}

function shownValue({ info, value }: Setting): unknown {
  if (value === undefined) return null;
  if (info.key.kind.nature === 'secret' || value instanceof Secret) return '[secret]';
  if (info.path === 'listen') return formatListenAddress(value as ListenAddress);
  return value;
}

function shownText(value: unknown): string {
  return value === '[secret]' ? '[secret]' : showValue(value);
}
