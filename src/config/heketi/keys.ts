import type { KeyPath } from '../schema.ts';
import {
  readBytesAsKib,
  readCommaList,
  readExecutor,
  readFstabMethod,
  readInverted,
  readLvmSize,
  readNumber,
  readPort,
} from './values.ts';

/** A key of Heketi's file and the key of Mortar that it becomes. */
export interface HeketiKey {
  /** Dotted, from the top of the file: `glusterfs.sshexec.keyfile`. */
  readonly path: string;
  readonly to: KeyPath;
  /** Turns Heketi's value into what Mortar's file would hold; undefined sets nothing. As it is when absent. */
  readonly read?: (value: unknown) => unknown;
}

const become = (path: string, to: KeyPath, read?: HeketiKey['read']): HeketiKey =>
  read === undefined ? { path, to } : { path, to, read };

/** Heketi's keys that mean something here. One key may set two. */
export const heketiKeys: readonly HeketiKey[] = [
  become('port', 'listen', readPort),
  become('jwt.admin.key', 'auth.admin_key'),
  become('jwt.user.key', 'auth.user_key'),
  become('cert_file', 'tls.cert_file'),
  become('key_file', 'tls.key_file'),
  become('default_state', 'admin_state'),
  become('glusterfs.executor', 'executor', readExecutor),
  become('glusterfs.db', 'database.path'),
  become('glusterfs.loglevel', 'log.level'),
  become('glusterfs.brick_min_size_gb', 'bricks.min_size_gib'),
  become('glusterfs.brick_max_size_gb', 'bricks.max_size_gib'),
  become('glusterfs.max_bricks_per_volume', 'bricks.max_per_volume'),
  become('glusterfs.average_file_size_kb', 'bricks.average_file_size_kib'),
  become('glusterfs.max_volumes_per_cluster', 'volumes.max_per_cluster'),
  become('glusterfs.zone_checking', 'volumes.zone_checking'),
  become('glusterfs.pre_request_volume_options', 'volumes.pre_options', readCommaList),
  become('glusterfs.post_request_volume_options', 'volumes.post_options', readCommaList),
  become('glusterfs.auto_create_block_hosting_volume', 'volumes.block_hosting.auto_create'),
  become('glusterfs.block_hosting_volume_size', 'volumes.block_hosting.size_gib'),
  become('glusterfs.block_hosting_volume_options', 'volumes.block_hosting.options', readCommaList),
  become('glusterfs.max_inflight_operations', 'operations.max_running'),
  become('glusterfs.operation_retry_limits.volume_create', 'operations.create_retries'),
  become('glusterfs.disable_monitor_gluster_nodes', 'health.enabled', readInverted),
  become('glusterfs.start_time_monitor_gluster_nodes', 'health.start_delay_seconds'),
  become('glusterfs.refresh_time_monitor_gluster_nodes', 'health.interval_seconds'),
  become('glusterfs.sshexec.user', 'ssh.user'),
  become('glusterfs.sshexec.port', 'ssh.port', readNumber),
  become('glusterfs.sshexec.keyfile', 'ssh.key_file'),
  become('glusterfs.sshexec.sudo', 'ssh.sudo'),
  become('glusterfs.sshexec.fstab', 'mounts.fstab_file'),
  become('glusterfs.sshexec.fstab', 'mounts.method', readFstabMethod),
  become('glusterfs.sshexec.mountopts', 'mounts.options'),
  become('glusterfs.sshexec.snapshot_limit', 'gluster.snapshot_limit'),
  become('glusterfs.sshexec.gluster_cli_timeout', 'gluster.cli_timeout_seconds'),
  become('glusterfs.sshexec.backup_lvm_metadata', 'lvm.backup_metadata'),
  become('glusterfs.sshexec.lvm_wrapper', 'lvm.wrapper'),
  become('glusterfs.sshexec.pv_data_alignment', 'lvm.data_alignment_kib', readLvmSize),
  become('glusterfs.sshexec.vg_physicalextentsize', 'lvm.extent_size_kib', readLvmSize),
  become('glusterfs.sshexec.lv_chunksize', 'lvm.chunk_size_kib', readLvmSize),
  become('glusterfs.sshexec.xfs_su', 'xfs.stripe_unit_kib', readBytesAsKib),
  become('glusterfs.sshexec.xfs_sw', 'xfs.stripe_width'),
];

const cleaner = 'Mortar finishes or undoes what was interrupted by itself';

/** Heketi's keys that mean nothing here, and why. What lies below them is not looked at. */
export const meaninglessKeys: ReadonlyMap<string, string> = new Map([
  ['use_auth', 'as in Heketi, it has no effect; only `--disable-auth` turns tokens off'],
  ['backup_db_to_kube_secret', 'Mortar makes no copy of its database in Kubernetes'],
  ['profiling', 'Mortar has no profiling routes'],
  ['glusterfs.db_read_only', '`default_state` can be `read-only`'],
  ['glusterfs.allocator', 'there is one allocator'],
  ['glusterfs.disable_background_cleaner', cleaner],
  ['glusterfs.start_time_background_cleaner', cleaner],
  ['glusterfs.refresh_time_background_cleaner', cleaner],
  ['glusterfs.kubeexec', 'this version reaches nodes over SSH, not through Kubernetes'],
  ['glusterfs.injectexec', 'faults are injected in tests only'],
  ['glusterfs.sshexec.debug_umount_failures', "a failed command's own words are always in the error"],
  ['glusterfs.sshexec.block_prealloc', 'Mortar has no key for it'],
  [
    'glusterfs.sshexec.rebalance_on_expansion',
    'as in Heketi; set MORTAR_GLUSTER_REBALANCE_ON_EXPAND instead',
  ],
]);

/** The switch that makes `cert_file` and `key_file` count. */
export const tlsSwitch = 'enable_tls';

/** Where Heketi's defaults differ from Mortar's, with its own file. */
export const heketiDefaults: Readonly<Partial<Record<KeyPath, unknown>>> = {
  listen: ':8080',
  'database.path': 'heketi.db',
  'ssh.user': 'heketi',
  'volumes.zone_checking': 'none',
};
