import type { Clock } from '../../lib/clock.ts';
import { untilAborted } from '../../lib/until-aborted.ts';
import { ApiFailure } from './api-failure.ts';
import type { Pod } from './pod.ts';
import type { PodEvent, PodSource } from './pod-source.ts';

const firstPauseMs = 500;
const longestPauseMs = 15_000;

/**
 * Knows the pods without asking: lists them once when they are first wanted, then follows every change. A watch that breaks
 * is taken up where it broke; only when that is too long ago (410) the pods are listed again. After a failed attempt to list
 * the next questions fail the same way without trying, for a time that doubles from half a second to 15 s.
 */
export class PodWatch {
  readonly #source: PodSource;
  readonly #clock: Clock;
  readonly #closing = new AbortController();
  readonly #pods = new Map<string, Pod>();
  /** What follows the changes now; a new one begins with a list. */
  #following:
    | { readonly listed: Promise<void>; readonly ended: Promise<void>; readonly stop: AbortController }
    | undefined;
  #failures = 0;
  #restUntil = 0;
  #lastFault: unknown;

  constructor(source: PodSource, clock: Clock) {
    this.#source = source;
    this.#clock = clock;
  }

  /** @throws ApiFailure when the pods cannot be listed; the reason of `signal` when it is aborted first. */
  async pods(signal: AbortSignal): Promise<readonly Pod[]> {
    this.#closing.signal.throwIfAborted();
    if (this.#following === undefined && this.#clock.now() < this.#restUntil) throw this.#lastFault;
    this.#following ??= this.#follow();
    await untilAborted(this.#following.listed, signal);
    return [...this.#pods.values()];
  }

  /** Lists anew when the pods are next asked for: what is known has turned out to be wrong. */
  distrust(): void {
    this.#following?.stop.abort(new Error('a new list is wanted'));
    this.#following = undefined;
  }

  async close(): Promise<void> {
    const following = this.#following;
    this.#closing.abort(new Error('the watch was closed'));
    this.distrust();
    await following?.ended;
  }

  #follow(): { listed: Promise<void>; ended: Promise<void>; stop: AbortController } {
    const stop = new AbortController();
    const listing = this.#list(stop.signal);
    const following = { listed: listing.then(() => undefined), ended: Promise.resolve(), stop };
    following.ended = listing
      .then((version) => this.#watchFrom(version, stop.signal))
      .catch((error: unknown) => {
        if (this.#following === following) this.#following = undefined;
        this.#note(error);
      });
    // Whoever asked for the pods hears of it by themselves.
    following.listed.catch(() => undefined);
    return following;
  }

  async #list(signal: AbortSignal): Promise<string> {
    const { pods, version } = await this.#source.list(signal);
    signal.throwIfAborted();
    this.#pods.clear();
    for (const pod of pods) this.#pods.set(pod.name, pod);
    this.#failures = 0;
    return version;
  }

  /** Never resolves: ends with the signal, or with what a new list failed with. */
  async #watchFrom(begin: string, signal: AbortSignal): Promise<never> {
    let version = begin;
    let pauseMs = firstPauseMs;
    for (;;) {
      try {
        for await (const event of this.#source.watch(version, signal)) {
          signal.throwIfAborted();
          this.#take(event);
          version = event.version;
          pauseMs = firstPauseMs;
        }
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof ApiFailure && error.status === 410) {
          version = await this.#list(signal);
          continue;
        }
      }
      signal.throwIfAborted();
      await this.#clock.sleep(pauseMs, signal);
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
    }
  }

  #take(event: PodEvent): void {
    if (event.kind === 'seen') this.#pods.set(event.pod.name, event.pod);
    else if (event.kind === 'gone') this.#pods.delete(event.pod.name);
  }

  #note(error: unknown): void {
    if (!(error instanceof ApiFailure)) return;
    this.#failures += 1;
    this.#restUntil = this.#clock.now() + Math.min(firstPauseMs * 2 ** (this.#failures - 1), longestPauseMs);
    this.#lastFault = error;
  }
}
