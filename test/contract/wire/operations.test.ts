import { describe, expect, it } from 'vitest';
import { mortarAt } from '../../api/cli/support.ts';
import { hurriedClock } from '../../support/engine-bench.ts';
import { loadNodes, replica3, startManager } from '../../support/manager.ts';
import { HeldNodes } from './held-nodes.ts';

const nothing = { total: 0, in_flight: 0, stale: 0, failed: 0, new: 0 };
const unknown = '0'.repeat(32);

async function scene() {
  const held = new HeldNodes();
  const manager = await startManager({ wrap: held.wrap, overrides: { clock: hurriedClock } });
  await loadNodes(manager.wire, 3, 1);
  return { ...manager, held };
}

/** Sends a creation whose commands do not get to the nodes. */
async function heldCreation({ wire, held }: Awaited<ReturnType<typeof scene>>) {
  held.shut();
  const accepted = await wire.send('/volumes', { body: replica3(1) });
  const queue = accepted.headers.get('location') ?? '';
  return { accepted, queue, id: queue.slice('/queue/'.length) };
}

describe('GET /operations', () => {
  it('counts nothing where nothing is under way', async () => {
    const { wire } = await startManager();
    const answer = await wire.send('/operations');
    expect(answer.text).toBe('{"total":0,"in_flight":0,"stale":0,"failed":0,"new":0}\n');
    expect((await wire.send('/operations/pending')).text).toBe('{"pendingoperations":[]}\n');
  });

  it('counts, lists and shows a creation that is under way, and forgets it when it has ended', async () => {
    const here = await scene();
    const { wire, held } = here;
    const { accepted, id } = await heldCreation(here);
    expect((await wire.send('/operations')).json()).toEqual({ ...nothing, total: 1, in_flight: 1, new: 1 });
    const row = { id, type_name: 'create-volume', status: '', sub_status: 'in-flight' };
    expect((await wire.send('/operations/pending')).json()).toEqual({ pendingoperations: [row] });
    const shown = (await wire.send(`/operations/pending/${id}`)).json();
    expect(shown).toMatchObject(row);
    expect(shown.changes.map(({ description }: { description: string }) => description)).toEqual([
      'Add brick',
      'Add brick',
      'Add brick',
      'Add volume',
    ]);
    held.open();
    expect((await wire.follow(accepted)).status).toBe(200);
    expect((await wire.send('/operations')).json()).toEqual(nothing);
    const gone = await wire.send(`/operations/pending/${id}`);
    expect([gone.status, gone.text]).toEqual([404, `Id not found: ${id}\n`]);
  });
});

describe('POST /operations/pending/cleanup', () => {
  it.each([
    ['', 422, 'request unable to be parsed\n'],
    ['[]', 422, 'request unable to be parsed\n'],
    ['{"operations":"x"}', 422, 'request unable to be parsed\n'],
    ['{"operations":["x"]}', 400, 'validation failed: operations: x is not a valid UUID.\n'],
    [
      JSON.stringify({ operations: Array.from({ length: 33 }, () => unknown) }),
      400,
      'validation failed: operations: too many ids specified (33), up to 32 supported.\n',
    ],
  ])('%j is a %i', async (rawBody, status, text) => {
    const { wire } = await startManager();
    const answer = await wire.send('/operations/pending/cleanup', { rawBody });
    expect([answer.status, answer.text]).toEqual([status, text]);
  });

  it.each([{}, { operations: [] }, { operations: [unknown] }])(
    '%j is taken in and ends with 204',
    async (body) => {
      const { wire } = await startManager();
      const accepted = await wire.send('/operations/pending/cleanup', { body });
      expect([accepted.status, accepted.headers.get('location')]).toEqual([
        202,
        expect.stringMatching(/^\/queue\/[0-9a-f]{32}$/),
      ]);
      expect((await wire.follow(accepted)).status).toBe(204);
    },
  );

  it('lets what is stuck try again at once', async () => {
    const { wire, held, app } = await scene();
    const { id } = (await wire.finish('/volumes', { body: replica3(1) })).json();
    held.breakCommands('volume stop');
    await wire.send(`/volumes/${id}`, { method: 'DELETE' });
    await expect
      .poll(async () => (await wire.send('/operations')).json().failed, { timeout: 30_000 })
      .toBe(1);
    const [stuck] = (await wire.send('/operations/pending')).json().pendingoperations;
    expect(stuck).toMatchObject({ type_name: 'delete-volume', status: 'failed', sub_status: '' });
    held.breakCommands(undefined);
    expect((await wire.finish('/operations/pending/cleanup', { body: {} })).status).toBe(204);
    await app.engine.whenEnded(stuck.id);
    expect((await wire.send('/operations')).json()).toEqual(nothing);
  });
});

describe('mortar server operations', () => {
  it('prints what heketi-cli prints', async () => {
    const here = await scene();
    const { id } = await heldCreation(here);
    const mortar = mortarAt(here.url);
    expect((await mortar('server', 'operations', 'info')).stdout).toBe(
      'Operation Counts:\n  Total: 1\n  In-Flight: 1\n  New: 1\n  Failed: 0\n  Stale: 0\n',
    );
    expect((await mortar('server', 'operations', 'list')).stdout).toBe(
      `Id:${id}  Type:create-volume  Status:New in-flight\n`,
    );
    const { stdout } = await mortar('server', 'operations', 'info', id);
    expect(stdout).toMatch(
      new RegExp(
        `^\nId: ${id}\nType: create-volume\nStatus: New in-flight\nChanges:\n(    Add brick: \\w{32}\n){3}    Add volume: \\w{32}\n$`,
      ),
    );
    expect((await mortar('server', 'operations', 'info', '--json')).stdout).toBe(
      '{"total":1,"in_flight":1,"stale":0,"failed":0,"new":1}',
    );
    const missing = await mortar('server', 'operations', 'info', unknown);
    expect([missing.code, missing.stderr]).toEqual([255, `Error: Id not found: ${unknown}\n`]);
    here.held.open();
    const cleaned = await mortar('server', 'operations', 'cleanup');
    expect([cleaned.code, cleaned.stdout, cleaned.stderr.split('\n').length]).toEqual([0, '', 4]);
  });
});
