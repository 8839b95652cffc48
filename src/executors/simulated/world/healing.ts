/**
 * Which bricks lack what the others of their set have. Nobody writes to simulated volumes, so a brick lacks something only
 * after it took another's place, or because a test says so; it is healed a little each time somebody looks.
 */
import { isServed, setSize } from './gluster.ts';
import type { GlusterBrick, GlusterVolume } from './state.ts';
import type { World } from './world.ts';

/** What a brick lacks that has just taken another's place. */
const backlog = 3;

/** gluster 10 says that nothing is pending until its daemon has reached a new brick of a dispersed volume. */
const unnoticedLooks = 6;

const isUnnoticed = (volume: GlusterVolume, { name }: GlusterBrick): boolean =>
  volume.unnoticed?.has(name) === true;

/** Whether what the brick lacks, if anything, has been noted: its top folder is healed by then. */
export const isNoticed = (volume: GlusterVolume, node: string, path: string): boolean =>
  !volume.bricks.some((brick) => brick.node === node && brick.path === path && isUnnoticed(volume, brick));

const lackOf = (volume: GlusterVolume, brick: GlusterBrick): number => volume.healing?.get(brick.name) ?? 0;

/** From now on the brick lacks so many entries. */
export function setLack(volume: GlusterVolume, name: string, entries: number): void {
  volume.healing ??= new Map();
  if (entries > 0) volume.healing.set(name, entries);
  else volume.healing.delete(name);
}

function othersOfSet({ bricks, shape }: GlusterVolume, index: number): GlusterBrick[] {
  const size = setSize(shape);
  const first = index - (index % size);
  return bricks.slice(first, first + size).filter((_, at) => first + at !== index);
}

/** Entries of which the brick knows that another of its set lacks them; one that lacks something itself knows of none. */
export function pendingOn(volume: GlusterVolume, index: number): number {
  const brick = volume.bricks[index];
  if (brick === undefined || lackOf(volume, brick) > 0) return 0;
  const noticed = othersOfSet(volume, index).filter((other) => !isUnnoticed(volume, other));
  return Math.max(0, ...noticed.map((other) => lackOf(volume, other)));
}

/** Bricks of the set, beside the one at `index`, that have all the data: enough of them? */
function isDataSafeWithout(volume: GlusterVolume, index: number): boolean {
  const { shape } = volume;
  const whole = othersOfSet(volume, index).filter((brick) => lackOf(volume, brick) === 0);
  if (shape.disperse > 0) return whole.length >= shape.disperse - shape.redundancy;
  const isArbiter = (brick: GlusterBrick): boolean =>
    shape.arbiter > 0 && volume.bricks.indexOf(brick) % shape.replica === shape.replica - 1;
  return whole.some((brick) => !isArbiter(brick));
}

/** Keeps the books when a brick takes the place of the one at `index`; the caller puts it there. */
export function noteReplaced(
  world: World,
  volume: GlusterVolume,
  index: number,
  incoming: GlusterBrick,
): void {
  world.touch();
  const outgoing = volume.bricks[index];
  if (!isDataSafeWithout(volume, index)) volume.isDataLost = true;
  if (outgoing !== undefined) {
    setLack(volume, outgoing.name, 0);
    volume.unnoticed?.delete(outgoing.name);
  }
  setLack(volume, incoming.name, backlog);
  if (volume.shape.disperse === 0) return;
  volume.unnoticed ??= new Map();
  volume.unnoticed.set(incoming.name, unnoticedLooks);
}

/** A look passes: the daemon comes nearer to the new brick. */
function notice(volume: GlusterVolume, { name }: GlusterBrick): void {
  const left = (volume.unnoticed?.get(name) ?? 0) - 1;
  if (left > 0) volume.unnoticed?.set(name, left);
  else volume.unnoticed?.delete(name);
}

/** A part of what is lacking is healed, where the brick runs and enough others that are whole. */
export function healABit(world: World, volume: GlusterVolume): void {
  volume.bricks.forEach((brick, index) => {
    const lack = lackOf(volume, brick);
    if (lack === 0 || !isServed(world, brick)) return;
    if (isUnnoticed(volume, brick)) {
      world.touch();
      notice(volume, brick);
      return;
    }
    const sources = othersOfSet(volume, index).filter(
      (other) => lackOf(volume, other) === 0 && isServed(world, other),
    );
    const needed = Math.max(1, volume.shape.disperse - volume.shape.redundancy);
    if (sources.length < needed) return;
    world.touch();
    setLack(volume, brick.name, Math.floor(lack / 2));
  });
}
