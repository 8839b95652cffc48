import { describe, expect, it } from 'vitest';
import { jsonAnswer, textAnswer } from '../client/support.ts';
import { cluster, clusterId, nodeId, volumeId } from './samples.ts';
import { mortar, type Routes, withoutColours } from './support.ts';

describe('cluster info', () => {
  const routes: Routes = { [`GET /clusters/${clusterId}`]: jsonAnswer(cluster()) };

  it('prints what heketi-cli prints', async () => {
    const { stdout } = await mortar(['cluster', 'info', clusterId], routes);
    expect(stdout).toBe(
      `Cluster id: ${clusterId}\nNodes:\n${nodeId}\nVolumes:\n${volumeId}\nBlock: true\n\nFile: true\n`,
    );
  });

  it('prints an empty line where there are no nodes or volumes', async () => {
    const empty = { [`GET /clusters/${clusterId}`]: jsonAnswer(cluster({ nodes: [], volumes: [] })) };
    const { stdout } = await mortar(['cluster', 'info', clusterId], empty);
    expect(stdout).toBe(`Cluster id: ${clusterId}\nNodes:\n\nVolumes:\n\nBlock: true\n\nFile: true\n`);
  });

  it('prints JSON', async () => {
    const { stdout } = await mortar(['cluster', 'info', clusterId, '--json'], routes);
    expect(stdout).toBe(
      `{"id":"${clusterId}","nodes":["${nodeId}"],"volumes":["${volumeId}"],"block":true,"file":true,"blockvolumes":[]}`,
    );
  });
});

describe('cluster list', () => {
  const list = (...clusters: [string, boolean, boolean][]): Routes => ({
    'GET /clusters': jsonAnswer({ clusters: clusters.map(([id]) => id) }),
    ...Object.fromEntries(
      clusters.map(([id, file, block]) => [`GET /clusters/${id}`, jsonAnswer(cluster({ id, file, block }))]),
    ),
  });

  it('prints which volumes each takes', async () => {
    const routes = list(['a', true, true], ['b', true, false], ['c', false, true], ['d', false, false]);
    const { stdout } = await mortar(['cluster', 'list'], routes);
    expect(stdout).toBe('Clusters:\nId:a [file][block]\nId:b [file]\nId:c [block]\nId:d []\n');
  });

  it('prints the heading alone when there are none', async () => {
    expect((await mortar(['cluster', 'list'], list())).stdout).toBe('Clusters:\n');
  });

  it('prints the ids alone as JSON', async () => {
    const { stdout } = await mortar(['cluster', '--json', 'list'], list(['a', true, true]));
    expect(stdout).toBe('{"clusters":["a"]}');
  });

  it('shows a person a table', async () => {
    const { stdout } = await mortar(['cluster', 'list'], list(['a', true, false]), { isTTY: true });
    expect(withoutColours(stdout)).toMatch(/│ a +│ file +│ +1 │ +1 │/);
  });
});

describe('cluster create', () => {
  it.each([
    [[], { file: true, block: true }],
    [['--block=false'], { file: true, block: false }],
    [['--file=F', '--block'], { file: false, block: true }],
    [['--file=0', '--file=1'], { file: true, block: true }],
  ])('with %j asks for %j', async (flags, sent) => {
    const routes = { 'POST /clusters': jsonAnswer(cluster(), 201) };
    const { stdout, server } = await mortar(['cluster', 'create', ...flags], routes);
    expect(stdout).toBe(`Cluster id: ${clusterId}\n`);
    expect(server.sentTo('POST /clusters')).toEqual(sent);
  });

  it('takes only what Go takes for true and false', async () => {
    const { stderr, code } = await mortar(['cluster', 'create', '--block=nope']);
    expect(stderr).toBe(
      'Error: invalid argument "nope" for "--block" flag: strconv.ParseBool: parsing "nope": invalid syntax\n',
    );
    expect(code).toBe(255);
  });

  it('fails when the server answers 200 instead of 201', async () => {
    const routes = { 'POST /clusters': textAnswer(200, 'odd') };
    expect((await mortar(['cluster', 'create'], routes)).stderr).toBe('Error: odd\n');
  });
});

describe('cluster setflags', () => {
  const route = `POST /clusters/${clusterId}/flags`;
  const routes: Routes = {
    [`GET /clusters/${clusterId}`]: jsonAnswer(cluster({ block: false })),
    [route]: { status: 200 },
  };

  it('keeps the flag that is not named, and prints nothing', async () => {
    const { stdout, server } = await mortar(['cluster', 'setflags', '--file=false', clusterId], routes);
    expect(stdout).toBe('');
    expect(server.sentTo(route)).toEqual({ file: false, block: false });
  });

  it.each([
    [['--file', 'true'], 'Cluster id missing'],
    [[clusterId], 'At least one of --file or --block must be specified.'],
    [[clusterId, '--block=x'], 'strconv.ParseBool: parsing "x": invalid syntax'],
  ])('with %j fails: %s', async (words, message) => {
    const trial = await mortar(['cluster', 'setflags', ...words], routes);
    expect(trial).toMatchObject({ code: 255, stdout: '', stderr: `Error: ${message}\n` });
  });
});

describe('cluster delete', () => {
  it('says that it is deleted', async () => {
    const routes = { [`DELETE /clusters/${clusterId}`]: { status: 200 } };
    expect((await mortar(['cluster', 'delete', clusterId], routes)).stdout).toBe(
      `Cluster ${clusterId} deleted\n`,
    );
  });

  it('needs an id', async () => {
    expect((await mortar(['cluster', 'delete'])).stderr).toBe('Error: Cluster id missing\n');
  });
});
