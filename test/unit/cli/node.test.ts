import { describe, expect, it } from 'vitest';
import { acceptedAnswer, jsonAnswer, seeOtherAnswer, textAnswer } from '../client/support.ts';
import { cluster, clusterId, device, deviceId, node, nodeId } from './samples.ts';
import { mortar, type Routes, withoutColours } from './support.ts';

const head = `Node Id: ${nodeId}
State: online
Cluster Id: ${clusterId}
Zone: 1
Management Hostname: gl1.example
Storage Hostname: 10.0.0.1
`;
const info: Routes = { [`GET /nodes/${nodeId}`]: jsonAnswer(node()) };
const done = (route: string): Routes => ({ [route]: acceptedAnswer(), 'GET /queue/0a': { status: 204 } });

describe('node info', () => {
  it('prints what heketi-cli prints, trailing blanks included', async () => {
    const { stdout } = await mortar(['node', 'info', nodeId], info);
    expect(stdout).toBe(
      `${head}Tags:\n  rack: r7\nDevices:\n` +
        `Id:${deviceId}   Name:/dev/vdb            State:online    Size (GiB):500     Used (GiB):10      Free (GiB):489     Bricks:1       \n`,
    );
  });

  it('prints "removed" for what failed, and no heading without tags', async () => {
    const shown = node({ state: 'failed', tags: {}, devices: [device({ state: 'failed', bricks: [] })] });
    const { stdout } = await mortar(['node', 'info', nodeId], {
      [`GET /nodes/${nodeId}`]: jsonAnswer(shown),
    });
    expect(stdout).toContain('State: removed\n');
    expect(stdout).toContain('State:removed   ');
    expect(stdout).not.toContain('Tags');
  });

  it('prints JSON in the order of the contract', async () => {
    const shown = { [`GET /nodes/${nodeId}`]: jsonAnswer(node({ devices: [], tags: {} })) };
    const { stdout } = await mortar(['node', 'info', '--json', nodeId], shown);
    expect(stdout).toBe(
      `{"zone":1,"hostnames":{"manage":["gl1.example"],"storage":["10.0.0.1"]},"cluster":"${clusterId}","id":"${nodeId}","state":"online","devices":[]}`,
    );
  });

  it('shows a person fields and a table of devices', async () => {
    const { stdout } = await mortar(['node', 'info', nodeId], info, { isTTY: true });
    expect(withoutColours(stdout)).toMatch(/Managed at +gl1\.example\n/);
    expect(withoutColours(stdout)).toMatch(/│ \/dev\/vdb │ online │ 500\.0 │/);
  });
});

describe('node list', () => {
  const routes: Routes = {
    'GET /clusters': jsonAnswer({ clusters: ['c1', 'c2'] }),
    'GET /clusters/c1': jsonAnswer(cluster({ id: 'c1', nodes: ['n1', 'n2'] })),
    'GET /clusters/c2': jsonAnswer(cluster({ id: 'c2', nodes: ['n3'] })),
  };

  it.each([[[]], [['--json']]])('prints a line for each node, also with %j', async (flags) => {
    const { stdout } = await mortar(['node', 'list', ...flags], routes);
    expect(stdout).toBe('Id:n1\tCluster:c1\nId:n2\tCluster:c1\nId:n3\tCluster:c2\n');
  });
});

describe('node add', () => {
  const flags = ['--zone=1', `--cluster=${clusterId}`, '--management-host-name=gl1.example'];
  const routes: Routes = {
    'POST /nodes': acceptedAnswer(),
    'GET /queue/0a': seeOtherAnswer(`/nodes/${nodeId}`),
    ...info,
  };

  it('prints the new node without its devices', async () => {
    const { stdout, server } = await mortar(
      ['node', 'add', ...flags, '--storage-host-name', '10.0.0.1'],
      routes,
    );
    expect(stdout).toBe(`Node information:\n${head}Tags:\n  rack: r7\n`);
    expect(server.sentTo('POST /nodes')).toEqual({
      zone: 1,
      hostnames: { manage: ['gl1.example'], storage: ['10.0.0.1'] },
      cluster: clusterId,
    });
  });

  it.each([
    [[], 'Missing zone'],
    [['--zone=1'], 'Missing management hostname'],
    [['--zone=1', '--management-host-name=a'], 'Missing storage hostname'],
    [['--zone=1', '--management-host-name=a', '--storage-host-name=b'], 'Missing cluster id'],
  ])('with %j fails: %s', async (given, message) => {
    expect((await mortar(['node', 'add', ...given])).stderr).toBe(`Error: ${message}\n`);
  });
});

describe('the state of a node', () => {
  it.each([
    ['enable', 'online', 'online'],
    ['disable', 'offline', 'offline'],
    ['remove', 'failed', 'removed'],
  ])('%s makes it %s', async (name, state, word) => {
    const route = `POST /nodes/${nodeId}/state`;
    const { stdout, server } = await mortar(['node', name, nodeId], done(route));
    expect(stdout).toBe(`Node ${nodeId} is now ${word}\n`);
    expect(server.sentTo(route)).toEqual({ state, healcheck: '' });
  });

  it.each(['enable', 'disable', 'remove', 'delete', 'info'])('%s needs an id', async (name) => {
    expect((await mortar(['node', name])).stderr).toBe('Error: Node id missing\n');
  });

  it('stays when the server refuses, in its words', async () => {
    const words = `Node must be offline before remove operation is performed, node:${nodeId}`;
    const routes = {
      [`POST /nodes/${nodeId}/state`]: acceptedAnswer(),
      'GET /queue/0a': textAnswer(500, words),
    };
    expect(await mortar(['node', 'remove', nodeId], routes)).toMatchObject({
      code: 255,
      stdout: '',
      stderr: `Error: ${words}\n`,
    });
  });
});

describe('node delete', () => {
  it('says that it is deleted', async () => {
    const { stdout } = await mortar(['node', 'delete', nodeId], done(`DELETE /nodes/${nodeId}`));
    expect(stdout).toBe(`Node ${nodeId} deleted\n`);
  });
});

describe.each(['node', 'device'])('tags of a %s', (noun) => {
  const route = `POST /${noun}s/xx/tags`;
  const routes: Routes = { [route]: jsonAnswer({}) };

  it.each([
    [['settags', 'xx', 'a:1', 'b:2:3', 'c:'], { change_type: 'update', tags: { a: '1', b: '2:3', c: '' } }],
    [['settags', '-e', 'xx', 'a:1'], { change_type: 'set', tags: { a: '1' } }],
    [['settags', 'xx', 'a:1', '--exact'], { change_type: 'set', tags: { a: '1' } }],
    [['rmtags', 'xx', 'a', 'b'], { change_type: 'delete', tags: { a: '', b: '' } }],
    [['deltags', 'xx', 'a'], { change_type: 'delete', tags: { a: '' } }],
    [['removetags', '--all', 'xx'], { change_type: 'set', tags: {} }],
  ])('%j sends %j and prints nothing', async (words, sent) => {
    const { stdout, code, server } = await mortar([noun, ...words], routes);
    expect({ stdout, code }).toEqual({ stdout: '', code: 0 });
    expect(server.sentTo(route)).toEqual(sent);
  });

  it.each([
    [['settags'], 'id required'],
    [['settags', 'xx'], 'at least one tag:value pair expected'],
    [['settags', 'xx', 'a'], 'expected colon (:) between tag name and value, got: a'],
    [['rmtags'], 'id required'],
    [['rmtags', 'xx'], 'at least one tag expected'],
    [['rmtags', 'xx', 'a', '--all'], '--all may not be combined with named tags'],
  ])('%j fails: %s', async (words, message) => {
    const trial = await mortar([noun, ...words], routes);
    expect(trial).toMatchObject({ code: 255, stdout: '', stderr: `Error: ${message}\n` });
    expect(trial.server.requests).toEqual([]);
  });
});
