import { AppError } from '../errors.ts';
import type { VolumeSettings } from './settings.ts';

/** What a volume's options ask of Mortar itself and of gluster (engine reference 2.6). */
export interface VolumeOptions {
  readonly arbiter: boolean;
  readonly averageFileKib: number;
  readonly zoneChecking: 'none' | 'soft' | 'strict';
  readonly tagRule: string | null;
  /** For `gluster volume set`, in their order; a later value of a key replaces an earlier one. */
  readonly forGluster: readonly (readonly [key: string, value: string])[];
}

const keyPattern = /^[a-z][a-z0-9]*([._-][a-zA-Z0-9]+)*$/;
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const controlCharacters = /[\u0000-\u001f\u007f]/;
const longestValue = 4096;

/** Name spaces of gluster's own options; `group` names a file of options that gluster ships. */
const knownSpaces = new Set([
  'auth',
  'changelog',
  'client',
  'cluster',
  'config',
  'ctime',
  'debug',
  'delay-gen',
  'diagnostics',
  'dht',
  'disperse',
  'ec',
  'features',
  'feature',
  'ganesha',
  'geo-replication',
  'glusterd',
  'group',
  'locks',
  'network',
  'nfs',
  'nfs-ganesha',
  'performance',
  'rebalance',
  'server',
  'ssl',
  'storage',
  'transport',
  'user',
]);

const trueWords = new Set(['1', 't', 'T', 'true', 'True', 'TRUE']);

function refuse(option: string, why: string): AppError {
  return new AppError('request.invalid', `glustervolumeoptions: ${JSON.stringify(option)}: ${why}`, {
    details: { field: 'glustervolumeoptions', value: option },
  });
}

function readOne(option: string, extraAllowed: readonly string[]): readonly [string, string] {
  if (controlCharacters.test(option)) throw refuse(option, 'control characters are not allowed');
  const [, key = '', value = ''] = /^\s*(\S+)\s*(.*?)\s*$/.exec(option) ?? [];
  if (!keyPattern.test(key)) throw refuse(option, 'the key must look like "performance.cache-size"');
  if (value === '') throw refuse(option, 'a value must follow the key, as in "performance.cache-size 1MB"');
  if (value.length > longestValue)
    throw refuse(option, `the value is longer than ${longestValue} characters`);
  const space = key.split('.')[0] ?? '';
  if (!knownSpaces.has(space) && !extraAllowed.includes(key)) {
    throw refuse(
      option,
      `gluster has no options "${space}.*"; allow the key with volumes.extra_allowed_options if yours has`,
    );
  }
  return [key, value];
}

function readZoneChecking(
  value: string | undefined,
  fallback: VolumeOptions['zoneChecking'],
): VolumeOptions['zoneChecking'] {
  if (value === undefined) return fallback;
  if (value === 'none' || value === 'soft' || value === 'strict') return value;
  throw refuse(`user.heketi.zone-checking ${value}`, 'the value must be none, soft or strict');
}

/**
 * Reads a volume's options; empty strings are passed over, later entries win.
 *
 * @throws AppError `request.invalid` that names the option and what is wrong with it.
 */
export function readVolumeOptions(
  options: readonly string[],
  settings: Pick<VolumeSettings, 'averageFileKib' | 'zoneChecking' | 'extraAllowedOptions'>,
): VolumeOptions {
  const pairs = options
    .filter((option) => option.trim() !== '')
    .map((option) => readOne(option, settings.extraAllowedOptions));
  const byKey = new Map(pairs);
  const averageFileKib = Number(byKey.get('user.heketi.average-file-size') ?? 0);
  return {
    arbiter: trueWords.has(byKey.get('user.heketi.arbiter') ?? ''),
    averageFileKib:
      Number.isInteger(averageFileKib) && averageFileKib > 0 ? averageFileKib : settings.averageFileKib,
    zoneChecking: readZoneChecking(byKey.get('user.heketi.zone-checking'), settings.zoneChecking),
    tagRule: byKey.get('user.heketi.device-tag-match') ?? null,
    forGluster: [...byKey.entries()],
  };
}
