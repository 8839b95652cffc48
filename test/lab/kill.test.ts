import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WireRequest } from '../support/wire.ts';
import { Scene } from './scene.ts';
import type { NodeSnapshot } from './snapshot.ts';

const replica3 = { durability: { type: 'replicate', replicate: { replica: 3 } } };
/** More than an operation has. */
const mostSteps = 40;

/** Step after step until the operation comes to its end unharmed. */
describe('a manager killed', () => {
  let scene: Scene;
  let loaded: NodeSnapshot[];

  beforeAll(async () => {
    scene = await Scene.open();
    await scene.loadTopology();
    loaded = await scene.pictures();
  });

  afterAll(async () => {
    await scene?.removeTopology();
    await scene?.close();
  });

  /** @returns false when the operation ended before its `nth` moment. */
  const killDuring = async (
    path: string,
    request: WireRequest,
    nth: number,
    delayMs = 0,
  ): Promise<boolean> => {
    const { mortar } = scene;
    const accepted = await mortar.wire.send(path, request);
    expect(accepted.status, accepted.text).toBe(202);
    const queue = accepted.headers.get('location') ?? '';
    const isKilled = await mortar.killAtStep(queue.replace('/queue/', ''), nth, delayMs);
    if (isKilled) await mortar.start();
    await mortar.settle();
    expect(await scene.differences(), `killed ${delayMs} ms after moment ${nth} of ${path}`).toEqual([]);
    return isKilled;
  };

  const volumeIds = async (): Promise<string[]> =>
    (await scene.mortar.wire.send('/volumes')).json().volumes as string[];

  const whatHappened = async (): Promise<string> =>
    (await scene.mortar.wire.send('/operations/history?limit=3')).text;

  it('at every step of a create, a grow or a delete finds its way: nodes and database agree, no room is lost', async () => {
    const alive = { create: true, grow: true, delete: true };
    for (let nth = 1; nth <= mostSteps && (alive.create || alive.grow || alive.delete); nth += 1) {
      if (alive.create) alive.create = await killDuring('/volumes', { body: { size: 1, ...replica3 } }, nth);
      else await scene.mortar.wire.finish('/volumes', { body: { size: 1, ...replica3 } });
      const [id] = await volumeIds();
      // A creation goes on after a crash: see docs/decisions/0001.
      expect(id, await whatHappened()).toBeDefined();
      if (alive.grow)
        alive.grow = await killDuring(`/volumes/${id}/expand`, { body: { expand_size: 1 } }, nth);
      if (alive.delete) alive.delete = await killDuring(`/volumes/${id}`, { method: 'DELETE' }, nth);
      else await scene.mortar.wire.finish(`/volumes/${id}`, { method: 'DELETE' });
      expect(await volumeIds()).toEqual([]);
      expect(await scene.pictures()).toEqual(loaded);
    }
    expect(alive).toEqual({ create: false, grow: false, delete: false });
  }, 1_800_000);

  it('while LVM makes bricks waits for them after its start, and goes on', async () => {
    for (let delayMs = 100; delayMs <= 1000; delayMs += 150) {
      expect(await killDuring('/volumes', { body: { size: 1, ...replica3 } }, 1, delayMs)).toBe(true);
      const [id] = await volumeIds();
      expect(id, await whatHappened()).toBeDefined();
      await scene.mortar.wire.finish(`/volumes/${id}`, { method: 'DELETE' });
    }
    expect(await scene.pictures()).toEqual(loaded);
  }, 600_000);
});
