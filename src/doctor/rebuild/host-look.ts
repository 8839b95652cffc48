import { toAppError } from '../../errors.ts';
import { type GlusterVolume, parseAllVolumes } from '../../storage/gluster/volume-info.ts';
import { type DeviceImprint, fromGroupTags } from '../../storage/imprints.ts';
import type { VolumeGroup } from '../../storage/lvm/reports.ts';
import { ownerTag, volumeGroupName } from '../../storage/naming.ts';
import { pathsOf, readLinks } from '../../topology/device-actions.ts';
import type { DoctorTools } from '../doctor-tools.ts';
import { factsCommands, type NodeFacts, readFacts } from '../look/facts.ts';

/** A host that a rebuild looks at, with what the topology file says of it, if there is one. */
export interface RebuildHost {
  readonly address: string;
  /** Hosts that stand in one cluster of the file; null when nothing is said of clusters. */
  readonly clusterKey: string | null;
  readonly described?: {
    readonly zone: number;
    readonly tags: Readonly<Record<string, string>>;
    readonly manageNames: readonly string[];
    readonly storageNames: readonly string[];
    readonly file: boolean;
    readonly block: boolean;
  };
}

/** A volume group of ours with what it says of itself. */
export interface FoundDevice {
  readonly group: VolumeGroup;
  readonly imprint: DeviceImprint;
  readonly paths: readonly string[];
}

export type HostLook = { readonly host: RebuildHost } & (
  | { readonly failure: string }
  | {
      readonly facts: NodeFacts;
      readonly devices: readonly FoundDevice[];
      /** Volume groups that bear our tag and do not say enough. */
      readonly mute: readonly string[];
      /** All volumes of the host's gluster; none while it does not run. */
      readonly volumes: readonly GlusterVolume[];
    }
);

/** Looks at one host that is on no record yet. Changes nothing; never rejects for what is the host's. */
export async function lookAtHost(
  host: RebuildHost,
  tools: DoctorTools,
  signal: AbortSignal,
): Promise<HostLook> {
  const { access, commands, mountSettings, settings } = tools;
  const target = { nodeId: `new:${host.address}`, address: host.address };
  const options = { timeoutMs: settings.deadlineMs, signal };
  const factsTools = { ...commands, mountSettings };
  try {
    const facts = readFacts(await access.look(target, factsCommands(factsTools), options), factsTools);
    const ours = facts.volumeGroups.filter(({ tags }) => tags.includes(ownerTag));
    const speaking = ours.flatMap((group) => {
      const imprint = fromGroupTags(group.tags);
      const isWhole = imprint !== undefined && volumeGroupName(imprint.device.id) === group.name;
      return isWhole ? [{ group, imprint }] : [];
    });
    const [listing, ...links] = await access.look(
      target,
      [
        { ...commands.gluster.allVolumes(), optional: true },
        ...speaking.map(({ group }) => readLinks(group.pvDevice)),
      ],
      options,
    );
    return {
      host,
      facts,
      devices: speaking.map((found, index) => ({
        ...found,
        paths: pathsOf(found.imprint.device.name, links[index]),
      })),
      mute: ours.filter((group) => !speaking.some((found) => found.group === group)).map(({ name }) => name),
      volumes: listing?.status === 'ok' ? parseAllVolumes(listing.stdout) : [],
    };
  } catch (thrown) {
    signal.throwIfAborted();
    return { host, failure: toAppError(thrown).message };
  } finally {
    access.forget(target.nodeId);
  }
}
