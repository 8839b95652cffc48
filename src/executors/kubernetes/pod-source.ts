import { createInterface } from 'node:readline';
import type { ClusterAccess } from './access.ts';
import { ApiFailure } from './api-failure.ts';
import { get, getText } from './api-request.ts';
import { type Pod, podListSchema, toPod, watchEventSchema } from './pod.ts';

export interface PodList {
  readonly pods: readonly Pod[];
  /** From where a watch goes on. */
  readonly version: string;
}

export type PodEvent =
  | { readonly kind: 'seen' | 'gone'; readonly pod: Pod; readonly version: string }
  | { readonly kind: 'bookmark'; readonly version: string };

/** Where pods are learnt of. */
export interface PodSource {
  /** @throws ApiFailure */
  list(signal: AbortSignal): Promise<PodList>;
  /**
   * The events after a version, until the server ends the watch, which it does every few minutes. @throws ApiFailure, with
   * status 410 when the version is too old.
   */
  watch(version: string, signal: AbortSignal): AsyncIterable<PodEvent>;
}

export interface PodQuery {
  readonly namespace: string;
  /** Only pods that have this label; all of the namespace when absent. */
  readonly label?: string | undefined;
}

const answerMs = 15_000;
const watchSeconds = 240;
/** The server sends a bookmark every minute, so a longer silence means that the connection was cut. */
const longestSilenceMs = 150_000;

/** The pods that an API server tells of. */
export function podsOf(access: ClusterAccess, query: PodQuery): PodSource {
  const path = (more: Readonly<Record<string, string>>): string => {
    const selector = query.label === undefined ? {} : { labelSelector: query.label };
    const words = new URLSearchParams({ ...selector, ...more }).toString();
    return `/api/v1/namespaces/${encodeURIComponent(query.namespace)}/pods?${words}`;
  };
  return {
    list: async (signal) => {
      // Version 0: from the server's memory instead of its database.
      const text = await getText(access, path({ resourceVersion: '0' }), { timeoutMs: answerMs, signal });
      const list = readAs(text, podListSchema);
      return { pods: list.items.map(toPod), version: list.metadata.resourceVersion };
    },
    watch: (version, signal) => {
      const more = {
        watch: 'true',
        allowWatchBookmarks: 'true',
        timeoutSeconds: String(watchSeconds),
        resourceVersion: version,
      };
      return readEvents(access, path(more), signal);
    },
  };
}

async function* readEvents(
  access: ClusterAccess,
  path: string,
  signal: AbortSignal,
): AsyncIterable<PodEvent> {
  const response = await get(access, path, { timeoutMs: answerMs, signal });
  const silence = setTimeout(() => response.destroy(new Error('the watch fell silent')), longestSilenceMs);
  try {
    for await (const line of createInterface(response)) {
      silence.refresh();
      if (line !== '') yield readEvent(line);
    }
  } catch (error) {
    if (signal.aborted || error instanceof ApiFailure) throw error;
    throw ApiFailure.ofNetwork(error as Error);
  } finally {
    clearTimeout(silence);
    response.destroy();
  }
}

function readEvent(line: string): PodEvent {
  const event = readAs(line, watchEventSchema);
  switch (event.type) {
    case 'ERROR':
      throw new ApiFailure(event.object.message ?? 'the watch was ended', {
        status: event.object.code ?? 500,
      });
    case 'BOOKMARK':
      return { kind: 'bookmark', version: event.object.metadata.resourceVersion };
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED': {
      const kind = event.type === 'DELETED' ? 'gone' : 'seen';
      return { kind, pod: toPod(event.object), version: event.object.metadata.resourceVersion };
    }
  }
}

interface Schema<Value> {
  safeParse(value: unknown): { readonly success: true; readonly data: Value } | { readonly success: false };
}

/** @throws ApiFailure for what is not of the form. */
function readAs<Value>(text: string, schema: Schema<Value>): Value {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ApiFailure(`an answer that cannot be read: ${text.slice(0, 200)}`, { status: 200 });
}
