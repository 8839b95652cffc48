import { describe, expect, it } from 'vitest';
import { act, differences, kindsOf, scene } from '../support/doctor-scene.ts';
import { startManager, type TestManager } from '../support/manager.ts';

const hosts = [1, 2, 3];
const places = (folder: string): string[] => hosts.map((index) => `192.0.2.${index}:${folder}`);
const gluster = (manager: TestManager, ...words: string[]): void =>
  act(manager, 'node1', 'gluster', 'volume', ...words, '--xml', '--mode=script');

/** A volume that an administrator made by hand, with a file in it. @returns its id. */
async function makeByHand(
  manager: TestManager,
  { name = 'theirs', folder = '/srv/theirs/brick', type = ['replica', '3'], sets = 1 } = {},
): Promise<string> {
  const bricks = Array.from({ length: sets }, (_, set) =>
    places(set === 0 ? folder : `${folder}${set}`),
  ).flat();
  for (const index of hosts)
    act(manager, `node${index}`, 'mkdir', '-p', folder.replace(/\/[^/]+$/, '') || '/');
  gluster(manager, 'create', name, ...type, ...bricks, 'force');
  gluster(manager, 'start', name);
  for (const index of hosts) manager.simulation.act(`node${index}`, ['tee', `${folder}/kept`], 'their words');
  const { volumes } = (await manager.wire.send('/adopt')).json();
  return volumes.find((volume: { name: string }) => volume.name === name).id as string;
}

const kept = ({ simulation }: TestManager, folder = '/srv/theirs/brick'): string[] =>
  hosts.map((index) => simulation.act(`node${index}`, ['cat', `${folder}/kept`]).stdout);
const picture = ({ simulation }: TestManager, name = 'theirs') =>
  simulation.picture('node1').volumes.find((volume) => volume.name === name);
const manage = (manager: TestManager, id: string, body: object = {}) =>
  manager.wire.finish(`/adopt/${id}/manage`, { body });
const lastWarnings = async ({ app }: TestManager) => {
  const recent = await app.database.read.operations.listRecent(10);
  return recent.find(({ kind }) => kind === 'delete-volume')?.warnings;
};
const their = ['their words', 'their words', 'their words'];
const matching = (pattern: RegExp) => expect.stringMatching(pattern) as string;

describe('a volume that others made, and that is managed', () => {
  it('is shown like others, with its bricks apart, and nothing but marks is new in gluster', async () => {
    const it = await scene();
    const id = await makeByHand(it);
    const before = structuredClone(picture(it));
    await it.wire.send('/adopt', { body: { cluster: it.clusterId, volumes: ['theirs'] } });
    const answer = await manage(it, id);
    expect(answer.status, answer.text).toBe(200);
    const volume = answer.json();
    expect(volume).toMatchObject({
      id,
      name: 'theirs',
      size: 40,
      cluster: it.clusterId,
      durability: { type: 'replicate', replicate: { replica: 3 } },
      bricks: [],
    });
    expect(volume.foreign_bricks).toEqual(
      places('/srv/theirs/brick').map((brick) => ({
        brick,
        node: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
        set: 0,
        kind: 'data',
        folder: 'keep',
      })),
    );
    expect((await it.wire.send('/volumes')).json().volumes).toContain(id);
    const { options, ...rest } = before ?? { options: {} };
    expect(picture(it)).toMatchObject({ ...rest, options });
    expect((await it.wire.send('/adopt')).json().volumes, 'it is none of others any more').toEqual([]);
    expect(await it.look()).toEqual([]);
    expect(await differences(it)).toEqual([]);
    expect(kept(it)).toEqual(their);
    const heal = await it.wire.send(`/volumes/${id}/heal-info`);
    expect(heal.json().bricks).toMatchObject(
      places('/srv/theirs/brick').map((brick) => ({ brick, connected: true })),
    );
    expect((await manage(it, id)).status, 'a second time').toBe(409);
  });

  it('grows onto devices with its own durability, and is deleted; its folders stay and are named', async () => {
    const it = await scene();
    const id = await makeByHand(it);
    await manage(it, id);
    const plan = await it.wire.send('/volumes/plan', { body: { volume: id, expand_size: 4 } });
    expect(plan.json()).toMatchObject({ possible: true });
    const grown = await it.wire.finish(`/volumes/${id}/expand`, { body: { expand_size: 4 } });
    expect(grown.status, grown.text).toBe(200);
    expect(grown.json()).toMatchObject({ size: 44 });
    expect(grown.json().bricks).toHaveLength(3);
    expect(picture(it)?.bricks.slice(0, 3)).toEqual(places('/srv/theirs/brick'));
    expect(picture(it)?.bricks).toHaveLength(6);
    expect(await it.look()).toEqual([]);
    expect(await differences(it)).toEqual([]);
    expect(kept(it)).toEqual(their);
    const moved = await it.wire.finish(`/bricks/to-evict/${grown.json().bricks[0].id}`, { method: 'POST' });
    expect(moved.status, moved.text).toBe(204);
    const back = await it.wire.send(`/adopt/${id}/release`, { method: 'POST' });
    expect([back.status, back.text]).toEqual([409, matching(/has grown: 3 of its bricks are on devices/)]);
    const gone = await it.wire.finish(`/volumes/${id}`, { method: 'DELETE' });
    expect(gone.status, gone.text).toBe(204);
    expect(await lastWarnings(it)).toEqual([matching(/folders stay .*192\.0\.2\.1:\/srv\/theirs\/brick/)]);
    expect(picture(it)).toBeUndefined();
    expect(kept(it)).toEqual(their);
    expect(await differences(it)).toEqual([]);
    expect(await it.look()).toEqual([]);
  });

  it('is deleted with what is in its folders when that was asked for', async () => {
    const it = await scene();
    const id = await makeByHand(it);
    const answer = await manage(it, id, { folders: 'remove' });
    expect(answer.json().foreign_bricks).toMatchObject([{ folder: 'remove' }, {}, {}]);
    expect((await it.wire.finish(`/volumes/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect(kept(it)).toEqual(['', '', '']);
    expect(it.simulation.act('node1', ['test', '-d', '/srv/theirs/brick']).exitCode, 'the folder').toBe(0);
    expect(await lastWarnings(it)).toEqual([]);
    expect(await differences(it)).toEqual([]);
  });

  it('is never emptied once its folder is no brick of it any more', async () => {
    const it = await scene();
    const id = await makeByHand(it);
    await manage(it, id, { folders: 'remove' });
    gluster(it, 'stop', 'theirs', 'force');
    gluster(it, 'delete', 'theirs');
    const refused = await it.wire.finish(`/volumes/${id}`, { method: 'DELETE' });
    expect([refused.status, refused.text]).toEqual([
      500,
      matching(/are no bricks of it in gluster any more; .*mortar adopt release theirs/),
    ]);
    expect(kindsOf(await it.look())).toEqual(['volume-missing']);
    expect((await it.wire.finish(`/adopt/${id}/release`, { method: 'POST' })).status).toBe(204);
    expect(kept(it)).toEqual(their);
    expect(await it.look()).toEqual([]);
  });

  it('is given back as it was, and can be managed again', async () => {
    const it = await scene();
    const id = await makeByHand(it);
    const before = structuredClone(picture(it));
    await manage(it, id);
    expect((await it.wire.finish(`/adopt/${id}/release`, { method: 'POST' })).status).toBe(204);
    const marks = ['user.heketi.id', 'user.mortar.size', 'user.mortar.request', 'user.mortar.folders'];
    const off = Object.fromEntries(marks.map((mark) => [mark, 'none']));
    expect(picture(it), 'gluster cannot unset an option').toEqual({
      ...before,
      options: { ...before?.options, ...off },
    });
    expect((await it.wire.send(`/volumes/${id}`)).status).toBe(404);
    expect((await it.wire.send('/adopt')).json().volumes).toMatchObject([{ id, name: 'theirs' }]);
    expect((await manage(it, id)).status).toBe(200);
    const own = await it.wire.send(`/adopt/${it.volumeId}/release`, { method: 'POST' });
    expect([own.status, own.text]).toEqual([409, matching(/was made by Mortar/)]);
  });

  it('has brick sets in gluster order, and room of them all', async () => {
    const it = await scene();
    const id = await makeByHand(it, { sets: 2 });
    const { size, foreign_bricks: bricks } = (await manage(it, id)).json();
    expect(size).toBe(80);
    expect(bricks.map(({ set }: { set: number }) => set)).toEqual([0, 0, 0, 1, 1, 1]);
  });

  it.each([
    ['an arbiter', ['replica', '3', 'arbiter', '1'], { type: 'replicate', replicate: { replica: 3 } }, 40],
    ['no copies', [], { type: 'none' }, 120],
    ['redundancy', ['disperse-data', '2', 'redundancy', '1'], { type: 'disperse' }, 80],
  ])('with %s keeps its durability when it grows', async (_, type, durability, size) => {
    const it = await scene();
    const id = await makeByHand(it, { type });
    const managed = (await manage(it, id)).json();
    expect(managed).toMatchObject({ durability, size });
    const grown = await it.wire.finish(`/volumes/${id}/expand`, { body: { expand_size: 4 } });
    expect(grown.status, grown.text).toBe(200);
    expect(await it.look()).toEqual([]);
    expect(await differences(it)).toEqual([]);
  });

  it('without copies lets bricks on devices move, and keeps its own', async () => {
    const it = await scene();
    const id = await makeByHand(it, { type: [] });
    await manage(it, id);
    const { bricks } = (await it.wire.finish(`/volumes/${id}/expand`, { body: { expand_size: 4 } })).json();
    const moved = await it.wire.finish(`/bricks/to-evict/${bricks[0].id}`, { method: 'POST' });
    expect(moved.status, moved.text).toBe(204);
    expect(picture(it)?.bricks.slice(0, 3)).toEqual(places('/srv/theirs/brick'));
    expect(await differences(it)).toEqual([]);
  });

  it('keeps its node, and what needs thin volumes is refused in words', async () => {
    const it = await scene();
    const id = await makeByHand(it);
    await manage(it, id);
    const refused = async (path: string, body: object) => {
      const { status, text } = await it.wire.finish(path, { body });
      return [status, text];
    };
    const words = matching(/that others made .*are no thin volumes of Mortar/);
    expect(await refused(`/volumes/${id}/snapshots`, { force: true })).toEqual([409, words]);
    expect(await refused(`/volumes/${id}/clone`, {})).toEqual([409, words]);
  });

  it('is restarted by the doctor, and a change past Mortar is told', async () => {
    const it = await scene();
    await manage(it, await makeByHand(it));
    it.simulation.endBrick('node2', '/srv/theirs/brick');
    const [offline, ...others] = await it.look();
    expect(others).toEqual([]);
    expect(offline).toMatchObject({
      kind: 'brick-offline',
      object: 'brick 192.0.2.2:/srv/theirs/brick of volume theirs',
    });
    const fixed = await it.wire.send('/doctor/fix', { body: { findings: [offline?.id] } });
    await it.app.engine.whenEnded(fixed.json().started[0].operation as string);
    expect(await it.look()).toEqual([]);
    for (const index of hosts) act(it, `node${index}`, 'mkdir', '-p', '/srv/more');
    gluster(it, 'add-brick', 'theirs', ...places('/srv/more/brick'), 'force');
    expect(await it.look()).toMatchObject([{ kind: 'volume-bricks-differ', mend: { action: 'none' } }]);
  });

  it('is found again by a rebuild from the nodes, with what it has grown by', async () => {
    const it = await scene();
    const id = await makeByHand(it);
    await manage(it, id, { folders: 'remove' });
    await it.wire.finish(`/volumes/${id}/expand`, { body: { expand_size: 4 } });
    const before = (await it.wire.send(`/volumes/${id}`)).json();
    await it.app.doctor.imprints.flush();
    await it.app.stop();
    const other = await startManager({ simulation: it.simulation });
    const rebuilt = await other.wire.send('/rebuild', {
      body: { hosts: hosts.map((index) => `node${index}`) },
    });
    expect(rebuilt.json(), rebuilt.text).toMatchObject({ done: true, problems: [], notes: [] });
    expect((await other.wire.send(`/volumes/${id}`)).json()).toEqual(before);
    expect(await differences(other)).toEqual([]);
  });

  it('is on record after a restart, in checks of the database, and left out of what Heketi gets', async () => {
    const it = await scene();
    const id = await makeByHand(it);
    await manage(it, id);
    await it.wire.finish(`/volumes/${id}/expand`, { body: { expand_size: 4 } });
    const manager = await it.restart();
    expect((await manager.wire.send(`/volumes/${id}`)).json()).toMatchObject({ size: 44 });
    const check = (await manager.wire.send('/db/check')).json();
    expect([check.totalinconsistencies, check.volumes.total]).toEqual([0, 1]);
    const dump = (await manager.wire.send('/db/dump')).json();
    expect(Object.keys(dump.volumeentries)).toEqual([it.volumeId]);
    expect(Object.keys(dump.brickentries)).toHaveLength(3);
  });
});

describe('a volume that others made cannot be managed', () => {
  const refusal = async (manager: TestManager, id: string, body: object = {}) => {
    const { status, text } = await manager.wire.finish(`/adopt/${id}/manage`, { body });
    return [status, text];
  };

  it('when it is stopped, of another type, or on nodes that are not on record', async () => {
    const it = await scene();
    const id = await makeByHand(it);
    gluster(it, 'stop', 'theirs', 'force');
    expect(await refusal(it, id)).toEqual([
      409,
      matching(/does not run \(stopped\): start it: gluster volume start/),
    ]);
    const odd = await makeByHand(it, {
      name: 'odd',
      folder: '/srv/odd/brick',
      type: ['disperse-data', '1', 'redundancy', '2'],
    }).catch(() => undefined);
    expect(odd).toBeUndefined();
    expect(await it.look()).toHaveLength(1);
  });

  it('when there is none, Mortar has it already, or its cluster does not answer', async () => {
    const it = await scene();
    const id = await makeByHand(it);
    expect(await refusal(it, 'f'.repeat(32))).toEqual([404, matching(/mortar adopt list/)]);
    expect(await refusal(it, it.volumeId)).toEqual([409, matching(/manages this volume already/)]);
    for (const index of hosts) it.simulation.setReachable(`node${index}`, false);
    expect(await refusal(it, id)).toEqual([500, matching(/answers for gluster/)]);
  });

  it('with folders that are to be removed, but are too wide or shared', async () => {
    const it = await scene();
    const wide = await makeByHand(it, { name: 'wide', folder: '/srv' });
    expect(await refusal(it, wide, { folders: 'remove' })).toEqual([400, matching(/right below \//)]);
    expect((await it.wire.send(`/volumes/${wide}`)).status).toBe(404);
    expect(await refusal(it, wide, { folders: 'burn' })).toEqual([400, matching(/folders/)]);
    expect(await refusal(it, wide, { folder: 'keep' })).toEqual([400, matching(/folder/)]);
  });
});
