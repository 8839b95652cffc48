import { describe, expect, it } from 'vitest';
import { acceptedAnswer, jsonAnswer, textAnswer } from '../client/support.ts';
import {
  brickId,
  brickPath,
  cluster,
  clusterId,
  device,
  deviceId,
  node,
  nodeId,
  volumeId,
} from './samples.ts';
import { mortar, type Routes, withoutColours } from './support.ts';

const info: Routes = { [`GET /devices/${deviceId}`]: jsonAnswer(device()) };
const done = (route: string): Routes => ({ [route]: acceptedAnswer(), 'GET /queue/0a': { status: 204 } });

describe('device info', () => {
  it('prints what heketi-cli prints', async () => {
    const { stdout } = await mortar(['device', 'info', deviceId], info);
    expect(stdout).toBe(
      `Device Id: ${deviceId}
State: online
Size (GiB): 500
Used (GiB): 10
Free (GiB): 489
Create Path: /dev/vdb
Physical Volume UUID: Xl5sYw
Known Paths: /dev/vdb /dev/disk/by-id/virtio-abc
Tags:
  disk: ssd
Bricks:
Id:${brickId}   Size (GiB):10      Path: ${brickPath}
`,
    );
  });

  it('leaves blanks where nothing is known', async () => {
    const shown = device({ tags: {}, paths: [], pv_uuid: '', bricks: [] });
    const { stdout } = await mortar(['device', 'info', deviceId], {
      [`GET /devices/${deviceId}`]: jsonAnswer(shown),
    });
    expect(stdout.slice(stdout.indexOf('Create'))).toBe(
      'Create Path: /dev/vdb\nPhysical Volume UUID: \nKnown Paths: \nBricks:\n',
    );
  });

  it('prints JSON in the order of the contract', async () => {
    const { stdout } = await mortar(['device', 'info', deviceId, '--json'], info);
    expect(stdout).toBe(
      `{"name":"/dev/vdb","tags":{"disk":"ssd"},"storage":{"total":524288000,"free":513748992,"used":10539008},"id":"${deviceId}","paths":["/dev/vdb","/dev/disk/by-id/virtio-abc"],"pv_uuid":"Xl5sYw","state":"online","bricks":[{"id":"${brickId}","path":"${brickPath}","device":"${deviceId}","node":"${nodeId}","volume":"${volumeId}","size":10485760}]}`,
    );
  });

  it('shows a person fields and a table of bricks', async () => {
    const { stdout } = await mortar(['device', 'info', deviceId], info, { isTTY: true });
    expect(withoutColours(stdout)).toMatch(/Free +489\.95 GiB\n/);
  });
});

describe('device add', () => {
  it.each([
    [[], { name: '/dev/vdb', node: nodeId }],
    [['--destroy-existing-data'], { name: '/dev/vdb', node: nodeId, destroydata: true }],
  ])('with %j sends %j', async (flags, sent) => {
    const words = ['device', 'add', '--name', '/dev/vdb', `--node=${nodeId}`, ...flags];
    const { stdout, server } = await mortar(words, done('POST /devices'));
    expect(stdout).toBe('Device added successfully\n');
    expect(server.sentTo('POST /devices')).toEqual(sent);
  });

  it.each([
    [['--node=n'], 'Missing device name'],
    [['--name=/dev/vdb'], 'Missing node id'],
  ])('with %j fails: %s', async (flags, message) => {
    expect((await mortar(['device', 'add', ...flags])).stderr).toBe(`Error: ${message}\n`);
  });
});

describe('the state of a device', () => {
  it.each([
    [['enable'], 'online', 'online', ''],
    [['disable'], 'offline', 'offline', ''],
    [['remove'], 'failed', 'removed', ''],
    [['remove', '--expert-option-disable-heal-check'], 'failed', 'removed', 'disable'],
  ])('%j makes it %s', async (words, state, word, healcheck) => {
    const route = `POST /devices/${deviceId}/state`;
    const { stdout, server } = await mortar(['device', ...words, deviceId], done(route));
    expect(stdout).toBe(`Device ${deviceId} is now ${word}\n`);
    expect(server.sentTo(route)).toEqual({ state, healcheck });
  });

  it('is changed without heal checks only after a warning and ten seconds', async () => {
    const words = ['device', 'remove', '--expert-option-disable-heal-check', deviceId];
    const { stderr, clock } = await mortar(words, done(`POST /devices/${deviceId}/state`));
    expect(stderr).toContain('WARNING');
    expect(clock.sleeps[0]).toBe(10_000);
  });

  it.each([
    ['enable', 'device id missing'],
    ['disable', 'device id missing'],
    ['remove', 'Device id missing'],
    ['delete', 'Device id missing'],
    ['info', 'Device id missing'],
    ['resync', 'object/cluster id missing'],
  ])('%s needs an id', async (name, message) => {
    expect((await mortar(['device', name])).stderr).toBe(`Error: ${message}\n`);
  });
});

describe('device delete', () => {
  it.each([
    [[], false],
    [['--force-forget'], true],
  ])('with %j sends forceforget %s', async (flags, forceforget) => {
    const route = `DELETE /devices/${deviceId}`;
    const { stdout, server } = await mortar(['device', 'delete', ...flags, deviceId], done(route));
    expect(stdout).toBe(`Device ${deviceId} deleted\n`);
    expect(server.sentTo(route)).toEqual({ forceforget });
  });
});

describe('device resync', () => {
  const route = `GET /devices/${deviceId}/resync`;
  const refused: Routes = { [route]: acceptedAnswer(), 'GET /queue/0a': textAnswer(500, 'it is in use') };

  it('says that it is updated', async () => {
    const { stdout } = await mortar(['device', 'resync', deviceId], done(route));
    expect(stdout).toBe(`Device ${deviceId} updated\n`);
  });

  it('keeps a failure to itself in scripts, as heketi-cli does', async () => {
    const trial = await mortar(['device', 'resync', deviceId], refused);
    expect(trial).toMatchObject({ code: 0, stdout: '', stderr: '' });
  });

  it('tells a person about a failure', async () => {
    const { stderr } = await mortar(['device', 'resync', deviceId], refused, { isTTY: true });
    expect(withoutColours(stderr)).toContain('Not updated: it is in use');
  });

  it('goes through a whole cluster, whatever happens', async () => {
    const routes: Routes = {
      ...refused,
      [`GET /clusters/${clusterId}`]: jsonAnswer(cluster()),
      [`GET /nodes/${nodeId}`]: jsonAnswer(node()),
    };
    const { stdout, code } = await mortar(['device', 'resync', '--cluster', clusterId], routes);
    expect(stdout).toBe(
      `Cluster-wide resync operation requested. Using object_id as cluster_id.
Now resyncing device ${deviceId}..
Device ${deviceId} (node ${nodeId}) in cluster ${clusterId} updated
`,
    );
    expect(code).toBe(0);
  });
});
