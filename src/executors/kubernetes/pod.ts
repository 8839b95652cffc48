import { z } from 'zod';

/** A pod, as far as finding one goes. */
export interface Pod {
  readonly name: string;
  readonly nodeName: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  /** Pending, Running, Succeeded, Failed or Unknown. */
  readonly phase: string;
  readonly isReady: boolean;
  readonly isEnding: boolean;
  /** In the order of the pod's definition. */
  readonly containers: readonly Container[];
}

interface Container {
  readonly name: string;
  /** Why it does not run: "CrashLoopBackOff"; undefined when it runs, or nothing is said. */
  readonly trouble: string | undefined;
}

const stateSchema = z.object({
  waiting: z.object({ reason: z.string().optional() }).optional(),
  terminated: z.object({ reason: z.string().optional() }).optional(),
});

/** What else Kubernetes says of a pod is none of our business. */
const podSchema = z.object({
  metadata: z.object({
    name: z.string(),
    labels: z.record(z.string(), z.string()).optional(),
    deletionTimestamp: z.string().optional(),
  }),
  spec: z.object({
    nodeName: z.string().optional(),
    containers: z.array(z.object({ name: z.string() })).min(1),
  }),
  status: z
    .object({
      phase: z.string().optional(),
      conditions: z.array(z.object({ type: z.string(), status: z.string() })).optional(),
      containerStatuses: z.array(z.object({ name: z.string(), state: stateSchema.optional() })).optional(),
    })
    .optional(),
});

export const podListSchema = z.object({
  metadata: z.object({ resourceVersion: z.string() }),
  items: z.array(podSchema),
});

const version = z.object({ metadata: z.object({ resourceVersion: z.string() }) });

export const watchEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.enum(['ADDED', 'MODIFIED', 'DELETED']), object: podSchema.and(version) }),
  z.object({ type: z.literal('BOOKMARK'), object: version }),
  z.object({
    type: z.literal('ERROR'),
    object: z.object({ code: z.number().optional(), message: z.string().optional() }),
  }),
]);

export function toPod({ metadata, spec, status }: z.infer<typeof podSchema>): Pod {
  const states = new Map(status?.containerStatuses?.map(({ name, state }) => [name, state]));
  return {
    name: metadata.name,
    nodeName: spec.nodeName,
    labels: metadata.labels ?? {},
    phase: status?.phase ?? 'Pending',
    isReady:
      status?.conditions?.some(({ type, status: holds }) => type === 'Ready' && holds === 'True') ?? false,
    isEnding: metadata.deletionTimestamp !== undefined,
    containers: spec.containers.map(({ name }) => ({ name, trouble: troubleOf(states.get(name)) })),
  };
}

function troubleOf(state: z.infer<typeof stateSchema> | undefined): string | undefined {
  if (state?.waiting !== undefined) return state.waiting.reason ?? 'it waits';
  if (state?.terminated !== undefined) return state.terminated.reason ?? 'it has ended';
  return undefined;
}
