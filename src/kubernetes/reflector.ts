import { z } from 'zod';
import { withAnySignal } from '../lib/any-signal.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { type KubeApi, KubeError } from './kube-api.ts';
import type { KubeObject } from './objects.ts';

export interface Listener<Item> {
  onChange(item: Item, before: Item | undefined): void;
  onRemove(item: Item): void;
}

export interface ReflectorOptions<Item extends KubeObject> {
  readonly api: KubeApi;
  readonly path: string;
  readonly schema: z.ZodType<Item>;
  readonly clock: Clock;
  readonly log: Log;
  readonly listener: Listener<Item>;
  /** Silence that lasts longer is a dead connection; longer than a watch lasts when absent. */
  readonly silenceMs?: number;
}

/** Objects of one list answer. */
const pageSize = 500;
const firstPauseMs = 500;
const longestPauseMs = 30_000;
/** How long the server may keep one watch. */
const watchSeconds = 240;
const defaultSilenceMs = (watchSeconds + 15) * 1000;

const listSchema = z.object({
  metadata: z.object({ resourceVersion: z.string().default(''), continue: z.string().default('') }),
  items: z.array(z.unknown()).default([]),
});
const eventSchema = z.object({
  type: z.enum(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR']),
  object: z.unknown(),
});
const statusSchema = z.object({
  code: z.number().default(0),
  reason: z.string().default(''),
  message: z.string().default(''),
});
const versionSchema = z.object({ metadata: z.object({ resourceVersion: z.string() }) });

/**
 * All objects of a kind, kept up to date: listed once, then watched from there on with bookmarks. A watch that ends is
 * taken up where it was; only when the server has forgotten that place (410) is the list read again. A connection that
 * says nothing for longer than a watch lasts is given up.
 */
export class Reflector<Item extends KubeObject> {
  readonly #options: ReflectorOptions<Item>;
  readonly #items = new Map<string, Item>();
  #version = '';
  #isSynced = false;

  constructor(options: ReflectorOptions<Item>) {
    this.#options = options;
  }

  /** The object by `name` or `namespace/name`. */
  get(key: string): Item | undefined {
    return this.#items.get(key);
  }

  values(): IterableIterator<Item> {
    return this.#items.values();
  }

  get size(): number {
    return this.#items.size;
  }

  /** Puts in what an own write was answered with, so that what reads this next sees it. */
  put(item: unknown): void {
    this.#take(item);
  }

  /** Reads the list. @throws KubeError. */
  async sync(signal: AbortSignal): Promise<void> {
    const { api, path } = this.#options;
    const seen = new Set<string>();
    let page = '';
    do {
      const query = { limit: String(pageSize), ...(page === '' ? {} : { continue: page }) };
      const list = listSchema.parse(await api.request({ method: 'GET', path, query, signal }));
      for (const item of list.items) {
        const key = this.#take(item);
        if (key !== undefined) seen.add(key);
      }
      page = list.metadata.continue;
      this.#version = list.metadata.resourceVersion;
    } while (page !== '');
    for (const key of this.#items.keys()) if (!seen.has(key)) this.#remove(key);
    this.#isSynced = true;
  }

  /** Follows changes until the signal; survives whatever befalls the connection. */
  async follow(signal: AbortSignal): Promise<void> {
    const { clock, log, path } = this.#options;
    let failures = 0;
    while (!signal.aborted) {
      try {
        if (!this.#isSynced) await this.sync(signal);
        await this.#watchOnce(signal);
        failures = 0;
      } catch (thrown) {
        if (signal.aborted) return;
        if (thrown instanceof KubeError && thrown.status === 410) this.#isSynced = false;
        failures += 1;
        log.warn({ path, reason: (thrown as Error).message }, 'the watch broke; it is taken up again');
        const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(10, failures - 1));
        await clock.sleep(pauseMs, signal).catch(() => undefined);
      }
    }
  }

  async #watchOnce(signal: AbortSignal): Promise<void> {
    const { api, path, silenceMs = defaultSilenceMs } = this.#options;
    const silence = new AbortController();
    const giveUp = (): void =>
      silence.abort(new KubeError(0, 'Timeout', `nothing was heard for ${silenceMs / 1000} s`));
    let timer = setTimeout(giveUp, silenceMs);
    try {
      await withAnySignal([signal, silence.signal], async (either) => {
        const query = {
          watch: 'true',
          allowWatchBookmarks: 'true',
          resourceVersion: this.#version,
          timeoutSeconds: String(watchSeconds),
        };
        for await (const event of api.watch(path, query, either)) {
          clearTimeout(timer);
          timer = setTimeout(giveUp, silenceMs);
          this.#apply(event);
        }
      });
    } finally {
      clearTimeout(timer);
    }
  }

  #apply(sent: unknown): void {
    const event = eventSchema.parse(sent);
    if (event.type === 'ERROR') {
      const { code, reason, message } = statusSchema.parse(event.object);
      throw new KubeError(code, reason, message);
    }
    this.#version = versionSchema.parse(event.object).metadata.resourceVersion;
    if (event.type === 'BOOKMARK') return;
    if (event.type === 'DELETED') {
      const parsed = this.#options.schema.safeParse(event.object);
      if (parsed.success) this.#remove(keyOf(parsed.data), parsed.data);
    } else this.#take(event.object);
  }

  /** @returns the key, or undefined for what cannot be read. */
  #take(sent: unknown): string | undefined {
    const { schema, log, listener, path } = this.#options;
    const parsed = schema.safeParse(sent);
    if (!parsed.success) {
      log.warn(
        { path, reason: z.prettifyError(parsed.error) },
        'an object cannot be read and is passed over',
      );
      return undefined;
    }
    const key = keyOf(parsed.data);
    const before = this.#items.get(key);
    if (before !== undefined && isOlder(parsed.data, before)) return key;
    this.#items.set(key, parsed.data);
    if (before?.metadata.resourceVersion !== parsed.data.metadata.resourceVersion) {
      listener.onChange(parsed.data, before);
    }
    return key;
  }

  #remove(key: string, last?: Item): void {
    const item = this.#items.get(key);
    if (item === undefined) return;
    // Another one of that name is there already.
    if (last !== undefined && last.metadata.uid !== item.metadata.uid) return;
    this.#items.delete(key);
    this.#options.listener.onRemove(last ?? item);
  }
}

const keyOf = ({ metadata: { namespace, name } }: KubeObject): string =>
  namespace === '' ? name : `${namespace}/${name}`;

/** An own write may be answered before the watch tells of an earlier one. Versions of one kind are numbers that grow. */
function isOlder(item: KubeObject, than: KubeObject): boolean {
  const versions = [item.metadata.resourceVersion, than.metadata.resourceVersion].map(Number);
  const [mine = 0, other = 0] = versions;
  return item.metadata.uid === than.metadata.uid && mine < other;
}
