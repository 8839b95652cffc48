import { describe, expect, it, onTestFinished } from 'vitest';
import type { KubeApi, KubeCall } from '../../../src/kubernetes/kube-api.ts';
import { KubeError, paths } from '../../../src/kubernetes/kube-api.ts';
import { classSchema, type StorageClass } from '../../../src/kubernetes/objects.ts';
import { Reflector } from '../../../src/kubernetes/reflector.ts';
import { type Clock, systemClock } from '../../../src/lib/clock.ts';
import { silentLog } from '../../../src/lib/log.ts';
import { FakeKube } from '../../support/fake-kube.ts';

const soon: Clock = { now: () => Date.now(), sleep: (_ms, signal) => systemClock.sleep(1, signal) };

/** Counts lists and watches; a watch can be broken from outside. */
class Line implements KubeApi {
  readonly kube = new FakeKube();
  lists = 0;
  watches: AbortController[] = [];
  /** What the next watch answers instead of events. */
  nextWatch: unknown[] | undefined;
  isSilent = false;

  request(call: KubeCall): Promise<unknown> {
    this.lists += 1;
    return this.kube.request(call);
  }

  async *watch(
    path: string,
    query: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): AsyncIterable<unknown> {
    const broken = new AbortController();
    this.watches.push(broken);
    const sent = this.nextWatch;
    this.nextWatch = undefined;
    if (sent !== undefined) {
      yield* sent;
      return;
    }
    const either = AbortSignal.any([signal, broken.signal]);
    if (this.isSilent) await systemClock.sleep(3_600_000, either);
    yield* this.kube.watch(path, query, either);
  }
}

async function follow(silenceMs = 60_000) {
  const line = new Line();
  const ended = new AbortController();
  onTestFinished(() => ended.abort());
  const removed: string[] = [];
  const reflector = new Reflector<StorageClass>({
    api: line,
    path: paths.classes,
    schema: classSchema,
    clock: soon,
    log: silentLog,
    listener: { onChange: () => undefined, onRemove: ({ metadata }) => removed.push(metadata.name) },
    silenceMs,
  });
  const put = (name: string) => line.kube.put('storageclasses', { metadata: { name }, provisioner: 'x' });
  put('first');
  await reflector.sync(ended.signal);
  const following = reflector.follow(ended.signal);
  const names = () => [...reflector.values()].map(({ metadata }) => metadata.name).sort();
  return { line, reflector, put, names, removed, ended, following };
}

describe('what is watched', () => {
  it('is listed once and followed from there', async () => {
    const { line, names, put, removed } = await follow();
    put('second');
    await expect.poll(names).toEqual(['first', 'second']);
    line.kube.delete('storageclasses', 'first');
    await expect.poll(names).toEqual(['second']);
    expect([line.lists, removed]).toEqual([1, ['first']]);
  });

  it('goes on where it was when the connection breaks, without another list', async () => {
    const { line, names, put } = await follow();
    await expect.poll(() => line.watches.length).toBe(1);
    line.watches[0]?.abort(new KubeError(0, 'Unreachable', 'socket hang up'));
    put('second');
    await expect.poll(names).toEqual(['first', 'second']);
    expect(line.lists).toBe(1);
  });

  it('is listed again when the server has forgotten the place', async () => {
    const { line, names, put, removed } = await follow();
    await expect.poll(() => line.watches.length).toBe(1);
    line.nextWatch = [{ type: 'ERROR', object: { code: 410, reason: 'Expired', message: 'too old' } }];
    line.watches[0]?.abort(new KubeError(0, 'Unreachable', 'socket hang up'));
    put('second');
    line.kube.delete('storageclasses', 'first');
    await expect.poll(names).toEqual(['second']);
    await expect.poll(() => line.lists).toBe(2);
    expect(removed).toEqual(['first']);
  });

  it('is taken up again when the connection says nothing for too long', async () => {
    const { line, names, put } = await follow(50);
    line.isSilent = true;
    await expect.poll(() => line.watches.length).toBeGreaterThan(2);
    line.isSilent = false;
    put('second');
    await expect.poll(names).toEqual(['first', 'second']);
    expect(line.lists).toBe(1);
  });

  it('takes bookmarks for places only', async () => {
    const { line, names } = await follow();
    await expect.poll(() => line.watches.length).toBe(1);
    line.nextWatch = [{ type: 'BOOKMARK', object: { metadata: { resourceVersion: '999' } } }];
    line.watches[0]?.abort(new KubeError(0, 'Unreachable', 'socket hang up'));
    await expect.poll(() => line.watches.length).toBeGreaterThan(2);
    expect(names()).toEqual(['first']);
  });

  it('passes over an object that cannot be read', async () => {
    const { line, names, put } = await follow();
    line.kube.put('storageclasses', { metadata: { name: 'odd' }, provisioner: 7 });
    put('second');
    await expect.poll(names).toEqual(['first', 'second']);
  });

  it('ends with its signal', async () => {
    const { ended, following } = await follow();
    ended.abort(new Error('enough'));
    await expect(following).resolves.toBeUndefined();
  });
});
