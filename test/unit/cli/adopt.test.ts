import { describe, expect, it } from 'vitest';
import { jsonAnswer, seeOtherAnswer, textAnswer } from '../client/support.ts';
import { mortar } from './support.ts';

const id = 'a'.repeat(32);
const found = {
  id,
  name: 'theirs',
  cluster: 'c1',
  status: 'started',
  watched: null,
  bricks: [
    { brick: 'gl1:/srv/a', node: 'n1', online: true },
    { brick: 'gl2:/srv/a', node: null, online: false },
  ],
  obstacles: [{ to: 'manage', obstacle: 'its bricks are folders', remedy: 'watch it' }],
};
const watched = { ...found, name: 'ours-to-see', watched: '2026-11-21T08:00:00.000Z', obstacles: [] };
const answer = (volumes: object[], silent: string[] = []) => jsonAnswer({ volumes, silent });

describe('adopt', () => {
  it('lists volumes of others, whether they are watched, and what stands in the way', async () => {
    const { stdout, code } = await mortar(['adopt', 'list'], {
      'GET /adopt': answer([watched, found], ['c2']),
    });
    expect(code).toBe(0);
    expect(stdout).toBe(`No node of the cluster c2 answers for gluster: nothing new is known of its volumes.
Volume       Cluster  Status   Watched                         Bricks  Offline
ours-to-see  c1       started  since 2026-11-21T08:00:00.000Z       2        1
theirs       c1       started  no                                   2        1

theirs, to manage it: its bricks are folders
  watch it
`);
    const none = await mortar(['adopt', 'list'], { 'GET /adopt': answer([]) });
    expect(none.stdout).toBe('There are no volumes of others on the nodes.\n');
    const json = await mortar(['adopt', 'list', '--json'], { 'GET /adopt': answer([found]) });
    expect(JSON.parse(json.stdout)).toEqual({ volumes: [found], silent: [] });
  });

  it('watches volumes in the only cluster, or in the one that is named', async () => {
    const routes = { 'GET /clusters': jsonAnswer({ clusters: ['c1'] }), 'POST /adopt': answer([watched]) };
    const { stdout, server } = await mortar(['adopt', 'add', 'ours-to-see'], routes);
    expect(stdout).toBe('Watched from now on: ours-to-see\n');
    expect(server.sentTo('POST /adopt')).toEqual({ cluster: 'c1', volumes: ['ours-to-see'] });
    const several = { ...routes, 'GET /clusters': jsonAnswer({ clusters: ['c1', 'c2'] }) };
    const refused = await mortar(['adopt', 'add', 'ours-to-see'], several);
    expect([refused.code, refused.stderr]).toEqual([
      255,
      expect.stringContaining('there are 2 clusters: say which with --cluster') as string,
    ]);
    const named = await mortar(['adopt', 'add', 'ours-to-see', '--cluster', 'c2'], several);
    expect(named.server.sentTo('POST /adopt')).toMatchObject({ cluster: 'c2' });
  });

  it('watches a volume no more, by its name', async () => {
    const routes = { 'GET /adopt': answer([watched, found]), [`DELETE /adopt/${id}`]: textAnswer(204, '') };
    const { stdout } = await mortar(['adopt', 'remove', 'ours-to-see'], routes);
    expect(stdout).toBe('Watched no more: ours-to-see\n');
    const refused = await mortar(['adopt', 'remove', 'theirs'], routes);
    expect([refused.code, refused.stderr]).toEqual([
      255,
      expect.stringContaining('no volume theirs is watched') as string,
    ]);
  });

  it('manages a volume, and gives it back', async () => {
    const queued = { status: 202, headers: { location: '/queue/0a' } };
    const managed = { id, name: 'theirs', size: 12, bricks: [], foreign_bricks: [] };
    const { stdout, server, stderr } = await mortar(['adopt', 'manage', 'theirs', '--folders', 'remove'], {
      'GET /adopt': answer([watched, found]),
      [`POST /adopt/${id}/manage`]: queued,
      'GET /queue/0a': seeOtherAnswer(`/volumes/${id}`),
      [`GET /volumes/${id}`]: jsonAnswer(managed),
    });
    expect(stdout, stderr).toBe(`Managed from now on: theirs, 12 GiB, with the id ${id}\n`);
    expect(server.sentTo(`POST /adopt/${id}/manage`)).toEqual({ folders: 'remove' });
    const released = await mortar(['adopt', 'release', 'theirs'], {
      'GET /volumes/named/theirs': jsonAnswer({ volumes: [{ id, cluster: 'c1', phase: 'ready' }] }),
      [`POST /adopt/${id}/release`]: queued,
      'GET /queue/0a': textAnswer(204, ''),
    });
    expect(released.stdout, released.stderr).toBe('Managed no more: theirs\n');
  });

  it('refuses to manage what there is not, or with another word for its folders', async () => {
    const routes = { 'GET /adopt': answer([found]) };
    const failureOf = async (...words: string[]) =>
      (await mortar(['adopt', 'manage', ...words], routes)).stderr;
    expect(await failureOf('nobodys')).toContain('there is no volume nobodys that others made');
    expect(await failureOf('theirs', '--folders', 'burn')).toContain('--folders burn: say keep or remove');
  });
});
