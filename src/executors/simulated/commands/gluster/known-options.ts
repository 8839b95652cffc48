/** The options that glusterd 10.3 knows (`gluster volume get NAME all`), by their first word. */

/** Options that are on or off. */
const switches: Readonly<Record<string, string>> = {
  changelog: `
    changelog capture-del-path`,
  client: `
    ssl strict-locks send-gids`,
  cluster: `
    lookup-unhashed lookup-optimize rebalance-stats readdir-optimize randomize-hash-range-by-gfid
    lock-migration force-migration weighted-rebalance entry-change-log metadata-self-heal data-self-heal
    entry-self-heal self-heal-daemon data-change-log metadata-change-log eager-lock choose-local
    ensure-durability consistent-metadata full-lock optimistic-change-log
    disperse-self-heal-daemon quorum-reads granular-entry-heal use-compound-fops
    brick-multiplex brick-graceful-cleanup use-anonymous-inode`,
  config: `
    gfproxyd global-threading`,
  ctime: `
    noatime`,
  dht: `
    force-readdirp`,
  diagnostics: `
    latency-measurement dump-fd-stats count-fop-hits`,
  disperse: `
    eager-lock other-eager-lock optimistic-change-log parallel-writes`,
  features: `
    uss show-snapshot-directory tag-namespaces quota-deem-statfs quota inode-quota bitrot read-only worm
    worm-file-level worm-files-deletable ctime barrier trash trash-internal-op shard scrub
    cache-invalidation leases locks-revocation-clear-all locks-monkey-unlocking locks-notify-contention
    selinux sdfs cloudsync enforce-mandatory-lock cloudsync-remote-read acl`,
  ganesha: `
    enable`,
  'geo-replication': `
    indexing ignore-pid-check`,
  locks: `
    trace mandatory-locking`,
  network: `
    remote-dio compression compression.debug`,
  nfs: `
    disable`,
  performance: `
    enable-least-priority iot-cleanup-disconnected-reqs iot-pass-through io-cache-pass-through
    quick-read-cache-invalidation ctime-invalidation flush-behind nfs.flush-behind
    resync-failed-syncs-after-fsync strict-o-direct nfs.strict-o-direct strict-write-ordering
    nfs.strict-write-ordering write-behind-trickling-writes nfs.write-behind-trickling-writes lazy-open
    read-after-open open-behind-pass-through read-ahead-pass-through readdir-ahead-pass-through
    md-cache-pass-through write-behind-pass-through cache-swift-metadata cache-samba-metadata
    cache-capability-xattrs cache-ima-xattrs md-cache-statfs nl-cache-pass-through write-behind
    read-ahead readdir-ahead io-cache open-behind quick-read nl-cache stat-prefetch client-io-threads
    nfs.write-behind nfs.read-ahead nfs.io-cache nfs.quick-read nfs.stat-prefetch nfs.io-threads
    force-readdirp cache-invalidation global-cache-invalidation parallel-readdir nl-cache-positive-entry`,
  rebalance: `
    ensure-durability`,
  server: `
    allow-insecure root-squash all-squash ssl manage-gids dynamic-auth`,
  storage: `
    linux-aio linux-io_uring node-uuid-pathinfo build-pgfid gfid2path fips-mode-rchecksum`,
};

const others: Readonly<Record<string, string>> = {
  auth: `
    allow reject ssl-allow`,
  changelog: `
    changelog-dir encoding rollover-time fsync-interval changelog-barrier-timeout`,
  client: `
    event-threads tcp-user-timeout keepalive-time keepalive-interval keepalive-count bind-insecure`,
  cluster: `
    server-quorum-type enable-shared-storage min-free-disk min-free-inodes subvols-per-directory rsync-hash-regex extra-hash-regex dht-xattr-name
    rebal-throttle local-volume-name switch-pattern read-subvolume read-subvolume-index read-hash-mode
    background-self-heal-count heal-timeout self-heal-window-size data-self-heal-algorithm quorum-type
    quorum-count self-heal-readdir-size post-op-delay-secs heal-wait-queue-length favorite-child-policy
    server-quorum-ratio shd-max-threads shd-wait-qlength locking-scheme max-bricks-per-process
    halo-enabled halo-shd-max-latency halo-nfsd-max-latency halo-max-latency halo-max-replicas
    halo-min-replicas daemon-log-level`,
  config: `
    client-threads brick-threads`,
  debug: `
    trace log-history log-file error-gen random-failure delay-gen exclude-ops include-ops error-failure error-number error-fops`,
  'delay-gen': `
    delay-percentage delay-duration enable`,
  diagnostics: `
    brick-log-level client-log-level brick-sys-log-level client-sys-log-level brick-logger client-logger
    brick-log-format client-log-format brick-log-buf-size client-log-buf-size brick-log-flush-timeout
    client-log-flush-timeout stats-dump-interval fop-sample-interval stats-dump-format
    fop-sample-buf-size stats-dnscache-ttl-sec`,
  disperse: `
    eager-lock-timeout other-eager-lock-timeout background-heals heal-wait-qlength read-policy
    shd-max-threads shd-wait-qlength cpu-extensions self-heal-window-size stripe-cache quorum-count`,
  features: `
    snapshot-directory default-soft-limit soft-timeout hard-timeout alert-time default-retention-period
    retention-mode auto-commit-period barrier-timeout trash-dir trash-eliminate-path trash-max-filesize
    timeout failover-hosts shard-block-size shard-lru-limit shard-deletion-rate scrub-throttle
    scrub-freq expiry-time signer-threads cache-invalidation-timeout lease-lock-recall-timeout
    locks-revocation-secs locks-revocation-max-blocked locks-notify-contention-delay cloudsync-storetype
    cloudsync-store-id cloudsync-product-id`,
  glusterd: `
    vol_count_per_thread`,
  network: `
    frame-timeout ping-timeout tcp-window-size inode-lru-limit compression.window-size
    compression.mem-level compression.min-size compression.compression-level`,
  performance: `
    cache-max-file-size cache-min-file-size cache-refresh-timeout cache-priority io-cache-size
    cache-size io-thread-count high-prio-threads normal-prio-threads low-prio-threads least-prio-threads
    iot-watchdog-secs quick-read-cache-size quick-read-cache-timeout qr-cache-timeout
    write-behind-window-size nfs.write-behind-window-size aggregate-size read-ahead-page-count
    md-cache-timeout xattr-cache-list rda-request-size rda-low-wmark rda-high-wmark rda-cache-limit
    nl-cache-limit nl-cache-timeout`,
  server: `
    anonuid anongid statedump-path outstanding-rpc-limit gid-timeout own-thread event-threads
    tcp-user-timeout keepalive-time keepalive-interval keepalive-count`,
  ssl: `
    own-cert private-key ca-list crl-path certificate-depth cipher-list dh-param ec-curve`,
  storage: `
    batch-fsync-mode batch-fsync-delay-usec owner-uid owner-gid health-check-interval
    gfid2path-separator reserve health-check-timeout force-create-mode force-directory-mode create-mask
    create-directory-mask max-hardlinks`,
  transport: `
    keepalive listen-backlog address-family`,
};

/** Files of options that the Debian package brings (`/var/lib/glusterd/groups`). */
const groupFiles: Readonly<Record<string, string>> = {
  'db-workload': `
    performance.open-behind=on performance.write-behind=off performance.stat-prefetch=off
    performance.quick-read=off performance.strict-o-direct=on performance.read-ahead=off
    performance.io-cache=off performance.readdir-ahead=off performance.client-io-threads=on
    server.event-threads=4 client.event-threads=4 performance.read-after-open=yes`,
  'distributed-virt': `
    performance.quick-read=off performance.read-ahead=off performance.io-cache=off
    performance.low-prio-threads=32 network.remote-dio=enable features.shard=on user.cifs=off
    client.event-threads=4 server.event-threads=4 performance.client-io-threads=on
    cluster.lookup-optimize=off`,
  'gluster-block': `
    performance.quick-read=off performance.read-ahead=off performance.io-cache=off
    performance.stat-prefetch=off performance.open-behind=off performance.readdir-ahead=off
    performance.strict-o-direct=on performance.client-io-threads=on performance.io-thread-count=32
    performance.high-prio-threads=32 performance.normal-prio-threads=32 performance.low-prio-threads=32
    performance.least-prio-threads=4 client.event-threads=8 server.event-threads=8
    network.remote-dio=disable cluster.eager-lock=enable cluster.quorum-type=auto
    cluster.data-self-heal-algorithm=full cluster.locking-scheme=granular cluster.shd-max-threads=8
    cluster.shd-wait-qlength=10000 features.shard=on features.shard-block-size=64MB user.cifs=off
    server.allow-insecure=on cluster.choose-local=off cluster.lookup-optimize=off`,
  'metadata-cache': `
    features.cache-invalidation=on features.cache-invalidation-timeout=600 performance.stat-prefetch=on
    performance.cache-invalidation=on performance.md-cache-timeout=600 network.inode-lru-limit=200000`,
  'nl-cache': `
    features.cache-invalidation=on features.cache-invalidation-timeout=600 performance.nl-cache=on
    performance.nl-cache-timeout=600 network.inode-lru-limit=200000`,
  samba: `
    features.cache-invalidation=on features.cache-invalidation-timeout=600
    performance.cache-samba-metadata=on performance.stat-prefetch=on performance.cache-invalidation=on
    performance.md-cache-timeout=600 network.inode-lru-limit=200000 performance.nl-cache=on
    performance.nl-cache-timeout=600 performance.readdir-ahead=on performance.parallel-readdir=on
    performance.write-behind=off`,
  virt: `
    performance.quick-read=off performance.read-ahead=off performance.io-cache=off
    performance.low-prio-threads=32 network.remote-dio=disable performance.strict-o-direct=on
    cluster.eager-lock=enable cluster.quorum-type=auto cluster.server-quorum-type=server
    cluster.data-self-heal-algorithm=full cluster.locking-scheme=granular cluster.shd-max-threads=8
    cluster.shd-wait-qlength=10000 features.shard=on user.cifs=off cluster.choose-local=off
    client.event-threads=4 server.event-threads=4 performance.client-io-threads=on
    network.ping-timeout=20 server.tcp-user-timeout=20 server.keepalive-time=10
    server.keepalive-interval=2 server.keepalive-count=5 cluster.lookup-optimize=off`,
};

const wordsOf = (text: string): string[] => text.trim().split(/\s+/);

const namesIn = (table: Readonly<Record<string, string>>): string[] =>
  Object.entries(table).flatMap(([first, rest]) => wordsOf(rest).map((word) => `${first}.${word}`));

const switchNames = new Set(namesIn(switches));
const names = new Set([...switchNames, ...namesIn(others)]);
/** The first option of each last part: glusterd takes `stat-prefetch` for `performance.stat-prefetch`. */
const shortNames = new Map([...names].reverse().map((name) => [name.slice(name.indexOf('.') + 1), name]));

/** The full name of an option; undefined when there is none. Anything below `user.` is allowed. */
export function fullName(key: string): string | undefined {
  if (names.has(key) || /^user\../.test(key)) return key;
  return shortNames.get(key);
}

export const isSwitch = (name: string): boolean => switchNames.has(name);

/** The settings that `volume set NAME group GROUP` stands for. */
export const optionGroups: ReadonlyMap<string, readonly (readonly [key: string, value: string])[]> = new Map(
  Object.entries(groupFiles).map(([group, text]) => [
    group,
    wordsOf(text).map((line): [string, string] => {
      const [key = '', value = ''] = line.split('=');
      return [key, value];
    }),
  ]),
);
