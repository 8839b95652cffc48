import type { Answer } from '../world/answer.ts';
import type { NodeState } from '../world/state.ts';
import type { World } from '../world/world.ts';

/** One call of a program on a simulated node. */
export interface Call {
  readonly world: World;
  readonly node: NodeState;
  /** The program's name without its folder. */
  readonly program: string;
  readonly args: readonly string[];
  readonly stdin: string;
  /** Runs another program, as `flock` does. */
  run(argv: readonly string[]): Answer;
}

/** A simulated program. It changes the world at once and says what the real one would say. */
export type Program = (call: Call) => Answer;

/** Thrown by a program for a use of it that is not simulated, so that a new command is noticed at once. */
export class NotSimulated extends Error {}
