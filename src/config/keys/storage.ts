import { group, key } from '../definition.ts';
import { readFstabMethod } from '../heketi/values.ts';
import { boolean, integer, oneOf, powerOfTwo, text, textList } from '../kinds.ts';
import { mountOptions, nodePath, nodeProgram, volumeOption, volumeOptionName } from '../text-rules.ts';

export const bricks = group('Limits of the bricks that volumes are made of.', {
  min_size_gib: key(integer({ min: 1, max: 1_048_576 }), {
    default: 1,
    about: 'Smallest brick that is made.',
  }),
  max_size_gib: key(integer({ min: 1, max: 1_048_576 }), {
    default: 4096,
    about: 'Largest brick that is made; larger volumes get more bricks.',
  }),
  max_per_volume: key(integer({ min: 1, max: 10_000 }), {
    default: 32,
    about: 'Most bricks that a volume may have.',
  }),
  average_file_size_kib: key(integer({ min: 1, max: 1_073_741_824 }), {
    default: 64,
    about: 'Mean size of a file, from which the size of an arbiter brick follows when the volume names none.',
  }),
});

const blockHosting = group('Volumes that hold block volumes.', {
  auto_create: key(boolean, {
    default: false,
    about: 'Whether a hosting volume is made when a block volume finds no room in the present ones.',
    heketi: [{ name: 'HEKETI_AUTO_CREATE_BLOCK_HOSTING_VOLUME' }],
  }),
  size_gib: key(integer({ min: 1, max: 1_048_576 }), {
    default: 1024,
    about: 'Size of a hosting volume that is made so.',
    heketi: [{ name: 'HEKETI_BLOCK_HOSTING_VOLUME_SIZE' }],
  }),
  options: key(textList(volumeOption), {
    default: ['group gluster-block'],
    about: 'Volume options of hosting volumes, set before those of the request.',
    heketi: [{ name: 'HEKETI_BLOCK_HOSTING_VOLUME_OPTIONS' }],
  }),
  prealloc: key(oneOf(['full', 'no']), {
    default: 'full',
    about: 'Whether the room of a block volume is taken at once, or as it is written.',
    heketi: [{ name: 'HEKETI_BLOCK_VOLUME_DEFAULT_PREALLOC' }],
  }),
});

export const volumes = group('What all volumes have in common.', {
  max_per_cluster: key(
    integer({ min: -1_000_000, max: 1_000_000, note: '0: the default; negative: no limit' }),
    {
      default: 1000,
      about: 'Most volumes in one cluster.',
      heketi: [{ name: 'HEKETI_GLUSTER_MAX_VOLUMES_PER_CLUSTER' }],
    },
  ),
  zone_checking: key(oneOf(['none', 'soft', 'strict']), {
    default: 'soft',
    about:
      'Whether the bricks that hold the same data go to different zones: never mind, where it is possible, or else refuse.',
    heketi: [{ name: 'HEKETI_ZONE_CHECKING' }],
  }),
  pre_options: key(textList(volumeOption), {
    default: [],
    about: 'Volume options set before those of a request, which may override them.',
    heketi: [{ name: 'HEKETI_PRE_REQUEST_VOLUME_OPTIONS' }],
  }),
  post_options: key(textList(volumeOption), {
    default: [],
    about: 'Volume options set after those of a request, which they override.',
    heketi: [{ name: 'HEKETI_POST_REQUEST_VOLUME_OPTIONS' }],
  }),
  extra_allowed_options: key(textList(volumeOptionName), {
    default: [],
    about: 'Volume options that requests may name beside those that Mortar knows to be harmless.',
  }),
  expand: key(oneOf(['add-bricks', 'in-place', 'auto']), {
    default: 'add-bricks',
    about:
      'How a volume gets larger when the request does not say it: by more bricks, by letting its bricks grow where they are, or in place when their devices have the room and else by more bricks.',
  }),
  block_hosting: blockHosting,
});

export const lvm = group('How devices and bricks are laid out in LVM.', {
  chunk_size_kib: key(integer({ min: 64, max: 1_048_576, multipleOf: 64 }), {
    default: 256,
    about: 'Chunk size of thin pools.',
  }),
  pool_limit_percent: key(integer({ min: 0, max: 100, note: '0: no limit' }), {
    default: 95,
    about:
      'A device with a thin pool whose data or metadata are so full takes no new bricks, and the doctor calls the pool an error.',
  }),
  extent_size_kib: key(powerOfTwo({ min: 128, max: 1_048_576 }), {
    default: 4096,
    about: 'Extent size of volume groups. Applies to devices that are added from now on.',
  }),
  data_alignment_kib: key(integer({ min: 4, max: 1_048_576, multipleOf: 4 }), {
    default: 256,
    about: 'Alignment of the data on a physical volume: the full stripe of a RAID below it.',
  }),
  metadata_size_mib: key(integer({ min: 1, max: 65_536 }), {
    default: 128,
    about: "Size of LVM's metadata area on a physical volume.",
  }),
  backup_metadata: key(boolean, {
    default: false,
    about: 'Whether LVM keeps a backup of its metadata in /etc/lvm/backup on each change.',
  }),
  wrapper: key(text(nodeProgram), {
    default: '',
    about: 'Program that LVM commands are run through, for instance to leave a container.',
    heketi: [{ name: 'HEKETI_LVM_WRAPPER' }],
  }),
});

export const xfs = group(
  'Stripe geometry that mkfs.xfs is told, for devices on a RAID. Both keys or neither.',
  {
    stripe_unit_kib: key(integer({ min: 0, max: 1_048_576, note: '0: not told' }), {
      default: 0,
      about: 'Chunk size of the RAID (`su`).',
    }),
    stripe_width: key(integer({ min: 0, max: 10_000, note: '0: not told' }), {
      default: 0,
      about: 'Number of data disks of the RAID (`sw`).',
    }),
  },
);

export const mounts = group('How bricks are mounted on the nodes.', {
  method: key(oneOf(['systemd', 'fstab']), {
    default: 'systemd',
    about: 'What mounts the bricks after a boot: a systemd mount unit each, or lines in an fstab file.',
    heketi: [{ name: 'HEKETI_FSTAB', read: readFstabMethod }],
  }),
  fstab_file: key(text(nodePath), {
    default: '/etc/fstab',
    about: 'File on the nodes that the method `fstab` writes to.',
    heketi: [{ name: 'HEKETI_FSTAB' }],
  }),
  options: key(text(mountOptions), {
    default: 'rw,inode64,noatime,nouuid',
    about: 'Mount options of bricks.',
    heketi: [{ name: 'HEKETI_MOUNT_OPTS' }],
  }),
});

export const gluster = group('How gluster is spoken to.', {
  cli_timeout_seconds: key(integer({ min: 1, max: 86_400 }), {
    default: 600,
    about: "Time that a gluster command has (gluster's own `--timeout`).",
    heketi: [{ name: 'HEKETI_GLUSTER_CLI_TIMEOUT' }],
  }),
  rebalance_on_expand: key(boolean, {
    default: true,
    about: 'Whether a volume that got more bricks is rebalanced onto them.',
    heketi: [{ name: 'HEKETI_GLUSTERAPP_REBALANCE_ON_EXPANSION' }],
  }),
  snapshot_limit: key(integer({ min: 0, max: 100_000, note: "0: gluster's own" }), {
    default: 0,
    about: 'Most snapshots of a volume, set in gluster when a node joins.',
    heketi: [{ name: 'HEKETI_SNAPSHOT_LIMIT' }],
  }),
});
