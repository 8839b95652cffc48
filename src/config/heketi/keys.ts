import type { KeyPath } from '../schema.ts';
import {
  readBytesAsKib,
  readCommaList,
  readExecutor,
  readFstabMethod,
  readInverted,
  readLvmSize,
  readMaxConnections,
  readNumber,
  readPodsBy,
  readPort,
} from './values.ts';

/** A key of Heketi's file and the key of Mortar that it becomes. */
export interface HeketiKey {
  /** Dotted, from the top of the file: `glusterfs.sshexec.keyfile`. */
  readonly path: string;
  readonly to: KeyPath;
  /** Turns Heketi's value into what Mortar's file would hold; undefined sets nothing. As it is when absent. */
  readonly read?: (value: unknown) => unknown;
  /** Gives way to another key of the file that becomes the same, wherever the two stand. */
  readonly yields?: true;
}

const become = (path: string, to: KeyPath, read?: HeketiKey['read']): HeketiKey =>
  read === undefined ? { path, to } : { path, to, read };

/** What stands in the section of either executor. */
function executorKeys(section: 'glusterfs.sshexec' | 'glusterfs.kubeexec'): HeketiKey[] {
  return [
    become(`${section}.fstab`, 'mounts.fstab_file'),
    become(`${section}.fstab`, 'mounts.method', readFstabMethod),
    become(`${section}.mountopts`, 'mounts.options'),
    become(`${section}.snapshot_limit`, 'gluster.snapshot_limit'),
    become(`${section}.gluster_cli_timeout`, 'gluster.cli_timeout_seconds'),
    become(`${section}.backup_lvm_metadata`, 'lvm.backup_metadata'),
    become(`${section}.lvm_wrapper`, 'lvm.wrapper'),
    become(`${section}.block_prealloc`, 'volumes.block_hosting.prealloc'),
    become(`${section}.pv_data_alignment`, 'lvm.data_alignment_kib', readLvmSize),
    become(`${section}.vg_physicalextentsize`, 'lvm.extent_size_kib', readLvmSize),
    become(`${section}.lv_chunksize`, 'lvm.chunk_size_kib', readLvmSize),
    become(`${section}.xfs_su`, 'xfs.stripe_unit_kib', readBytesAsKib),
    become(`${section}.xfs_sw`, 'xfs.stripe_width'),
  ];
}

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
  become('glusterfs.kubeexec.namespace', 'kubernetes.namespace'),
  become('glusterfs.kubeexec.sudo', 'kubernetes.sudo'),
  become('glusterfs.kubeexec.max_connections', 'kubernetes.max_connections', readMaxConnections),
  {
    ...become('glusterfs.kubeexec.gluster_daemonset', 'kubernetes.find_pods_by', readPodsBy('daemonset')),
    yields: true,
  },
  become('glusterfs.kubeexec.use_pod_names', 'kubernetes.find_pods_by', readPodsBy('name')),
  ...executorKeys('glusterfs.sshexec'),
  ...executorKeys('glusterfs.kubeexec'),
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
  ['glusterfs.injectexec', 'faults are injected in tests only'],
  ...['glusterfs.sshexec', 'glusterfs.kubeexec'].flatMap((section): [string, string][] => [
    [`${section}.debug_umount_failures`, "a failed command's own words are always in the error"],
    [`${section}.rebalance_on_expansion`, 'as in Heketi; set MORTAR_GLUSTER_REBALANCE_ON_EXPAND instead'],
  ]),
  ['glusterfs.kubeexec.disable_timeout_prefix', 'deadlines are kept by the script that runs in the pod'],
  ...['host', 'cert', 'insecure', 'user', 'password'].map((key): [string, string] => [
    `glusterfs.kubeexec.${key}`,
    'as in Heketi; the service account of the pod counts, or `kubernetes.kubeconfig_file`',
  ]),
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
