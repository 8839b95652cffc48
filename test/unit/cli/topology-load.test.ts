import { describe, expect, it } from 'vitest';
import { acceptedAnswer, jsonAnswer, seeOtherAnswer, textAnswer } from '../client/support.ts';
import { cluster, device, node } from './samples.ts';
import { mortar, type Routes } from './support.ts';

const hosts = (name: string) => ({ manage: [name], storage: [`storage-${name}`] });
const fileNode = (name: string, devices: unknown[] = []) => ({
  node: { hostnames: hosts(name), zone: 2, tags: { rack: 'r7' } },
  devices,
});
const file = (...clusters: unknown[]): Record<string, string> => ({
  'topo.json': JSON.stringify({ clusters }),
});
const load = (files: Record<string, string>, routes: Routes, flag: string[] = ['--json=topo.json']) =>
  mortar(['topology', 'load', ...flag], routes, { files });

const nothingThere: Routes = {
  'GET /topology': jsonAnswer({ clusters: [] }),
  'POST /clusters': jsonAnswer(cluster({ id: 'c1' }), 201),
  'GET /clusters/c1': jsonAnswer(cluster({ id: 'c1' })),
  'POST /nodes': acceptedAnswer('/queue/01'),
  'GET /queue/01': seeOtherAnswer('/nodes/n1'),
  'GET /nodes/n1': jsonAnswer(node({ id: 'n1' })),
  'POST /devices': acceptedAnswer('/queue/02'),
  'GET /queue/02': { status: 204 },
};

describe('topology load', () => {
  it('adds what is missing and says so as it goes', async () => {
    const devices = ['/dev/vdb', { name: '/dev/vdc', destroydata: true, tags: { disk: 'ssd' } }];
    const { stdout, code, server } = await load(file({ nodes: [fileNode('gl1', devices)] }), nothingThere);
    expect(stdout).toBe(
      'Creating cluster ... ID: c1\n' +
        '\tAllowing file volumes on cluster.\n\tAllowing block volumes on cluster.\n' +
        '\tCreating node gl1 ... ID: n1\n' +
        '\t\tAdding device /dev/vdb ... OK\n\t\tAdding device /dev/vdc ... OK\n',
    );
    expect(code).toBe(0);
    expect(server.sentTo('POST /clusters')).toEqual({ file: true, block: true });
    expect(server.sentTo('POST /nodes')).toEqual({
      hostnames: hosts('gl1'),
      zone: 2,
      tags: { rack: 'r7' },
      cluster: 'c1',
    });
    const added = server.requests.filter(({ target }) => target === '/devices').map(({ body }) => body ?? '');
    expect(added.map((body) => JSON.parse(body) as unknown)).toEqual([
      { name: '/dev/vdb', node: 'n1' },
      { name: '/dev/vdc', node: 'n1', destroydata: true, tags: { disk: 'ssd' } },
    ]);
  });

  it('says which keys it does not know, on stderr, and adds the rest', async () => {
    const named = { ...fileNode('gl0').node, cluster: 'overwritten', zones: 1 };
    const devices = [{ name: '/dev/vdb', destroyData: true, destroydata: false, tags: {} }];
    const nodes = [
      { node: named, devices: [] },
      { ...fileNode('gl1', devices), devcies: ['/dev/vdc'] },
    ];
    const { stderr, stdout, code, server } = await load(
      file({ nodes, fille: false, tags: { rack: 'r7' } }),
      nothingThere,
    );
    expect(stderr.split('\n')).toEqual([
      'topo.json: unknown key "cluster" in clusters[0].nodes[0].node, passed over',
      'topo.json: unknown key "zones" in clusters[0].nodes[0].node, passed over',
      'topo.json: unknown key "destroyData" in clusters[0].nodes[1].devices[0], passed over',
      'topo.json: unknown key "devcies" in clusters[0].nodes[1], passed over',
      'topo.json: unknown key "fille" in clusters[0], passed over',
      'topo.json: unknown key "tags" in clusters[0], passed over',
      '',
    ]);
    expect(stdout).toContain('Adding device /dev/vdb ... OK');
    expect(code).toBe(0);
    expect(server.sentTo('POST /nodes')).toEqual({ ...fileNode('gl0').node, cluster: 'c1' });
  });

  it('reports everything as found the second time, and asks for nothing', async () => {
    const present = {
      id: 'n7',
      cluster: 'c7',
      hostnames: hosts('gl1'),
      devices: [device({ name: '/dev/vdb' })],
    };
    const routes: Routes = {
      'GET /topology': jsonAnswer({ clusters: [{ id: 'c7', nodes: [node(present)], volumes: [] }] }),
      'GET /clusters/c7': jsonAnswer(cluster({ id: 'c7' })),
    };
    const { stdout, server } = await load(file({ nodes: [fileNode('gl1', ['/dev/vdb'])] }), routes);
    expect(stdout).toBe('\tFound node gl1 on cluster c7\n\t\tFound device /dev/vdb\n');
    expect(server.asked).toEqual(['GET /topology', 'GET /clusters/c7']);
  });

  it('puts a new node into the cluster of a known one before it, and into a new cluster otherwise', async () => {
    const present = { id: 'n7', cluster: 'c7', hostnames: hosts('old') };
    const routes: Routes = {
      ...nothingThere,
      'GET /topology': jsonAnswer({ clusters: [{ id: 'c7', nodes: [node(present)], volumes: [] }] }),
      'GET /clusters/c7': jsonAnswer(cluster({ id: 'c7' })),
    };
    const behind = await load(file({ nodes: [fileNode('old'), fileNode('new')] }), routes);
    expect(behind.server.sentTo('POST /nodes')).toMatchObject({ cluster: 'c7' });
    const before = await load(file({ nodes: [fileNode('new'), fileNode('old')] }), routes);
    expect(before.stdout).toMatch(
      /^Creating cluster[^]*Creating node new[^]*Found node old on cluster c7\n$/,
    );
    expect(before.server.sentTo('POST /nodes')).toMatchObject({ cluster: 'c1' });
  });

  it('goes on after failures of nodes and devices, passes over the devices of a failed node, and exits 0', async () => {
    const routes: Routes = {
      ...nothingThere,
      'GET /queue/01': [textAnswer(500, 'no glusterd'), seeOtherAnswer('/nodes/n1')],
      'POST /devices': textAnswer(400, 'validation failed: name: must be in a valid format.'),
    };
    const nodes = [fileNode('gl1', ['/dev/vdb']), fileNode('gl2', ['vdb'])];
    const { stdout, code } = await load(file({ nodes, file: false }), routes);
    expect(stdout).toBe(
      'Creating cluster ... ID: c1\n\tAllowing block volumes on cluster.\n' +
        '\tCreating node gl1 ... Unable to create node: no glusterd\n' +
        '\tCreating node gl2 ... ID: n1\n' +
        '\t\tAdding device vdb ... Unable to add device: validation failed: name: must be in a valid format.\n',
    );
    expect(code).toBe(0);
  });

  it('deletes a cluster silently that it made and that stayed empty', async () => {
    const routes: Routes = {
      ...nothingThere,
      'POST /nodes': textAnswer(400, "New Node doesn't have glusterd running"),
      'GET /clusters/c1': jsonAnswer(cluster({ id: 'c1', nodes: [], volumes: [] })),
      'DELETE /clusters/c1': { status: 200 },
    };
    const { stdout, server } = await load(file({ nodes: [fileNode('gl1')] }), routes);
    expect(server.asked.at(-1)).toBe('DELETE /clusters/c1');
    expect(stdout.endsWith("Unable to create node: New Node doesn't have glusterd running\n")).toBe(true);
  });

  it('ends when no cluster can be made', async () => {
    const routes: Routes = { ...nothingThere, 'POST /clusters': textAnswer(503, 'Service disabled') };
    const trial = await load(file({ nodes: [fileNode('gl1')] }, { nodes: [fileNode('gl2')] }), routes);
    expect(trial).toMatchObject({
      code: 255,
      stdout: 'Creating cluster ... ',
      stderr: 'Error: Service disabled\n',
    });
  });

  it('ends when the cluster of a known node cannot be read', async () => {
    const present = node({ cluster: 'c7', hostnames: hosts('gl1') });
    const routes: Routes = {
      'GET /topology': jsonAnswer({ clusters: [{ id: 'c7', nodes: [present], volumes: [] }] }),
    };
    expect(await load(file({ nodes: [fileNode('gl1')] }), routes)).toMatchObject({
      code: 255,
      stdout: '\tFound node gl1 on cluster c7\nUnable to get cluster information\n',
      stderr: 'Error: Unable to get cluster information\n',
    });
  });

  it.each([
    ['no file', {}, [], 'Missing configuration file'],
    ['a file that is not there', {}, ['--json', 'topo.json'], 'Unable to open config file'],
    ['no JSON', { 'topo.json': 'clusters:' }, ['-j', 'topo.json'], 'Unable to parse config file'],
    [
      'a wrong type',
      { 'topo.json': '{"clusters":[{"nodes":[{"node":{"zone":"1"}}]}]}' },
      ['-jtopo.json'],
      'Unable to parse config file',
    ],
    [
      'a node without a manage name',
      { 'topo.json': '{"clusters":[{"nodes":[{"node":{"zone":1}}]}]}' },
      ['-j=topo.json'],
      'Unable to parse config file: clusters[0].nodes[0].node.hostnames.manage: give at least one host name',
    ],
  ])('fails for %s', async (_, files, flag, message) => {
    expect(await load(files as Record<string, string>, nothingThere, flag)).toMatchObject({
      code: 255,
      stdout: '',
      stderr: `Error: ${message}\n`,
    });
  });

  it('fails when the topology cannot be read', async () => {
    const routes = { 'GET /topology': textAnswer(401, 'Administrator access required') };
    expect((await load(file(), routes)).stderr).toBe(
      'Error: Unable to get topology information: Administrator access required\n',
    );
  });
});
