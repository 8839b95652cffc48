import type { DeviceRecord } from '../../db/devices.ts';
import { fromGroupTags, toGroupTags } from '../../storage/imprints.ts';
import type { LogicalVolume, VolumeGroup } from '../../storage/lvm/reports.ts';
import { deviceOfGroup, ownerTag, volumeGroupName } from '../../storage/naming.ts';
import { deviceImprint } from '../../topology/device-imprint.ts';
import type { Finding } from '../finding.ts';
import { type NodeView, onNode } from './node-view.ts';

/** How full a pool may be: from here on it is told, and where no limit is configured from there on it is an error. */
const warnPercent = 80;
const usualLimitPercent = 95;

export function compareDevices(view: NodeView): Finding[] {
  const findings = view.devices.flatMap((device) => compareDevice(view, device));
  return [...findings, ...strayGroups(view)];
}

const groupOf = ({ facts }: NodeView, device: DeviceRecord): VolumeGroup | undefined =>
  facts.volumeGroups.find(({ name }) => name === volumeGroupName(device.id));

function compareDevice(view: NodeView, device: DeviceRecord): Finding[] {
  if (device.lostAtMs !== null) return [];
  const group = groupOf(view, device);
  const object = `device ${device.id} (${device.name})`;
  if (group === undefined) {
    return [
      onNode(view, 'group-missing', {
        object,
        evidence: `LVM lists no volume group ${volumeGroupName(device.id)}; ${whereIsPv(view, device)}`,
        advice:
          'Look whether the disk is connected. If it is lost, replace the device: its bricks are made anew elsewhere.',
        sizeKib: device.totalKib,
      }),
    ];
  }
  return [
    ...comparePhysicalVolume(view, device, group),
    ...compareRoom(view, device, group),
    ...compareImprint(view, device, group),
    ...poolFill(view, group),
  ];
}

function whereIsPv({ facts }: NodeView, { pvUuid }: DeviceRecord): string {
  const pv = facts.physicalVolumes.find(({ uuid }) => uuid === pvUuid);
  if (pv === undefined) return `its physical volume ${pvUuid} is not there either`;
  return `its physical volume ${pvUuid} is at ${pv.device}, in ${pv.volumeGroup === '' ? 'no volume group' : `the volume group ${pv.volumeGroup}`}`;
}

function comparePhysicalVolume(view: NodeView, device: DeviceRecord, group: VolumeGroup): Finding[] {
  const object = `device ${device.id} (${device.name})`;
  if (group.pvUuid !== device.pvUuid) {
    return [
      onNode(view, 'physical-volume-differs', {
        object,
        evidence: `${group.name} lies on ${group.pvUuid} (${group.pvDevice}); on record is ${device.pvUuid}`,
        advice:
          'Somebody moved or extended the volume group. Find out who; Mortar does not touch it by itself.',
      }),
    ];
  }
  // A name below /dev/disk or /dev/mapper stays, whatever letter the disk gets.
  const isLetter = /^\/dev\/(?!disk\/|mapper\/)/.test(device.name);
  if (!isLetter || group.pvDevice === device.name || device.paths.includes(group.pvDevice)) return [];
  return [
    onNode(view, 'device-moved', {
      object,
      evidence: `the physical volume ${device.pvUuid} is at ${group.pvDevice}; it was added as ${device.name}`,
      advice: 'Nothing needs to be done: a device is known by the UUID of its physical volume.',
    }),
  ];
}

function compareRoom(view: NodeView, device: DeviceRecord, group: VolumeGroup): Finding[] {
  if (view.intent.busyDeviceIds.has(device.id)) return [];
  const object = `device ${device.id} (${device.name})`;
  const mend = { action: 'resync-device', deviceId: device.id } as const;
  const findings: Finding[] = [];
  if (group.totalKib !== device.totalKib) {
    findings.push(
      onNode(view, 'group-size-differs', {
        object,
        evidence: `${group.name} has ${group.totalKib} KiB; on record are ${device.totalKib} KiB`,
        advice: 'Takes the true size over from LVM.',
        mend,
        sizeKib: group.totalKib,
      }),
    );
  }
  const promisedKib =
    device.foreignKib +
    view.bricks
      .filter(({ deviceId }) => deviceId === device.id)
      .reduce((sum, { poolKib, metadataKib }) => sum + poolKib + metadataKib, 0);
  const usedKib = group.totalKib - group.freeKib;
  if (usedKib !== promisedKib) {
    findings.push(
      onNode(view, 'space-differs', {
        object,
        evidence: `${usedKib} KiB of ${group.name} are taken; on record are ${promisedKib} KiB`,
        advice:
          'Reads from LVM again what others take of the volume group, so that it is not promised twice.',
        mend,
        sizeKib: Math.abs(usedKib - promisedKib),
      }),
    );
  }
  return findings;
}

function compareImprint(view: NodeView, device: DeviceRecord, group: VolumeGroup): Finding[] {
  const cluster = view.intent.clusters.find(({ id }) => id === view.node.clusterId);
  if (cluster === undefined) return [];
  const wanted = deviceImprint(device, view.node, cluster);
  const missing = toGroupTags(wanted).filter((tag) => !group.tags.includes(tag));
  const isSame =
    missing.length === 0 &&
    toGroupTags(fromGroupTags(group.tags) ?? wanted).length === toGroupTags(wanted).length;
  if (isSame) return [];
  return [
    onNode(view, 'device-imprint-outdated', {
      object: `device ${device.id} (${device.name})`,
      evidence: `${group.name} has the tags ${group.tags.join(', ') || 'none'}; missing: ${missing.join(', ') || 'none'}`,
      advice: 'Writes node, cluster, state and tags into the tags of the volume group, for `mortar rebuild`.',
      mend: { action: 'imprint-device', deviceId: device.id },
    }),
  ];
}

function poolFill(view: NodeView, group: VolumeGroup): Finding[] {
  const pools = view.facts.logicalVolumes.filter(
    (volume) => volume.volumeGroup === group.name && volume.thinCount !== null,
  );
  return pools.flatMap((pool) => [
    ...fill(view, pool, 'pool-data-full', pool.dataPercent),
    ...fill(view, pool, 'pool-metadata-full', pool.metadataPercent),
  ]);
}

function fill(
  view: NodeView,
  pool: LogicalVolume,
  kind: 'pool-data-full' | 'pool-metadata-full',
  percent: number | null,
): Finding[] {
  const limitPercent = view.poolLimitPercent || usualLimitPercent;
  if (percent === null || percent < Math.min(warnPercent, limitPercent)) return [];
  const what = kind === 'pool-data-full' ? 'data' : 'metadata';
  return [
    onNode(view, kind, {
      object: `thin pool ${pool.volumeGroup}/${pool.name}`,
      evidence: `${percent} % of its ${what} are used`,
      advice:
        what === 'data'
          ? 'Remove snapshots or data, or grow the volume, before the pool is full: then the brick becomes read-only.'
          : 'Grow the metadata with `lvextend --poolmetadatasize`, or remove snapshots, before they are full.',
      severity: percent >= limitPercent ? 'error' : 'warning',
      sizeKib: pool.sizeKib,
    }),
  ];
}

function strayGroups(view: NodeView): Finding[] {
  const { known } = view.intent;
  return view.facts.volumeGroups
    .filter(({ tags }) => tags.includes(ownerTag))
    .filter(({ name }) => !known.deviceIds.has(deviceOfGroup(name) ?? ''))
    .map((group) => strayGroup(view, group));
}

/** A group that says of itself that it is a device of this very node can be taken up again. */
function strayGroup(view: NodeView, group: VolumeGroup): Finding {
  const imprint = fromGroupTags(group.tags);
  const isOfThisNode = imprint?.node.id === view.node.id && volumeGroupName(imprint.device.id) === group.name;
  const common = {
    object: `volume group ${group.name}`,
    evidence: `LVM lists ${group.name} with the tags ${group.tags.join(', ')}; no device on record is this one`,
    sizeKib: group.totalKib,
  };
  if (!isOfThisNode) {
    return onNode(view, 'group-stray', {
      ...common,
      advice:
        'It belongs to another Mortar, or to a device that was forgotten (its node was lost and removed, or by force). When nothing in it is wanted, add its disk as a device with destroydata, or remove it with vgremove and pvremove.',
    });
  }
  return onNode(view, 'group-stray', {
    ...common,
    advice: `Takes it up again as the device ${imprint.device.name} of this node. When nothing in it is wanted, remove it with vgremove and pvremove instead.`,
    mend: { action: 'adopt-device', nodeId: view.node.id, deviceId: imprint.device.id },
  });
}
