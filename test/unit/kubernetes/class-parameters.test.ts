import { describe, expect, it } from 'vitest';
import { readClassParameters } from '../../../src/kubernetes/provisioner/class-parameters.ts';

const least = { resturl: 'http://mortar:8080' };
const read = (change: Record<string, string>) => readClassParameters({ ...least, ...change });

describe('the parameters of a StorageClass', () => {
  it('have the defaults of the in-tree plugin', () => {
    expect(read({})).toEqual({
      server: 'http://mortar:8080',
      user: '',
      userKey: '',
      secret: undefined,
      clusters: [],
      gidMin: 2000,
      gidMax: 2147483647,
      volumeType: { type: 'replicate', replica: 3 },
      volumeOptions: [],
      namePrefix: '',
      snapshotFactor: 1,
      endpointPrefix: 'glusterfs-dynamic',
      form: 'glusterfs',
    });
  });

  it('are taken in any case, all of them', () => {
    const all = {
      RestURL: 'https://mortar.example:8443/',
      restUser: 'admin',
      secretNamespace: 'storage',
      secretName: 'key',
      restuserkey: 'ignored beside a secret',
      ClusterID: 'a, b',
      gidMin: '40000',
      GIDMAX: '50000',
      volumeType: 'disperse:4:2',
      volumeOptions: 'client.ssl on, features.shard on',
      volumeNamePrefix: 'dept-dev',
      snapFactor: '1.5',
      customEpNamePrefix: '',
      volumeForm: 'csi',
    };
    expect(readClassParameters(all)).toEqual({
      server: 'https://mortar.example:8443',
      user: 'admin',
      userKey: '',
      secret: { namespace: 'storage', name: 'key' },
      clusters: ['a', 'b'],
      gidMin: 40000,
      gidMax: 50000,
      volumeType: { type: 'disperse', data: 4, redundancy: 2 },
      volumeOptions: ['client.ssl on', 'features.shard on'],
      namePrefix: 'dept-dev',
      snapshotFactor: 1.5,
      endpointPrefix: '',
      form: 'csi',
    });
  });

  it('without authentication need neither user nor key', () => {
    const off = read({ restauthenabled: 'False', restuser: 'admin', secretNamespace: 'a', secretName: 'b' });
    expect(off).toMatchObject({ user: '', userKey: '', secret: undefined });
    expect(read({ restuser: 'admin', restuserkey: 'k' })).toMatchObject({ user: 'admin', userKey: 'k' });
  });

  it.each([
    ['none', { type: 'none' }],
    ['replicate', { type: 'replicate', replica: 3 }],
    ['replicate:2', { type: 'replicate', replica: 2 }],
    ['disperse:8:3', { type: 'disperse', data: 8, redundancy: 3 }],
  ])('volumetype %s', (text, type) => expect(read({ volumetype: text }).volumeType).toEqual(type));

  it.each<[Record<string, string>, RegExp]>([
    [{ resturl: '' }, /must contain the parameter resturl/],
    [{ resturl: 'mortar:8080' }, /resturl: "mortar:8080" is no address; write one such as/],
    [{ resturl: 'http://mortar/v1' }, /more than host and port; write http:\/\/mortar$/],
    [{ resturl: 'http://admin:secret@mortar' }, /resturl: "http:\/\/…@mortar"/],
    [{ volumetyp: 'none', gid: '1' }, /unknown parameters: "volumetyp", "gid"; there are resturl, /],
    [{ gidMin: '2000', gidmin: '3000' }, /gidmin is given twice/],
    [{ secretName: 'a' }, /secretNamespace and secretName: "" and "a" must be either both set or both empty/],
    [{ restuserkey: 'k' }, /has a key, but no parameter restuser/],
    [{ gidMin: '1999' }, /gidMin: "1999" must be a whole number from 2000 to 2147483647/],
    [{ gidMax: '2147483648' }, /gidMax: "2147483648" must be a whole number/],
    [{ gidMin: '3000', gidMax: '2500' }, /must have a gidMax \(2500\) >= gidMin \(3000\)/],
    [{ volumetype: 'raid:5' }, /volumetype: "raid:5" is not known; use replicate/],
    [{ volumetype: 'disperse:4' }, /volumetype: "disperse:4" has no whole number above 0 in place 2/],
    [{ volumetype: 'replicate:-1' }, /has no whole number above 0 in place 1/],
    [{ volumetype: 'none:1' }, /has too many parts/],
    [{ volumenameprefix: 'a_b' }, /volumenameprefix: "a_b" must be .* without _/],
    [{ snapfactor: '0.5' }, /snapfactor: "0.5" must be a number from 1 to 100/],
    [{ snapfactor: '101' }, /snapfactor: "101"/],
    [{ customepnameprefix: 'a'.repeat(27) }, /must be at most 26 small letters/],
    [{ customepnameprefix: '9a' }, /beginning with a letter/],
    [{ volumeform: 'nfs' }, /volumeform: "nfs" must be glusterfs or csi/],
  ])('%j is refused by name', (change, words) => expect(() => read(change)).toThrow(words));
});
