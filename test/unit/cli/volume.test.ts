import { describe, expect, it } from 'vitest';
import type { Volume } from '../../../src/client/wire-types.ts';
import { acceptedAnswer, jsonAnswer, seeOtherAnswer, textAnswer } from '../client/support.ts';
import { clusterId, volume, volumeId } from './samples.ts';
import { mortar, type Routes, withoutColours } from './support.ts';

const text = `Name: vol_9e107d9d372bb6826bd81d3542a419d6
Size: 100
Volume Id: 9e107d9d372bb6826bd81d3542a419d6
Cluster Id: 4c1b7e0a9d3f52688e6a01c47b9d2f35
Mount: 10.0.0.1:vol_9e107d9d372bb6826bd81d3542a419d6
Mount Options: backup-volfile-servers=10.0.0.2,10.0.0.3
Block: false
Free Size: 0
Reserved Size: 0
Block Hosting Restriction: (none)
Block Volumes: []
Durability Type: replicate
Distribute Count: 1
Replica Count: 3
`;

const infoRoutes = (shown: Volume): Routes => ({ [`GET /volumes/${volumeId}`]: jsonAnswer(shown) });
const changeRoutes = (route: string, shown: Volume = volume()): Routes => ({
  [route]: acceptedAnswer('/queue/0a'),
  'GET /queue/0a': seeOtherAnswer(`/volumes/${volumeId}`),
  ...infoRoutes(shown),
});
const endOf = (output: string): string => output.slice(output.indexOf('Durability Type'));

describe('volume info', () => {
  it('prints what heketi-cli prints', async () => {
    expect(await mortar(['volume', 'info', volumeId], infoRoutes(volume()))).toMatchObject({
      code: 0,
      stdout: text,
      stderr: '',
    });
  });

  it.each([
    [
      'a dispersed volume',
      { durability: { type: 'disperse', replicate: { replica: 3 }, disperse: { data: 2, redundancy: 1 } } },
      'Durability Type: disperse\nDistribute Count: 1\nDisperse Data Count: 2\nDisperse Redundancy Count: 1\n',
    ],
    [
      'a volume without durability',
      { durability: { type: 'none', replicate: {}, disperse: {} } },
      'Durability Type: none\nDistribute Count: 3\n',
    ],
    [
      'a replica volume that does not say how many copies',
      { durability: { type: 'replicate', replicate: {}, disperse: {} } },
      'Durability Type: replicate\nDistribute Count: 1\nReplica Count: 2\n',
    ],
    [
      'a volume with room for snapshots',
      { snapshot: { enable: true, factor: 1.5 } },
      'Durability Type: replicate\nDistribute Count: 1\nReplica Count: 3\nSnapshot Factor: 1.50\n\n',
    ],
  ])('tells how %s keeps its data', async (_, change, expected) => {
    const { stdout } = await mortar(['volume', 'info', volumeId], infoRoutes(volume(change)));
    expect(endOf(stdout)).toBe(expected);
  });

  it('tells what a block hosting volume holds', async () => {
    const blockinfo = { freesize: 98, reservedsize: 2, blockvolume: ['a', 'b'], restriction: 'locked' };
    const { stdout } = await mortar(
      ['volume', 'info', volumeId],
      infoRoutes(volume({ block: true, blockinfo })),
    );
    expect(stdout).toContain(
      'Block: true\nFree Size: 98\nReserved Size: 2\nBlock Hosting Restriction: locked\nBlock Volumes: [a b]\n',
    );
  });

  it('prints compact JSON in the order of the contract, without a newline, and without what it does not know', async () => {
    const shown = { news: 1, ...volume({ bricks: [], gid: 2001 }) };
    const { stdout } = await mortar(['--json', 'volume', 'info', volumeId], infoRoutes(shown));
    expect(stdout).toBe(
      '{"size":100,"name":"vol_9e107d9d372bb6826bd81d3542a419d6","durability":{"type":"replicate","replicate":{"replica":3},"disperse":{}},"gid":2001,"snapshot":{"enable":false,"factor":1},"id":"9e107d9d372bb6826bd81d3542a419d6","cluster":"4c1b7e0a9d3f52688e6a01c47b9d2f35","mount":{"glusterfs":{"hosts":["10.0.0.1","10.0.0.2","10.0.0.3"],"device":"10.0.0.1:vol_9e107d9d372bb6826bd81d3542a419d6","options":{"backup-volfile-servers":"10.0.0.2,10.0.0.3"}}},"blockinfo":{},"bricks":[]}',
    );
  });

  it('leaves a percent sign alone and escapes what means something in HTML, as Go does', async () => {
    const shown = volume({ glustervolumeoptions: ['a.b 50% <&>'] });
    const { stdout } = await mortar(['volume', 'info', volumeId, '--json'], infoRoutes(shown));
    expect(stdout).toContain(String.raw`["a.b 50% \u003c\u0026\u003e"]`);
  });

  it('shows a person fields and a table of bricks', async () => {
    const { stdout } = await mortar(['volume', 'info', volumeId], infoRoutes(volume()), { isTTY: true });
    expect(withoutColours(stdout)).toMatch(/Durability +replica 3\n/);
    expect(stdout).toContain('│');
  });
});

describe('volume create', () => {
  it('sends what heketi-cli sends, zero values included', async () => {
    const { server, stdout } = await mortar(
      ['volume', 'create', '--size=100'],
      changeRoutes('POST /volumes'),
    );
    expect(stdout).toBe(text);
    expect(server.sentTo('POST /volumes')).toEqual({
      size: 100,
      name: '',
      durability: { type: 'replicate', replicate: { replica: 3 }, disperse: { data: 4, redundancy: 2 } },
      snapshot: { enable: false, factor: 0 },
    });
  });

  it('sends every flag', async () => {
    const flags =
      '--size 5 --name v1 --durability disperse --replica 2 --disperse-data 8 --redundancy 3 --gid 7';
    const more = [
      '--snapshot-factor=1.25',
      '--clusters=c1,c2',
      '--gluster-volume-options=a b,c d',
      '--block',
    ];
    const { server } = await mortar(
      ['volume', 'create', ...flags.split(' '), ...more],
      changeRoutes('POST /volumes'),
    );
    expect(server.sentTo('POST /volumes')).toEqual({
      size: 5,
      clusters: ['c1', 'c2'],
      name: 'v1',
      durability: { type: 'disperse', replicate: { replica: 2 }, disperse: { data: 8, redundancy: 3 } },
      gid: 7,
      glustervolumeoptions: ['a b', 'c d'],
      block: true,
      snapshot: { enable: true, factor: 1.25 },
    });
  });

  it.each([
    [[], 'Error: Missing volume size\n'],
    [
      ['--size=x'],
      'Error: invalid argument "x" for "--size" flag: strconv.ParseInt: parsing "x": invalid syntax\n',
    ],
    [
      ['--size=1', '--snapshot-factor=y'],
      'Error: invalid argument "y" for "--snapshot-factor" flag: strconv.ParseFloat: parsing "y": invalid syntax\n',
    ],
    [['--size'], 'Error: flag needs an argument: --size\n'],
    [
      ['--size=1', '--persistent-volume'],
      '--persistent-volume-endpoint must be provided when using --persistent-volume\nError: Missing endpoint\n',
    ],
  ])('with %j complains as heketi-cli does, and sends nothing', async (flags, stderr) => {
    const trial = await mortar(['volume', 'create', ...flags]);
    expect(trial).toMatchObject({ code: 255, stdout: '', stderr });
    expect(trial.server.requests).toEqual([]);
  });

  it("shows the server's refusal as it is", async () => {
    const words = 'Failed to allocate new volume: No space\nnode1 /dev/sdb: too small';
    const trial = await mortar(['volume', 'create', '--size=1'], { 'POST /volumes': textAnswer(500, words) });
    expect(trial).toMatchObject({ code: 255, stdout: '', stderr: `Error: ${words}\n` });
  });

  const persistentVolume = `{
  "kind": "PersistentVolume",
  "apiVersion": "v1",
  "metadata": {
    "name": "glusterfs-9e107d9d",
    "creationTimestamp": null,
    "annotations": {
      "pv.beta.kubernetes.io/gid": "2001"
    }
  },
  "spec": {
    "capacity": {
      "storage": "100Gi"
    },
    "glusterfs": {
      "endpoints": "my-endpoints",
      "path": "vol_9e107d9d372bb6826bd81d3542a419d6"
    },
    "accessModes": [
      "ReadWriteMany"
    ],
    "persistentVolumeReclaimPolicy": "Retain"
  },
  "status": {}
}`;

  it('prints a PersistentVolume with a newline', async () => {
    const flags = ['--persistent-volume', '--persistent-volume-endpoint=my-endpoints'];
    const routes = changeRoutes('POST /volumes', volume({ gid: 2001 }));
    const { stdout } = await mortar(['volume', 'create', '--size=100', ...flags], routes);
    expect(stdout).toBe(`${persistentVolume}\n`);
  });

  it('writes a PersistentVolume to a file without a newline, and prints nothing', async () => {
    const written: string[] = [];
    const around = { writeFile: (...file: [string, string]) => void written.push(...file) };
    const routes = changeRoutes('POST /volumes', volume({ gid: 2001 }));
    const words = ['volume', 'create', '--size=100', '--persistent-volume-file=pv.json'];
    const { stdout } = await mortar(words, routes, { around });
    expect(stdout).toBe('');
    expect(written).toEqual(['pv.json', persistentVolume.replace('my-endpoints', 'TYPE ENDPOINT HERE')]);
  });

  it('says which file cannot be written', async () => {
    const around = {
      writeFile: () => {
        throw new Error('EACCES: permission denied');
      },
    };
    const words = ['volume', 'create', '--size=1', '--persistent-volume-file=/pv.json'];
    const { stderr, code } = await mortar(words, changeRoutes('POST /volumes'), { around });
    expect(stderr).toBe('Unable to write to file /pv.json\nError: EACCES: permission denied\n');
    expect(code).toBe(255);
  });
});

describe('volume list', () => {
  const routes: Routes = {
    'GET /volumes': jsonAnswer({ volumes: [volumeId, 'b'] }),
    [`GET /volumes/${volumeId}`]: jsonAnswer(volume()),
    'GET /volumes/b': jsonAnswer(volume({ id: 'b', name: 'host', block: true })),
  };

  it('prints a line for each, padded', async () => {
    const { stdout } = await mortar(['volume', 'list'], routes);
    expect(stdout).toBe(
      `Id:${volumeId}    Cluster:${clusterId}    Name:vol_${volumeId}\n` +
        `Id:b                                   Cluster:${clusterId}    Name:host [block]\n`,
    );
  });

  it('prints the ids alone as JSON', async () => {
    const { stdout, server } = await mortar(['volume', 'list', '--json'], routes);
    expect(stdout).toBe(`{"volumes":["${volumeId}","b"]}`);
    expect(server.requests).toHaveLength(1);
  });

  it('fails when one of them cannot be read', async () => {
    const broken = { ...routes, 'GET /volumes/b': textAnswer(404, 'Id not found') };
    expect(await mortar(['volume', 'list'], broken)).toMatchObject({
      code: 255,
      stdout: '',
      stderr: 'Error: Id not found\n',
    });
  });

  it('asks once for everything when there are many', async () => {
    const ids = Array.from({ length: 50 }, (_, index) => `v${index}`);
    const volumes = ids.map((id) => volume({ id, name: id }));
    const { stdout, server } = await mortar(['volume', 'list'], {
      'GET /volumes': jsonAnswer({ volumes: ids }),
      'GET /topology': jsonAnswer({ clusters: [{ id: clusterId, nodes: [], volumes }] }),
    });
    expect(stdout.split('\n')).toHaveLength(51);
    expect(server.requests).toHaveLength(2);
  });

  it('shows a person a table', async () => {
    const { stdout } = await mortar(['volume', 'list'], routes, { isTTY: true });
    expect(withoutColours(stdout)).toContain('host [block]');
    expect(stdout).toContain('┌');
  });
});

describe('other volume commands', () => {
  it('delete a volume and say so', async () => {
    const routes = { [`DELETE /volumes/${volumeId}`]: acceptedAnswer(), 'GET /queue/0a': { status: 204 } };
    const { stdout } = await mortar(['volume', 'delete', volumeId], routes);
    expect(stdout).toBe(`Volume ${volumeId} deleted\n`);
  });

  it.each([
    [['--volume', volumeId, '--expand-size=50']],
    [[volumeId, '--expand-size', '50']],
    [['--expand-size=50', volumeId]],
  ])('expand a volume with %j', async (words) => {
    const routes = changeRoutes(`POST /volumes/${volumeId}/expand`);
    const { stdout, server } = await mortar(['volume', 'expand', ...words], routes);
    expect(stdout).toBe(text);
    expect(server.sentTo(`POST /volumes/${volumeId}/expand`)).toEqual({ expand_size: 50 });
  });

  it.each([
    ['--in-place', true],
    ['--no-in-place', false],
  ])('expand a volume with %s', async (word, inPlace) => {
    const { server } = await mortar(
      ['volume', 'expand', volumeId, '--expand-size=50', word],
      changeRoutes(`POST /volumes/${volumeId}/expand`),
    );
    expect(server.sentTo(`POST /volumes/${volumeId}/expand`)).toEqual({ expand_size: 50, in_place: inPlace });
  });

  it.each([
    [['volume', 'expand'], 'Missing volume amount to expand'],
    [['volume', 'expand', '--expand-size=5'], 'Missing volume id'],
    [['volume', 'info'], 'Volume id missing'],
    [['volume', 'info', ''], 'Volume id missing'],
    [['volume', 'delete'], 'Volume id missing'],
    [['volume', 'endpoint', 'patch'], 'Volume id missing'],
  ])('%j fails with %s', async (words, message) => {
    expect(await mortar(words)).toMatchObject({ code: 255, stdout: '', stderr: `Error: ${message}\n` });
  });

  it('print a patch for endpoints, one subset for each host, without a newline', async () => {
    const { stdout } = await mortar(['volume', 'endpoint', 'patch', volumeId], infoRoutes(volume()));
    expect(stdout).toBe(
      '{"subsets": [{"addresses":[{"ip":"10.0.0.1"}],"ports":[{"port":1}]},{"addresses":[{"ip":"10.0.0.2"}],"ports":[{"port":1}]},{"addresses":[{"ip":"10.0.0.3"}],"ports":[{"port":1}]}]}',
    );
  });
});
