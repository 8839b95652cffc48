import { describe, expect, it } from 'vitest';
import { claimSchema } from '../../../src/kubernetes/objects.ts';
import { readClassParameters } from '../../../src/kubernetes/provisioner/class-parameters.ts';
import { GidTable } from '../../../src/kubernetes/provisioner/gid-table.ts';
import { endpointsNameOf, glusterNameOf } from '../../../src/kubernetes/provisioner/names.ts';
import { gibHolding, quantityBytes } from '../../../src/kubernetes/quantity.ts';

describe('a quantity', () => {
  it.each([
    ['10Gi', 10 * 2 ** 30],
    ['1.5Ti', 1.5 * 2 ** 40],
    ['12e6', 12_000_000],
    ['12E3', 12_000],
    ['5G', 5e9],
    ['1024', 1024],
    ['500m', 0.5],
    ['2Ki', 2048],
  ])('%s', (text, bytes) => expect(quantityBytes(text)).toBe(bytes));

  it.each(['', 'Gi', '10 Gi', '10GB', '1e', '--1', '0x10'])('"%s" is none', (text) => {
    expect(quantityBytes(text)).toBeUndefined();
  });

  it('is rounded up to whole GiB', () => {
    expect([gibHolding(10 * 2 ** 30), gibHolding(10 * 2 ** 30 + 1), gibHolding(1)]).toEqual([10, 11, 1]);
  });
});

describe('groups', () => {
  const range = { min: 2000, max: 2002 };

  it('are the lowest that are free in a class', () => {
    const gids = new GidTable();
    gids.set('volume/a', 'gluster', '2000');
    gids.set('volume/b', 'other', '2001');
    gids.set('volume/c', 'gluster', 'nonsense');
    expect(gids.reserve('claim/1', 'gluster', range)).toBe(2001);
    expect(gids.reserve('claim/1', 'gluster', range)).toBe(2001);
    expect(gids.reserve('claim/2', 'gluster', range)).toBe(2002);
    expect(gids.reserve('claim/3', 'gluster', range)).toBeUndefined();
    gids.clear('volume/a');
    expect(gids.reserve('claim/3', 'gluster', range)).toBe(2000);
  });

  it('that a claim says it has are another one when somebody else has them, or the class no longer allows them', () => {
    const gids = new GidTable();
    gids.set('volume/a', 'gluster', '2000');
    gids.set('claim/1', 'gluster', '2000');
    expect(gids.reserve('claim/1', 'gluster', range)).toBe(2001);
    gids.set('claim/2', 'gluster', '9999');
    expect(gids.reserve('claim/2', 'gluster', range)).toBe(2002);
  });

  it('stay taken as long as one of claim and volume has them', () => {
    const gids = new GidTable();
    gids.set('claim/1', 'gluster', '2000');
    gids.set('volume/pvc-1', 'gluster', '2000');
    gids.clear('claim/1');
    expect(gids.reserve('claim/2', 'gluster', range)).toBe(2001);
  });
});

describe('names', () => {
  const uid = '7c1f0a52-0000-4000-8000-000000000001';
  const claim = (name: string) => claimSchema.parse({ metadata: { name, namespace: 'team', uid }, spec: {} });
  const parameters = (change: Record<string, string> = {}) =>
    readClassParameters({ resturl: 'http://m', ...change });

  it('come from the UID, so that a second try finds what the first one made', () => {
    expect(glusterNameOf(claim('data'), parameters())).toBe(`pvc-${uid}`);
    expect(glusterNameOf(claim('my.data'), parameters({ volumenameprefix: 'dev' }))).toBe(
      `dev_team_my-data_${uid}`,
    );
  });

  it('are never longer than gluster takes', () => {
    const name = glusterNameOf(claim('d'.repeat(253)), parameters({ volumenameprefix: 'dev' }));
    expect([name.length, name.endsWith(`_${uid}`)]).toEqual([128, true]);
  });

  it('of Endpoints are the bare UID where the prefix is empty', () => {
    expect(endpointsNameOf(uid, parameters())).toBe(`glusterfs-dynamic-${uid}`);
    expect(endpointsNameOf(uid, parameters({ customepnameprefix: '' }))).toBe(uid);
  });
});
