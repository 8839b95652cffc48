import { describe, expect, it } from 'vitest';
import { ApiFailure } from '../../../../src/executors/kubernetes/api-failure.ts';
import type { Pod } from '../../../../src/executors/kubernetes/pod.ts';
import type { PodEvent, PodList, PodSource } from '../../../../src/executors/kubernetes/pod-source.ts';
import { PodWatch } from '../../../../src/executors/kubernetes/pod-watch.ts';
import type { Clock } from '../../../../src/lib/clock.ts';

const never = new AbortController().signal;

/** Sleeping takes no time, but the time goes on. */
class QuickClock implements Clock {
  time = 1_000_000;

  now(): number {
    return this.time;
  }

  async sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
    this.time += durationMs;
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
  }
}

const pod = (name: string): Pod => ({
  name,
  nodeName: 'n',
  labels: {},
  phase: 'Running',
  isReady: true,
  isEnding: false,
  containers: [{ name: 'main', trouble: undefined }],
});
const seen = (name: string, version: string): PodEvent => ({ kind: 'seen', pod: pod(name), version });
const gone = (name: string, version: string): PodEvent => ({ kind: 'gone', pod: pod(name), version });

/** What an API server answers, one script a list and a watch; a watch without a script goes on without events. */
class ScriptedSource implements PodSource {
  readonly lists: (PodList | ApiFailure)[];
  readonly watches: ((PodEvent | ApiFailure)[] | undefined)[];
  readonly asked: string[] = [];

  constructor(lists: (PodList | ApiFailure)[], watches: ((PodEvent | ApiFailure)[] | undefined)[] = []) {
    this.lists = lists;
    this.watches = watches;
  }

  list(): Promise<PodList> {
    this.asked.push('list');
    const answer = this.lists.shift();
    if (answer === undefined) throw new Error('a list too many');
    return answer instanceof ApiFailure ? Promise.reject(answer) : Promise.resolve(answer);
  }

  async *watch(version: string, signal: AbortSignal): AsyncIterable<PodEvent> {
    this.asked.push(`watch ${version}`);
    const script = this.watches.shift();
    for (const event of script ?? []) {
      if (event instanceof ApiFailure) throw event;
      yield event;
    }
    if (script !== undefined) return;
    await new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
  }
}

const list = (version: string, ...names: string[]): PodList => ({ pods: names.map(pod), version });
const failure = (status: number): ApiFailure => new ApiFailure('no', { status });

async function namesAfter(watch: PodWatch, source: ScriptedSource, asked: number): Promise<string[]> {
  await watch.pods(never);
  while (source.asked.length < asked) await new Promise((resolve) => setImmediate(resolve));
  return (await watch.pods(never)).map(({ name }) => name);
}

describe('what is known of the pods', () => {
  it('is listed once, and then follows what the watch tells', async () => {
    const source = new ScriptedSource([list('5', 'a', 'b')], [[seen('c', '6'), gone('a', '7')]]);
    const watch = new PodWatch(source, new QuickClock());
    expect(await namesAfter(watch, source, 3)).toEqual(['b', 'c']);
    expect(source.asked).toEqual(['list', 'watch 5', 'watch 7']);
    await watch.close();
  });

  it('goes on after a break from where it broke, without a list', async () => {
    const bookmark: PodEvent = { kind: 'bookmark', version: '9' };
    const source = new ScriptedSource(
      [list('5', 'a')],
      [[seen('b', '6'), failure(500)], [bookmark], [failure(503)], [seen('c', '10')]],
    );
    const watch = new PodWatch(source, new QuickClock());
    expect(await namesAfter(watch, source, 6)).toEqual(['a', 'b', 'c']);
    expect(source.asked).toEqual(['list', 'watch 5', 'watch 6', 'watch 9', 'watch 9', 'watch 10']);
    await watch.close();
  });

  it('is listed anew when it is too old for the server', async () => {
    const source = new ScriptedSource([list('5', 'a'), list('50', 'z')], [[failure(410)]]);
    const watch = new PodWatch(source, new QuickClock());
    expect(await namesAfter(watch, source, 4)).toEqual(['z']);
    expect(source.asked).toEqual(['list', 'watch 5', 'list', 'watch 50']);
    await watch.close();
  });

  it('is listed anew when it has turned out to be wrong', async () => {
    const source = new ScriptedSource([list('5', 'a'), list('6', 'b')]);
    const watch = new PodWatch(source, new QuickClock());
    expect(await namesAfter(watch, source, 2)).toEqual(['a']);
    watch.distrust();
    expect(await namesAfter(watch, source, 4)).toEqual(['b']);
    await watch.close();
  });

  it('cannot be had when the list fails, and the server is left in peace for a while', async () => {
    const clock = new QuickClock();
    const source = new ScriptedSource([failure(403), failure(403), list('5', 'a')]);
    const watch = new PodWatch(source, clock);
    const refused = { status: 403 };
    await expect(watch.pods(never)).rejects.toMatchObject(refused);
    await expect(watch.pods(never)).rejects.toMatchObject(refused);
    expect(source.asked).toEqual(['list']);
    clock.time += 500;
    await expect(watch.pods(never)).rejects.toMatchObject(refused);
    clock.time += 999;
    await expect(watch.pods(never)).rejects.toMatchObject(refused);
    expect(source.asked).toEqual(['list', 'list']);
    clock.time += 1;
    expect(await watch.pods(never)).toHaveLength(1);
    await watch.close();
  });

  it('is not waited for by who was called off, nor after the end', async () => {
    const watch = new PodWatch(new ScriptedSource([list('5', 'a')]), new QuickClock());
    await expect(watch.pods(AbortSignal.abort(new Error('called off')))).rejects.toThrow('called off');
    await watch.close();
    await expect(watch.pods(never)).rejects.toThrow('the watch was closed');
  });
});
