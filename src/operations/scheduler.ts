/** An operation that wants a slot. */
export interface Candidate {
  readonly id: string;
  readonly clusterId: string | null;
}

export interface SlotLimits {
  /** Operations that run at the same time. */
  readonly maxRunning: number;
  /** Of these, operations of one cluster: a cluster in trouble must not take every slot. */
  readonly maxRunningPerCluster: number;
}

/** Ids of the waiting of one cluster with their tickets, in order of arrival. */
type Queue = Map<string, number>;

/**
 * Who runs next: in order of arrival, except that a cluster with all its slots taken lets the others pass. Every call
 * costs the same with ten waiting and with ten thousand.
 */
export class Scheduler {
  readonly #limits: SlotLimits;
  readonly #queues = new Map<string | null, Queue>();
  readonly #clusterOf = new Map<string, string | null>();
  readonly #running = new Map<string, Candidate>();
  readonly #runningPerCluster = new Map<string | null, number>();
  #lastTicket = 0;
  #lastServed = 0;

  constructor(limits: SlotLimits) {
    this.#limits = limits;
  }

  get waitingCount(): number {
    return this.#clusterOf.size;
  }

  get runningCount(): number {
    return this.#running.size;
  }

  /** Place in the queue, counted from 1 (called-off ones ahead of it may be counted); undefined when it does not wait. */
  position(id: string): number | undefined {
    const ticket = this.#queues.get(this.#clusterOf.get(id) ?? null)?.get(id);
    if (ticket === undefined) return undefined;
    return Math.min(Math.max(1, ticket - this.#lastServed), this.waitingCount);
  }

  /** Whether it waits or holds a slot. */
  has(id: string): boolean {
    return this.#clusterOf.has(id) || this.#running.has(id);
  }

  add(candidate: Candidate): void {
    this.#lastTicket += 1;
    const queue = this.#queues.get(candidate.clusterId) ?? new Map<string, number>();
    queue.set(candidate.id, this.#lastTicket);
    this.#queues.set(candidate.clusterId, queue);
    this.#clusterOf.set(candidate.id, candidate.clusterId);
  }

  /** Takes it out of the queue. @returns whether it waited. */
  remove(id: string): boolean {
    const clusterId = this.#clusterOf.get(id);
    if (clusterId === undefined) return false;
    this.#leaveQueue(id, clusterId);
    return true;
  }

  /** Takes a slot at once when one is free and nobody waits. @returns whether it did. */
  tryStart(candidate: Candidate): boolean {
    if (this.waitingCount > 0 || !this.#hasSlot(candidate.clusterId)) return false;
    this.#start(candidate);
    return true;
  }

  /** The next operation that may run, if any; it holds a slot until `release`. */
  next(): Candidate | undefined {
    let first: { id: string; clusterId: string | null; ticket: number } | undefined;
    for (const [clusterId, queue] of this.#queues) {
      const [head] = queue;
      if (head === undefined || !this.#hasSlot(clusterId)) continue;
      if (first === undefined || head[1] < first.ticket) first = { id: head[0], clusterId, ticket: head[1] };
    }
    if (first === undefined) return undefined;
    this.#leaveQueue(first.id, first.clusterId);
    this.#lastServed = Math.max(this.#lastServed, first.ticket);
    this.#start(first);
    return first;
  }

  /** Gives the slot back. */
  release(id: string): void {
    const running = this.#running.get(id);
    if (running === undefined) return;
    this.#running.delete(id);
    const left = (this.#runningPerCluster.get(running.clusterId) ?? 1) - 1;
    if (left === 0) this.#runningPerCluster.delete(running.clusterId);
    else this.#runningPerCluster.set(running.clusterId, left);
  }

  /** Gives the slot back and waits again, behind the others. */
  putBack(candidate: Candidate): void {
    this.release(candidate.id);
    this.add(candidate);
  }

  #leaveQueue(id: string, clusterId: string | null): void {
    const queue = this.#queues.get(clusterId);
    queue?.delete(id);
    if (queue?.size === 0) this.#queues.delete(clusterId);
    this.#clusterOf.delete(id);
  }

  #hasSlot(clusterId: string | null): boolean {
    if (this.#running.size >= this.#limits.maxRunning) return false;
    return (
      clusterId === null || (this.#runningPerCluster.get(clusterId) ?? 0) < this.#limits.maxRunningPerCluster
    );
  }

  #start({ id, clusterId }: Candidate): void {
    this.#running.set(id, { id, clusterId });
    this.#runningPerCluster.set(clusterId, (this.#runningPerCluster.get(clusterId) ?? 0) + 1);
  }
}
