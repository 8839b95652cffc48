/**
 * Numbers that look random and are the same for the same seed and the same calls, so that a simulated world can be
 * replayed. The generator is sfc32; its state is plain data and is kept with the world.
 */
export type RandomState = [number, number, number, number];

export function seedRandom(seed: number): RandomState {
  const state: RandomState = [0x9e3779b9, 0x243f6a88, 0xb7e15162, seed >>> 0];
  for (let round = 0; round < 12; round += 1) nextUint32(state);
  return state;
}

function nextUint32(state: RandomState): number {
  const [a, b, c, counter] = state;
  const sum = (a + b + counter) >>> 0;
  state[0] = (b ^ (b >>> 9)) >>> 0;
  state[1] = (c + (c << 3)) >>> 0;
  state[2] = (((c << 21) | (c >>> 11)) + sum) >>> 0;
  state[3] = (counter + 1) >>> 0;
  return sum;
}

const hexOf = (value: number): string => value.toString(16).padStart(8, '0');

/** A UUID as mkfs and glusterd give them. */
export function nextUuid(state: RandomState): string {
  const hex = Array.from({ length: 4 }, () => hexOf(nextUint32(state))).join('');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20),
  ].join('-');
}

const lvmAlphabet = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const lvmGroups = [6, 4, 4, 4, 4, 4, 6];

/** A UUID as LVM gives them. */
export function nextLvmUuid(state: RandomState): string {
  const characters = (length: number): string =>
    Array.from({ length }, () => lvmAlphabet[nextUint32(state) % lvmAlphabet.length]).join('');
  return lvmGroups.map(characters).join('-');
}
