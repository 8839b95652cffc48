#!/bin/sh
# Prints everything on a storage node that has to do with storage, item by item, for snapshot.ts to read.
# It runs on the node, on standard input of `sh -s -- DISK…`. Nothing in it changes the node.
set -u
export LC_ALL=C

item() { echo "@@ $1"; }

item pvs
pvs --reportformat json --units b --nosuffix -O pv_name -o pv_name,pv_uuid,vg_name,pv_size,pv_free,pv_tags
item vgs
vgs --reportformat json --units b --nosuffix -O vg_name -o vg_name,vg_uuid,vg_size,vg_free,lv_count,vg_tags
item lvs
lvs -a --reportformat json --units b --nosuffix -O vg_name,lv_name \
  -o vg_name,lv_name,lv_uuid,lv_attr,lv_size,pool_lv,origin,lv_tags
item deviceMapper
dmsetup info -c --noheadings -o name 2>/dev/null | grep -v '^No devices found' | sort
item mounts
grep -E ' (/var/lib/heketi|/var/lib/mortar|/run/mortar)[/ ]| fuse\.glusterfs ' /proc/self/mounts | sort
item files
find /var/lib/heketi /var/lib/mortar /run/mortar -xdev -printf '%M %U:%G %p\n' 2>/dev/null | sort -k 3
item units
{
  find /etc/systemd/system \( -name '*heketi*' -o -name '*mortar*' \) ! -type d
  grep -rliE 'heketi|mortar' /etc/systemd/system 2>/dev/null
} | sort -u | while read -r unit; do
  if [ -L "$unit" ]; then
    echo "$unit -> $(readlink "$unit")"
  else
    echo "$unit $(cksum <"$unit")"
  fi
done
item fstab
cat /etc/fstab
item glusterVolumes
gluster --mode=script volume info 2>/dev/null
item glusterPeers
gluster --mode=script pool list 2>/dev/null
item brickProcesses
pgrep -a glusterfsd | sed -n 's/.* --brick-name \([^ ]*\).*/\1/p' | sort
for disk in "$@"; do
  item "wipefs $disk"
  wipefs -n -J "$disk"
  item "blkid $disk"
  blkid -p -o export "$disk"
done
