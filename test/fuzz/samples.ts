/** Answers of real nodes (LVM 2.03.16, util-linux 2.38, GlusterFS 10.3), shortened. */
const xml = (inner: string): string =>
  `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<cliOutput><opRet>0</opRet><opErrno>0</opErrno><opErrstr/>${inner}</cliOutput>\n`;
const brick = (host: string): string =>
  `<brick uuid="cc1a4651">${host}:/data/brick<name>${host}:/data/brick</name><hostUuid>cc1a4651</hostUuid><isArbiter>0</isArbiter></brick>`;

export const samples = {
  pvs: '{"report":[{"pv":[{"pv_name":"/dev/sdb", "pv_uuid":"aBcdef-0123-4567-89ab-cdef-0123-456789", "vg_name":"vg_a", "vg_tags":"mortar"}, {"pv_name":"/dev/sdc", "pv_uuid":"b", "vg_name":"", "vg_tags":""}]}]}',
  vgs: '{"report":[{"vg":[{"vg_name":"vg_a", "vg_tags":"mortar,mortar.device=abc", "vg_extent_size":"4096.00", "vg_extent_count":"5087", "vg_free_count":"4829", "pv_name":"/dev/sdb", "pv_uuid":"aBcdef"}]}]}',
  lvs: '{"report":[{"lv":[{"vg_name":"vg_a", "lv_name":"brick_1", "lv_size":"1048576.00", "pool_lv":"tp_1", "thin_count":"", "lv_tags":"", "data_percent":"0.00", "metadata_percent":"", "lv_time":"2026-11-21 08:21:30 +0000"}, {"vg_name":"vg_a", "lv_name":"tp_1", "lv_size":"1048576.00", "pool_lv":"", "thin_count":"1", "lv_tags":"mortar,mortar.brick=1", "data_percent":"0.00", "metadata_percent":"10.45"}]}]}',
  lsblk:
    '{"blockdevices": [{"name":"sda","path":"/dev/sda","kname":"sda","maj:min":"8:0","type":"disk","size":21474836480,"ro":false,"rm":false,"serial":"s1","wwn":null,"pttype":"gpt","mountpoint":null,"children":[{"name":"sda1","path":"/dev/sda1","kname":"sda1","maj:min":"8:1","type":"part","size":21473787904,"ro":false,"rm":false,"serial":null,"wwn":null,"pttype":"gpt","mountpoint":"/"}]},{"name":"sdb","path":"/dev/sdb","kname":"sdb","maj:min":"8:16","type":"disk","size":"21474836480","ro":"0","rm":"0","serial":"s2","wwn":null,"pttype":null,"mountpoint":null}]}',
  mountinfo:
    '16 1 98:0 / / rw,relatime shared:1 - ext4 /dev/root rw\n40 16 254:3 / /mnt/my\\040disk rw,noatime - xfs /dev/mapper/vg_a-brick_b rw\n',
  swaps:
    'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n/dev/sda3                               partition\t1048572\t0\t-2\n',
  wipefs: '{"signatures": [{"device":"sdb","offset":"0x438","type":"ext4","uuid":"u","label":null}]}',
  blkid: 'DEVNAME=/dev/sdb\nUUID=0f\nVERSION=1.0\nTYPE=ext4\nUSAGE=filesystem\n',
  units:
    '/etc/systemd/system/var-lib-heketi-mounts-vg_a-brick_b.mount:What=/dev/mapper/vg_a-brick_b\n/etc/systemd/system/var-lib-heketi-mounts-vg_a-brick_b.mount:Where=/var/lib/heketi/mounts/vg_a/brick_b\n/etc/systemd/system/var-lib-heketi-mounts-vg_a-brick_b.mount:Type=xfs\n',
  fstab: '# made by hand\n/dev/mapper/vg_a-brick_b /var/lib/heketi/mounts/vg_a/brick_b xfs rw,inode64 0 0\n',
  folders: 'full /var/lib/heketi/mounts/vg_a\nempty /var/lib/heketi/mounts/vg_a/brick_b\n',
  volumeInfo: xml(
    `<volInfo><volumes><volume><name>v1</name><id>a31d3366</id><status>1</status><statusStr>Started</statusStr><brickCount>2</brickCount><bricks>${brick('10.0.0.1')}${brick('10.0.0.2')}</bricks><optCount>1</optCount><options><option><name>user.heketi.id</name><value>007</value></option></options></volume><count>1</count></volumes></volInfo>`,
  ),
  volumeCreate: xml('<volCreate><volume><name>v</name><id>u-1</id></volume></volCreate>'),
  volumeStatus: xml(
    '<volStatus><volumes><volume><volName>v1</volName><nodeCount>1</nodeCount><node><hostname>10.0.0.1</hostname><path>/data/brick</path><peerid>c</peerid><status>1</status><port>49152</port></node></volume></volumes></volStatus>',
  ),
  volumeList: xml('<volList><count>2</count><volume>v1</volume><volume>v2</volume></volList>'),
  healInfo: xml(
    '<healInfo><bricks><brick hostUuid="c"><name>10.0.0.1:/data/brick</name><status>Connected</status><numberOfEntries>0</numberOfEntries></brick></bricks></healInfo>',
  ),
  removal: xml(
    '<volRemoveBrick><aggregate><files>3</files><size>1</size><lookups>4</lookups><failures>0</failures><skipped>0</skipped><status>3</status><statusStr>completed</statusStr><runtime>1.00</runtime></aggregate></volRemoveBrick>',
  ),
  pool: xml(
    '<peerStatus><peer><uuid>c6</uuid><hostname>10.0.0.2</hostname><hostnames><hostname>10.0.0.2</hostname></hostnames><connected>1</connected><state>3</state><stateStr>Peer in Cluster</stateStr></peer></peerStatus>',
  ),
  snapshots: xml('<snapList><count>2</count><snapshot>s1</snapshot><snapshot>s2</snapshot></snapList>'),
  snapshotInfo: xml(
    '<snapInfo><count>1</count><snapshots><snapshot><name>s1</name><uuid>6a1b7c1e-30a5-4ad5-8ad1-1f14e1b5d2c0</uuid><description>before the upgrade</description><createTime>2026-11-21 08:21:30 +0000</createTime><volCount>1</volCount><snapVolume><name>0fb0763512ac34b2d8e7fb0ddb5a4289</name><status>Started</status><originVolume><name>v1</name><snapCount>1</snapCount><snapRemaining>255</snapRemaining></originVolume></snapVolume></snapshot></snapshots></snapInfo>',
  ),
  brickPids:
    '/run/gluster/vols/v1/10.0.0.1-data-brick.pid:1504\n/run/gluster/vols/v2/10.0.0.1-data-b2.pid:1505\n',
  brickProcesses: '1504\n1505\n',
  pending: '13\t/data/brick/.glusterfs/indices/xattrop\n1\t/data/b2/.glusterfs/indices/xattrop\n',
  rootVersion:
    '# file: /data/brick\ntrusted.ec.version=0x00000000000000040000000000000005\ntrusted.gfid=0x00000000000000000000000000000001\n\n',
  fileSystemSizes: '4096 5240320\n4096 2096128\n',
  groupTags:
    'mortar,mortar.device=d1,mortar.device.name=/dev/sdb,mortar.device.state=online,mortar.node=n1,mortar.node.zone=1,mortar.node.state=online,mortar.node.manage=gl1,mortar.node.storage=10.0.0.1,mortar.cluster=c1,mortar.cluster.kinds=file&block',
} as const;
