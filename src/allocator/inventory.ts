import { type Candidate, compareCandidates, type DeviceView, toCandidate } from './device.ts';
import { EmptiestFirst } from './emptiest-first.ts';
import type { ArbiterTag } from './tags.ts';

/**
 * The devices of one cluster. Usable ones are kept in order, emptiest first, so that a request reads the few devices it
 * takes and nothing else: `put` and `remove` cost a binary search and one move in an array, `place` neither sorts nor
 * copies. Unusable ones are kept to explain refusals.
 */
export class Inventory {
  #candidates = new Map<string, Candidate>();
  /** Usable devices by fill, then id: the order does not depend on the order of insertion. */
  #ranked: Candidate[] = [];
  #nodes = new Tally<string>();
  #zones = new Tally<number>();
  #arbiterTags = new Tally<ArbiterTag>();

  constructor(devices: Iterable<DeviceView> = []) {
    for (const device of devices) this.put(device);
  }

  /** Devices, usable or not. */
  get size(): number {
    return this.#candidates.size;
  }

  /** Usable devices. */
  get usableSize(): number {
    return this.#ranked.length;
  }

  /** Nodes with a usable device. */
  get usableNodes(): number {
    return this.#nodes.size;
  }

  /** Zones with a usable device. */
  get usableZones(): number {
    return this.#zones.size;
  }

  /** Usable devices whose tag `arbiter` has this value. */
  countTagged(tag: ArbiterTag): number {
    return this.#arbiterTags.count(tag);
  }

  get(deviceId: string): DeviceView | undefined {
    return this.#candidates.get(deviceId)?.device;
  }

  /** Adds a device or replaces the one of the same id. The view is copied; later changes come by another `put`. */
  put(device: DeviceView): void {
    this.remove(device.id);
    const candidate = toCandidate(device);
    this.#candidates.set(device.id, candidate);
    if (!isUsable(candidate)) return;
    this.#ranked.splice(rankOf(this.#ranked, candidate), 0, candidate);
    this.#count(candidate);
  }

  /** Removing a device that is not there is fine. */
  remove(deviceId: string): void {
    const candidate = this.#candidates.get(deviceId);
    if (candidate === undefined) return;
    this.#candidates.delete(deviceId);
    if (!isUsable(candidate)) return;
    this.#ranked.splice(rankOf(this.#ranked, candidate), 1);
    this.#nodes.drop(candidate.device.nodeId);
    this.#zones.drop(candidate.device.zone);
    this.#arbiterTags.drop(candidate.arbiter);
  }

  /** A walk over the usable devices, emptiest first; equally full ones start at a place that `seed` decides. */
  emptiestFirst(seed: string): EmptiestFirst {
    return new EmptiestFirst(this.#ranked, seed);
  }

  /** Every device, in no particular order. For explanations; placing uses `emptiestFirst`. */
  candidates(): IterableIterator<Candidate> {
    return this.#candidates.values();
  }

  /** A copy with only the devices that pass. */
  filter(keep: (candidate: Candidate) => boolean): Inventory {
    const copy = new Inventory();
    copy.#candidates = new Map([...this.#candidates].filter(([, candidate]) => keep(candidate)));
    copy.#ranked = this.#ranked.filter(keep);
    for (const candidate of copy.#ranked) copy.#count(candidate);
    return copy;
  }

  /** A copy with these devices added or replaced, to try out what would be if. */
  with(devices: Iterable<DeviceView>): Inventory {
    const copy = new Inventory();
    copy.#candidates = new Map(this.#candidates);
    copy.#ranked = [...this.#ranked];
    copy.#nodes = this.#nodes.copy();
    copy.#zones = this.#zones.copy();
    copy.#arbiterTags = this.#arbiterTags.copy();
    for (const device of devices) copy.put(device);
    return copy;
  }

  #count({ device, arbiter }: Candidate): void {
    this.#nodes.add(device.nodeId);
    this.#zones.add(device.zone);
    this.#arbiterTags.add(arbiter);
  }
}

/** How many usable devices share a node, a zone, a tag. */
class Tally<Key> {
  #counts = new Map<Key, number>();

  get size(): number {
    return this.#counts.size;
  }

  count(key: Key): number {
    return this.#counts.get(key) ?? 0;
  }

  add(key: Key): void {
    this.#counts.set(key, this.count(key) + 1);
  }

  drop(key: Key): void {
    const left = this.count(key) - 1;
    if (left > 0) this.#counts.set(key, left);
    else this.#counts.delete(key);
  }

  copy(): Tally<Key> {
    const copy = new Tally<Key>();
    copy.#counts = new Map(this.#counts);
    return copy;
  }
}

function isUsable({ device }: Candidate): boolean {
  return device.unusable === undefined;
}

/** Where the candidate stands in the order, or would stand: a binary search. */
function rankOf(ranked: readonly Candidate[], candidate: Candidate): number {
  let low = 0;
  let high = ranked.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const there = ranked[middle];
    if (there !== undefined && compareCandidates(there, candidate) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
