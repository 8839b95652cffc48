import { isNode, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { AppError } from '../../../errors.ts';
import { type SimulationDescription, type SimulationInput, simulationSchema } from './schema.ts';

type Path = readonly PropertyKey[];

/**
 * Reads a simulation file, YAML or JSON.
 *
 * @param name the file's name, for errors.
 * @param base what holds for keys that the file leaves out; the file's delays and faults come after those of the base.
 * @throws AppError `config.invalid` that names every fault with its line and key.
 */
export function readDescription(
  name: string,
  text: string,
  base: SimulationInput = {},
): SimulationDescription {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    throw invalid(
      document.errors.map(
        ({ pos, message }) => `${name}:${lines.linePos(pos[0]).line}: cannot be read: ${message}`,
      ),
    );
  }
  const parsed = simulationSchema.safeParse(document.toJS({ maxAliasCount: 100 }) ?? {});
  if (parsed.success)
    return simulationSchema.parse(withBase(document.toJS() as SimulationInput | null, base));
  const lineOf = (path: Path): number => {
    for (let length = path.length; length >= 0; length -= 1) {
      const node = document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
    return 1;
  };
  throw invalid(
    parsed.error.issues
      .flatMap(faultsOf)
      .map(({ path, words }) => `${name}:${lineOf(path)}: ${keyOf(path)}: ${words}`),
  );
}

function withBase(written: SimulationInput | null, base: SimulationInput): SimulationInput {
  return {
    ...base,
    ...written,
    latency: [...(base.latency ?? []), ...(written?.latency ?? [])],
    faults: [...(base.faults ?? []), ...(written?.faults ?? [])],
  };
}

/** One fault a key: an issue about unknown keys may name several. */
function faultsOf(issue: z.core.$ZodIssue): { readonly path: Path; readonly words: string }[] {
  if (issue.code !== 'unrecognized_keys') return [{ path: issue.path, words: issue.message }];
  return issue.keys.map((key) => ({ path: [...issue.path, key], words: 'there is no such key' }));
}

/** `nodes[0].disks[1].path`. */
const keyOf = (path: Path): string =>
  path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`,
    )
    .join('') || 'the file';

const invalid = (faults: readonly string[]): AppError =>
  new AppError('config.invalid', `the simulation has faults: ${faults.join('; ')}`, { details: { faults } });
