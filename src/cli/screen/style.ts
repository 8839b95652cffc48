import { createColors } from 'picocolors';
import type { Surroundings } from '../surroundings.ts';

/** How things look: with colours and borders on a terminal, without them elsewhere. */
export interface Style {
  readonly isFancy: boolean;
  readonly bold: (text: string) => string;
  /** What matters less. */
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly accent: (text: string) => string;
}

/** @param isFancy whether a person looks; NO_COLOR and a dumb terminal then still mean no colours. */
export function createStyle(isFancy: boolean, env: Surroundings['env']): Style {
  const hasColours = isFancy && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb';
  const colours = createColors(hasColours);
  return {
    isFancy,
    bold: colours.bold,
    dim: colours.dim,
    good: colours.green,
    warn: colours.yellow,
    bad: colours.red,
    accent: colours.cyan,
  };
}
