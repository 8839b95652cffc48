import { describe, expect, it } from 'vitest';
import { acceptedAnswer, jsonAnswer, seeOtherAnswer, textAnswer } from '../client/support.ts';
import { clusterId, volume, volumeId } from './samples.ts';
import { mortar, type Routes } from './support.ts';

const made = volume({ name: 'heketidbstorage', size: 2 });
const topology = (volumes: unknown[]): Routes => ({
  'GET /topology': jsonAnswer({
    clusters: [
      { volumes, nodes: [], id: clusterId, block: true, file: true, mount: { hosts: [], options: {} } },
    ],
  }),
});
const routes: Routes = {
  ...topology([]),
  'POST /volumes': acceptedAnswer('/queue/0a'),
  'GET /queue/0a': seeOtherAnswer(`/volumes/${volumeId}`),
  [`GET /volumes/${volumeId}`]: jsonAnswer(made),
  'GET /backup/db': { status: 200, body: 'the database' },
  [`DELETE /volumes/${volumeId}`]: acceptedAnswer('/queue/0b'),
  'GET /queue/0b': { status: 204 },
};
const command = 'setup-openshift-heketi-storage';

interface Item {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly [key: string]: unknown;
}

/** Runs it and keeps what it writes. */
async function setUp(words: readonly string[], answers = routes) {
  const files: Record<string, string> = {};
  const around = {
    writeFile: (path: string, text: string) => {
      files[path] = text;
    },
  };
  return { ...(await mortar([command, ...words], answers, { around })), files };
}

const itemsOf = (text = '{}'): Item[] => (JSON.parse(text) as { items: Item[] }).items;

describe('setup-openshift-heketi-storage', () => {
  it('makes the volume and writes what copies the database there', async () => {
    const { code, stdout, server, files } = await setUp(['--image', 'mortar:1', '--node-selector=a=b']);
    expect([code, stdout]).toEqual([0, 'Saving heketi-storage.json\n']);
    expect(server.sentTo('POST /volumes')).toMatchObject({
      size: 2,
      name: 'heketidbstorage',
      durability: { type: 'replicate', replicate: { replica: 3 } },
      glustervolumeoptions: expect.arrayContaining([
        'performance.stat-prefetch off',
        'performance.strict-o-direct on',
        'user.heketi.dbstoragelevel 1',
      ]),
    });
    const text = files['heketi-storage.json'];
    expect(text?.startsWith('{\n  "kind": "List",\n')).toBe(true);
    const [secret, endpoints, service, job] = itemsOf(text);
    expect(secret).toMatchObject({
      kind: 'Secret',
      metadata: { name: 'heketi-storage-secret', labels: { 'deploy-heketi': 'support' } },
      data: { 'heketi.db': Buffer.from('the database').toString('base64') },
    });
    expect(endpoints?.subsets).toHaveLength(made.mount.glusterfs.hosts.length);
    expect([service?.kind, service?.metadata.name]).toEqual(['Service', 'heketi-storage-endpoints']);
    expect(job).toMatchObject({
      kind: 'Job',
      apiVersion: 'batch/v1',
      metadata: { name: 'heketi-storage-copy-job' },
      spec: {
        completions: 1,
        template: {
          spec: {
            containers: [{ image: 'mortar:1', command: ['cp', '/db/heketi.db', '/heketi'] }],
            nodeSelector: { a: 'b' },
            restartPolicy: 'Never',
          },
        },
      },
    });
  });

  it.each(['setup-heketi-db-storage', 'setup-kubernetes-heketi-storage'])(
    'is also called %s',
    async (name) => {
      const { stdout } = await mortar([name, '--listfile=other.json'], routes);
      expect(stdout).toBe('Saving other.json\n');
    },
  );

  it('takes other options for the volume', async () => {
    const words = ['--gluster-volume-options=a b,c d', '--append-volume-options=e f', '--durability=none'];
    const { server } = await setUp(words);
    expect(server.sentTo('POST /volumes')).toMatchObject({
      durability: { type: 'none' },
      glustervolumeoptions: ['a b', 'c d', 'user.heketi.dbstoragelevel custom', 'e f'],
    });
  });

  it.each([
    [['--durability=disperse'], 'Durability disperse is not supported for heketi database storage'],
    [['--durability=twice'], 'twice is not a valid durability type'],
    [['--node-selector=a'], '--node-selector must be key=value, got: a'],
  ])('refuses %j before anything is made', async (words, complaint) => {
    const { code, stderr, server } = await setUp(words);
    expect([code, stderr, server.asked]).toEqual([255, `Error: ${complaint}\n`, []]);
  });

  it('refuses to make it twice', async () => {
    const { code, stderr } = await setUp([], { ...routes, ...topology([made]) });
    expect([code, stderr]).toEqual([255, 'Error: Volume heketidbstorage already exists\n']);
  });

  it('takes the volume away again when the database cannot be had', async () => {
    const { code, stderr, server } = await setUp([], {
      ...routes,
      'GET /backup/db': textAnswer(500, 'no backup'),
    });
    expect([code, stderr]).toEqual([255, 'Cleaning up\nError: no backup\n']);
    expect(server.asked).toContain(`DELETE /volumes/${volumeId}`);
  });
});
