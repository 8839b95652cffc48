import { createHash } from 'node:crypto';

/**
 * `error`: data is out of reach or at risk. `warning`: something would go wrong later, or room is lost. `info`: worth knowing,
 * nothing is wrong.
 */
export type Severity = 'error' | 'warning' | 'info';

/** All that can be found, with its weight and its name for people. */
export const findingKinds = {
  'node-unreachable': { severity: 'warning', title: 'the node was not looked at' },
  'glusterd-down': { severity: 'error', title: 'glusterd does not run' },

  'group-missing': { severity: 'error', title: 'a volume group is missing' },
  'group-size-differs': { severity: 'warning', title: 'a volume group has another size' },
  'group-stray': { severity: 'warning', title: 'a volume group of ours is on no record' },
  'physical-volume-differs': { severity: 'error', title: 'a volume group lies on another physical volume' },
  'device-moved': { severity: 'info', title: 'a disk is at another path' },
  'device-imprint-outdated': { severity: 'info', title: 'a volume group does not say what is on record' },
  'space-differs': { severity: 'warning', title: 'more room is taken than promised' },
  'pool-data-full': { severity: 'warning', title: 'the data of a thin pool fill up' },
  'pool-metadata-full': { severity: 'warning', title: 'the metadata of a thin pool fill up' },

  'brick-volume-missing': { severity: 'error', title: 'a brick has no logical volume' },
  'brick-imprint-missing': { severity: 'info', title: 'a thin pool does not say whose it is' },
  'brick-not-mounted': { severity: 'error', title: 'a brick is not mounted' },
  'brick-mount-differs': { severity: 'error', title: 'something else is mounted where a brick belongs' },
  'brick-folder-missing': { severity: 'error', title: 'a brick has no directory' },
  'boot-mount-missing': { severity: 'warning', title: 'a brick would not be mounted at boot' },
  'boot-mount-differs': { severity: 'warning', title: 'a brick would be mounted wrongly at boot' },
  'brick-offline': { severity: 'error', title: 'a brick process does not run' },

  'orphan-brick': { severity: 'warning', title: 'a brick is on no record' },
  'foreign-volume': { severity: 'info', title: 'a logical volume that Mortar did not make' },
  'boot-mount-stray': { severity: 'warning', title: 'a boot mount of no brick' },
  'mount-stray': { severity: 'warning', title: 'a mount of no brick' },
  'folder-stray': { severity: 'info', title: 'a folder of no brick' },

  'peer-missing': { severity: 'error', title: 'a node is no gluster peer' },
  'peer-disconnected': { severity: 'warning', title: 'a gluster peer is disconnected' },
  'peer-unknown': { severity: 'warning', title: 'a gluster peer is on no record' },

  'volume-missing': { severity: 'error', title: 'gluster does not have a volume' },
  'volume-gone': { severity: 'warning', title: 'nothing of a volume is left on the nodes' },
  'volume-stopped': { severity: 'error', title: 'a volume is stopped' },
  'volume-replaced': { severity: 'error', title: 'gluster has another volume of this name' },
  'volume-bricks-differ': { severity: 'error', title: 'gluster has other bricks in a volume' },
  'volume-imprint-outdated': { severity: 'info', title: 'a gluster volume does not say what is on record' },
  'volume-orphan': { severity: 'warning', title: 'a volume that was ours is on no record' },
  'volume-foreign': { severity: 'info', title: 'a gluster volume that Mortar did not make' },
  'watched-missing': { severity: 'error', title: 'gluster has lost a volume that is watched' },
  'watched-stopped': { severity: 'error', title: 'a volume that is watched does not run' },
  'watched-changed': { severity: 'warning', title: 'somebody changed a volume that is watched' },
  'watched-brick-offline': {
    severity: 'error',
    title: 'a brick process of a volume that is watched does not run',
  },
  'volumes-disagree': { severity: 'warning', title: 'nodes disagree about the volumes there are' },
} as const satisfies Readonly<Record<string, { severity: Severity; title: string }>>;

export type FindingKind = keyof typeof findingKinds;

interface OfBrick {
  readonly brickId: string;
}
interface OfVolume {
  readonly volumeId: string;
}
interface OfDevice {
  readonly deviceId: string;
}
interface OfGlusterVolume {
  readonly clusterId: string;
  readonly name: string;
}
interface OfNewDevice {
  readonly nodeId: string;
  readonly deviceId: string;
}
interface OfBootMount {
  readonly nodeId: string;
  readonly mountPoint: string;
  readonly device: string;
}
interface OfOrphan {
  readonly nodeId: string;
  readonly deviceId: string;
  readonly brickId: string;
  /** Names of its volumes, as far as they are there. */
  readonly names: readonly string[];
}

/** What each mend has to know. All but `none` are done as ordinary operations. */
interface MendParams {
  readonly none: object;
  readonly 'remount-brick': OfBrick;
  readonly 'imprint-brick': OfBrick;
  readonly 'start-volume': OfVolume;
  readonly 'restart-bricks': OfVolume;
  readonly 'imprint-volume': OfVolume;
  readonly 'forget-volume': OfVolume;
  readonly 'adopt-volume': OfGlusterVolume;
  readonly 'adopt-device': OfNewDevice;
  readonly 'retake-volume': OfVolume;
  readonly 'quarantine-volume': OfGlusterVolume;
  readonly 'quarantine-brick': OfOrphan;
  readonly 'forget-boot-mount': OfBootMount;
  readonly 'remove-folder': { readonly nodeId: string; readonly path: string };
  readonly 'probe-peer': { readonly nodeId: string };
  readonly 'imprint-device': OfDevice;
  readonly 'resync-device': OfDevice;
}

/** What would mend a finding. */
export type Mend = {
  [Action in keyof MendParams]: { readonly action: Action } & MendParams[Action];
}[keyof MendParams];

/** Mends that take nothing away and start nothing that somebody may have ended on purpose. */
const safeActions: ReadonlySet<Mend['action']> = new Set([
  'remount-brick',
  'restart-bricks',
  'imprint-brick',
  'imprint-device',
  'imprint-volume',
  'forget-boot-mount',
  'remove-folder',
  'probe-peer',
  'resync-device',
]);

export interface Finding {
  /** The same for the same difference at every look: 32 hex digits. */
  readonly id: string;
  readonly kind: FindingKind;
  readonly severity: Severity;
  readonly clusterId: string | null;
  readonly nodeId: string | null;
  /** What it is about, in words and ids: `brick 12ab…`. */
  readonly object: string;
  /** What was seen and what is on record. */
  readonly evidence: string;
  /** What the mend does, or what a person can do. */
  readonly advice: string;
  readonly mend: Mend;
  readonly isSafe: boolean;
  /** When the object was made, where its node says so. */
  readonly madeAtMs: number | null;
  readonly sizeKib: number | null;
}

export interface FindingDetails {
  readonly object: string;
  readonly evidence: string;
  readonly advice: string;
  readonly mend?: Mend;
  readonly severity?: Severity;
  readonly madeAtMs?: number | undefined;
  readonly sizeKib?: number;
}

export interface Place {
  readonly clusterId: string | null;
  readonly nodeId: string | null;
}

/** A stable id of something found at a place. */
export function stableId(...words: readonly string[]): string {
  return createHash('sha256').update(words.join('\n')).digest('hex').slice(0, 32);
}

export function toFinding(place: Place, kind: FindingKind, details: FindingDetails): Finding {
  const mend = details.mend ?? { action: 'none' };
  return {
    id: stableId(kind, place.clusterId ?? '', place.nodeId ?? '', details.object),
    kind,
    severity: details.severity ?? findingKinds[kind].severity,
    ...place,
    object: details.object,
    evidence: details.evidence,
    advice: details.advice,
    mend,
    isSafe: safeActions.has(mend.action),
    madeAtMs: details.madeAtMs ?? null,
    sizeKib: details.sizeKib ?? null,
  };
}
