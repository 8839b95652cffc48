import type { VolumeRecord } from '../db/volumes.ts';
import { AppError } from '../errors.ts';
import type { Durability } from '../lib/durability.ts';
import { dataBricks } from '../lib/durability.ts';
import { gibToKib } from '../lib/sizes.ts';
import type { VolumeSettings } from './settings.ts';
import { readVolumeOptions, type VolumeOptions } from './volume-options.ts';

/** A volume as the wire asks for it (wire contract section 11), its types already checked. */
export interface VolumeRequest {
  readonly sizeGib: number;
  /** Empty for the default name. */
  readonly name: string;
  /** Empty for all clusters. */
  readonly clusterIds: readonly string[];
  readonly durability: {
    readonly type: string;
    readonly replicate: { readonly replica?: number };
    readonly disperse: { readonly data?: number; readonly redundancy?: number };
  };
  readonly gid: number;
  readonly options: readonly string[];
  readonly block: boolean;
  readonly snapshot: { readonly enable: boolean; readonly factor: number };
}

/** A request that has passed every check that needs no database. */
export interface CheckedRequest {
  readonly sizeGib: number;
  readonly sizeKib: number;
  readonly name: string;
  readonly clusterIds: readonly string[];
  readonly durability: Durability;
  readonly durabilityEcho: VolumeRecord['durabilityEcho'];
  readonly gid: number;
  readonly snapshot: { readonly enable: boolean; readonly factor: number };
  readonly block: boolean;
  /** As stored and shown: pre-options, the request's, post-options. */
  readonly options: readonly string[];
  readonly parsedOptions: VolumeOptions;
}

const largestGid = 2 ** 31 - 1;
export const dispersions = new Set(['2+1', '4+2', '8+3', '8+4']);
const defaultReplica = 2;

const invalid = (message: string, field: string): AppError =>
  new AppError('request.invalid', message, { details: { field } });

/**
 * Checks a request in the contract's order and with its texts (wire contract section 11, sync errors 3 to 9), and the
 * fields against each other (W32). Sizes below the minimum are refused by `checkMinimum` once clusters are known.
 *
 * @throws AppError `request.invalid`.
 */
export function checkRequest(request: VolumeRequest, settings: VolumeSettings): CheckedRequest {
  if (request.gid < 0) throw invalid('Bad group id less than zero', 'gid');
  if (request.gid >= largestGid) throw invalid('Bad group id equal or greater than 2**32', 'gid');
  const type = checkType(request);
  const snapshot = checkSnapshot(request);
  const options = [
    ...orOneEmpty(settings.preOptions),
    ...(request.block ? settings.blockHostingOptions : []),
    ...request.options,
    ...orOneEmpty(settings.postOptions),
  ];
  const durability = checkDurability(request, type);
  const parsedOptions = readVolumeOptions(options, settings);
  return {
    sizeGib: request.sizeGib,
    sizeKib: gibToKib(request.sizeGib),
    name: request.name,
    clusterIds: request.clusterIds,
    durability: withArbiter(durability, parsedOptions),
    durabilityEcho: echo(request, type),
    gid: request.gid,
    snapshot,
    block: request.block,
    options,
    parsedOptions,
  };
}

/** The contract's 400 for volumes that could not have bricks of the minimum size. @throws AppError `request.invalid`. */
export function checkMinimum(request: CheckedRequest, settings: VolumeSettings): void {
  const minimumKib = settings.brickMinKib * dataBricks(request.durability);
  if (request.sizeKib >= minimumKib) return;
  throw invalid(
    `Requested volume size (${request.sizeGib} GB) is smaller than the minimum supported volume size (${minimumKib})`,
    'size',
  );
}

/** The contract shows one empty string where no pre- or post-options are configured (engine reference 3.5). */
const orOneEmpty = (options: readonly string[]): readonly string[] => (options.length === 0 ? [''] : options);

function checkType({ durability: { type } }: VolumeRequest): Durability['type'] {
  if (type === '' || type === 'none') return 'none';
  if (type === 'replicate' || type === 'disperse') return type;
  throw invalid('Unknown durability type', 'durability.type');
}

function checkSnapshot({ snapshot }: VolumeRequest): CheckedRequest['snapshot'] {
  if (!snapshot.enable) return { enable: false, factor: 1 };
  if (!(snapshot.factor >= 1 && snapshot.factor <= 100))
    throw invalid('Invalid snapshot factor', 'snapshot.factor');
  return snapshot;
}

function checkDurability({ durability }: VolumeRequest, type: Durability['type']): Durability {
  switch (type) {
    case 'none':
      return { type };
    case 'replicate': {
      const replica = durability.replicate.replica || defaultReplica;
      if (replica !== 2 && replica !== 3)
        throw invalid('Invalid replica value', 'durability.replicate.replica');
      return { type, replica, arbiter: false };
    }
    case 'disperse': {
      const { data = 0, redundancy = 0 } = durability.disperse;
      if (!dispersions.has(`${data}+${redundancy}`)) {
        throw invalid(`Invalid dispersion combination: ${data}+${redundancy}`, 'durability.disperse');
      }
      return { type, data, redundancy };
    }
  }
}

function withArbiter(durability: Durability, options: VolumeOptions): Durability {
  if (!options.arbiter) return durability;
  if (durability.type !== 'replicate' || durability.replica !== 3) {
    throw invalid(
      'glustervolumeoptions: user.heketi.arbiter needs the durability replicate with replica 3; ask for that, or leave the option out',
      'glustervolumeoptions',
    );
  }
  return { ...durability, arbiter: true };
}

/** Shown as it was sent, except that a replica volume always shows its number (wire contract section 11, NB). */
function echo({ durability }: VolumeRequest, type: Durability['type']): VolumeRecord['durabilityEcho'] {
  const replicate =
    type === 'replicate'
      ? { ...durability.replicate, replica: durability.replicate.replica || defaultReplica }
      : durability.replicate;
  return { type, replicate, disperse: durability.disperse };
}
