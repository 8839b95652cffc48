import { describe, expect, it } from 'vitest';
import type { BlockVolume } from '../../../src/client/wire-types.ts';
import { acceptedAnswer, jsonAnswer, seeOtherAnswer } from '../client/support.ts';
import { clusterId, volume, volumeId } from './samples.ts';
import { mortar, type Routes, withoutColours } from './support.ts';

const blockId = '5a0c3b1e9d107f43526886a01c47b9d2';

const block = (change: Partial<BlockVolume> = {}): BlockVolume => ({
  size: 10,
  name: `blockvol_${blockId}`,
  hacount: 3,
  id: blockId,
  blockvolume: {
    hosts: ['10.0.0.1', '10.0.0.2', '10.0.0.3'],
    iqn: 'iqn.2016-12.org.gluster-block:aafea465',
    lun: 0,
    username: 'aafea465',
    password: 'a-password',
  },
  cluster: clusterId,
  blockhostingvolume: volumeId,
  usablesize: 10,
  ...change,
});

const text = `Name: blockvol_${blockId}
Size: 10
UsableSize: 10
Volume Id: ${blockId}
Cluster Id: ${clusterId}
Hosts: [10.0.0.1 10.0.0.2 10.0.0.3]
IQN: iqn.2016-12.org.gluster-block:aafea465
LUN: 0
Hacount: 3
Username: aafea465
Password: a-password
Block Hosting Volume: ${volumeId}
`;

const infoRoutes = (shown = block()): Routes => ({ [`GET /blockvolumes/${blockId}`]: jsonAnswer(shown) });
const changeRoutes = (route: string, shown = block()): Routes => ({
  [route]: acceptedAnswer('/queue/0a'),
  'GET /queue/0a': seeOtherAnswer(`/blockvolumes/${blockId}`),
  ...infoRoutes(shown),
});

describe('blockvolume create', () => {
  it('sends what was asked for and prints what was made', async () => {
    const line = ['blockvolume', 'create', '--size=10', '--name=db', '--ha=2', '--auth', '--clusters=a,b'];
    const { code, stdout, server } = await mortar(line, changeRoutes('POST /blockvolumes'));
    expect([code, stdout]).toEqual([0, text]);
    const sent = { size: 10, clusters: ['a', 'b'], name: 'db', hacount: 2, auth: true };
    expect(server.sentTo('POST /blockvolumes')).toEqual(sent);
  });

  it('leaves out what was not asked for', async () => {
    const { server } = await mortar(
      ['blockvolume', 'create', '--size', '10'],
      changeRoutes('POST /blockvolumes'),
    );
    expect(server.sentTo('POST /blockvolumes')).toEqual({ size: 10 });
  });

  it.each([
    [[], 'Missing volume size'],
    [['--size=10', '--ha=-1'], 'Invalid HA count'],
  ])('refuses %j before anything is sent', async (flags, complaint) => {
    const { code, stderr, server } = await mortar(['blockvolume', 'create', ...flags], {});
    expect([code, stderr, server.asked]).toEqual([255, `Error: ${complaint}\n`, []]);
  });
});

describe('blockvolume info', () => {
  it('prints what heketi-cli prints', async () => {
    expect(await mortar(['blockvolume', 'info', blockId], infoRoutes())).toMatchObject({
      code: 0,
      stdout: text,
    });
  });

  it('prints compact JSON in the order of the contract', async () => {
    const { stdout } = await mortar(['--json', 'blockvolume', 'info', blockId], infoRoutes());
    expect(stdout).toBe(JSON.stringify(block()));
  });

  it('tells a person which part of a grown block volume can be used', async () => {
    const shown = infoRoutes(block({ size: 20 }));
    const { stdout } = await mortar(['blockvolume', 'info', blockId], shown, { isTTY: true });
    expect(withoutColours(stdout)).toMatch(/Size +20 GiB, of which 10 usable/);
  });

  it('wants an id', async () => {
    const { code, stderr } = await mortar(['blockvolume', 'info'], {});
    expect([code, stderr]).toEqual([255, 'Error: Volume id missing\n']);
  });
});

describe('blockvolume list', () => {
  const routes: Routes = {
    'GET /blockvolumes': jsonAnswer({ blockvolumes: [blockId] }),
    ...infoRoutes(block({ name: 'db' })),
  };

  it('prints a line for each, as heketi-cli does', async () => {
    const { stdout } = await mortar(['blockvolume', 'list'], routes);
    expect(stdout).toBe(`Id:${blockId.padEnd(35)} Cluster:${clusterId.padEnd(35)} Name:db\n`);
  });

  it('prints the ids as JSON', async () => {
    const { stdout } = await mortar(['--json', 'blockvolume', 'list'], routes);
    expect(stdout).toBe(`{"blockvolumes":["${blockId}"]}`);
  });
});

describe('blockvolume expand', () => {
  const route = `POST /blockvolumes/${blockId}/expand`;

  it.each([[[blockId]], [['--blockvolume', blockId]]])('takes the id as %j', async (words) => {
    const line = ['blockvolume', 'expand', ...words, '--new-size=20'];
    const { stdout, server } = await mortar(line, changeRoutes(route));
    expect(server.sentTo(route)).toEqual({ new_size: 20 });
    expect(stdout).toBe(text);
  });

  it.each([
    [[], 'Missing block volume id'],
    [[blockId], 'Missing block volume net new size'],
  ])('says what is missing after %j', async (words, complaint) => {
    const { code, stderr } = await mortar(['blockvolume', 'expand', ...words], {});
    expect([code, stderr]).toEqual([255, `Error: ${complaint}\n`]);
  });
});

it('blockvolume delete says what is gone', async () => {
  const routes: Routes = {
    [`DELETE /blockvolumes/${blockId}`]: acceptedAnswer('/queue/0a'),
    'GET /queue/0a': { status: 204 },
  };
  const { stdout } = await mortar(['blockvolume', 'delete', blockId], routes);
  expect(stdout).toBe(`Volume ${blockId} deleted\n`);
});

it.each([
  ['locked', 'locked'],
  ['unlocked', ''],
])('volume set-block-hosting-restriction %s sends "%s"', async (word, restriction) => {
  const route = `POST /volumes/${volumeId}/block-restriction`;
  const routes: Routes = {
    [route]: acceptedAnswer('/queue/0a'),
    'GET /queue/0a': seeOtherAnswer(`/volumes/${volumeId}`),
    [`GET /volumes/${volumeId}`]: jsonAnswer(volume({ block: true, blockinfo: { restriction: 'locked' } })),
  };
  const { stdout, server } = await mortar(
    ['volume', 'set-block-hosting-restriction', word, volumeId],
    routes,
  );
  expect(server.sentTo(route)).toEqual({ restriction });
  expect(stdout).toContain('Block Hosting Restriction: locked\n');
});
