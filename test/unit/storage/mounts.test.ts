import { describe, expect, it } from 'vitest';
import { parseMountinfo } from '../../../src/storage/filesystem/mountinfo.ts';
import { createMounts, mountUnit, unitName } from '../../../src/storage/filesystem/mounts.ts';
import { brickPath, glusterBrick, mapperPath, mountPoint } from '../../../src/storage/naming.ts';

const mount = { device: '/dev/mapper/vg_a-brick_b', mountPoint: '/var/lib/heketi/mounts/vg_a/brick_b' };

describe('mounts', () => {
  it('are read from mountinfo, escaped spaces and optional fields included', () => {
    const text =
      '16 1 98:0 / / rw,relatime shared:1 - ext4 /dev/root rw\n40 16 254:3 / /mnt/my\\040disk rw,noatime - xfs /dev/mapper/vg_a-brick_b rw\n';
    expect(parseMountinfo(text)).toEqual([
      { deviceNumber: '98:0', mountPoint: '/', type: 'ext4', source: '/dev/root' },
      { deviceNumber: '254:3', mountPoint: '/mnt/my disk', type: 'xfs', source: '/dev/mapper/vg_a-brick_b' },
    ]);
    expect(() => parseMountinfo('who knows')).toThrow(/cannot be read/);
  });

  it('have a unit named as systemd demands', () => {
    expect(unitName('/var/lib/heketi/mounts/vg_a/brick_b')).toBe('var-lib-heketi-mounts-vg_a-brick_b.mount');
    expect(unitName('/a-b/c d')).toBe('a\\x2db-c\\x20d.mount');
  });

  it('come before glusterd and never hold up the boot', () => {
    const unit = mountUnit(mount, 'rw,noatime');
    expect(unit).toContain('Before=umount.target glusterd.service');
    expect(unit).toContain('DefaultDependencies=no');
    expect(unit).toContain('What=/dev/mapper/vg_a-brick_b');
    expect(unit).toMatch(/JobTimeoutSec=\d+/);
  });

  it('in a file of mounts neither block the boot nor are checked there', () => {
    const [add] = createMounts({ method: 'fstab', fstabFile: '/etc/fstab', options: 'rw' }).persist([mount]);
    expect(add?.stdin).toMatch(
      / rw,nofail,x-systemd\.device-timeout=\d+s,x-systemd\.before=glusterd\.service 0 0\n$/,
    );
  });
});

describe('names on the nodes', () => {
  it("are Heketi's", () => {
    expect(mountPoint('D', 'B')).toBe('/var/lib/heketi/mounts/vg_D/brick_B');
    expect(brickPath('D', 'B')).toBe('/var/lib/heketi/mounts/vg_D/brick_B/brick');
    expect(mapperPath('vg_D', 'brick_B')).toBe('/dev/mapper/vg_D-brick_B');
    expect(mapperPath('vg-x', 'a')).toBe('/dev/mapper/vg--x-a');
  });

  it('put an IPv6 address in brackets where gluster wants them', () => {
    expect(glusterBrick('2001:db8::1', '/p')).toBe('[2001:db8::1]:/p');
    expect(glusterBrick('10.0.0.1', '/p')).toBe('10.0.0.1:/p');
  });
});
