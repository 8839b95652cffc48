import type { Candidate } from './candidate.ts';
import { type Findings, noFindings } from './fault.ts';
import { meaninglessVariables } from './heketi/variables.ts';
import { configKeys, type KeyInfo, type KeyPath, keyInfos } from './schema.ts';
import { nearest } from './suggest.ts';

/** Environment variables: name and text. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Names the configuration file; not a key, since no file can name itself. */
export const configVariable = 'MORTAR_CONFIG';

/** Finds what the environment sets. An empty variable sets nothing. `weaker` has the values of the file. */
export function readVariables(
  env: Environment,
  weaker: (path: KeyPath) => unknown,
): { candidates: Candidate[]; findings: Findings } {
  const candidates = [...keyInfos.values()].flatMap((info) => [
    ...heketiCandidates(info, env, weaker),
    ...ownCandidate(info, env),
  ]);
  const findings = noFindings();
  findings.warnings.push(...meaningless(env));
  for (const name of unknownVariables(env)) reportUnknown(name, findings);
  return { candidates, findings };
}

function ownCandidate({ path, key, variable }: KeyInfo, env: Environment): Candidate[] {
  const text = env[variable];
  if (text === undefined || text === '') return [];
  return [{ ...candidateOf(path, variable, text), raw: key.kind.fromText(text) }];
}

function heketiCandidates(info: KeyInfo, env: Environment, weaker: (path: KeyPath) => unknown): Candidate[] {
  return (info.key.heketi ?? []).flatMap((variable) => {
    const text = env[variable.name];
    if (text === undefined || text === '') return [];
    const read = variable.read ?? info.key.kind.fromText;
    const raw = read(text, weaker(info.path));
    return raw === undefined ? [] : [{ ...candidateOf(info.path, variable.name, text), raw }];
  });
}

function candidateOf(path: KeyPath, variable: string, text: string): Omit<Candidate, 'raw'> {
  return { path, source: { kind: 'environment', variable }, writtenAs: path, written: text };
}

function meaningless(env: Environment): Findings['warnings'] {
  return [...meaninglessVariables].flatMap(([variable, reason]) =>
    env[variable] === undefined || env[variable] === ''
      ? []
      : [{ key: '', source: { kind: 'environment', variable }, message: `has no meaning here: ${reason}` }],
  );
}

/** Kubernetes gives a pod such variables for a service named `mortar` or `mortar-…`. */
const serviceVariable = /_SERVICE_(HOST|PORT\w*)$|_PORT_\d+_(TCP|UDP|SCTP)\w*$/;

function unknownVariables(env: Environment): string[] {
  const known = new Set([configVariable, ...[...keyInfos.values()].map((info) => info.variable)]);
  return Object.keys(env).filter((name) => {
    if (!name.startsWith('MORTAR_') || known.has(name) || serviceVariable.test(name)) return false;
    return !/^\w+:\/\//.test(env[name] ?? '') || !name.endsWith('_PORT');
  });
}

/** A slip of the pen is a fault; other variables of the prefix may belong to other programs, so they are only named. */
function reportUnknown(variable: string, findings: Findings): void {
  const source = { kind: 'environment', variable } as const;
  const meant = nearest(
    variable.slice('MORTAR_'.length),
    [...keyInfos.values()].map((info) => info.variable.slice('MORTAR_'.length)),
  );
  const inGroup = Object.entries(configKeys).some(
    ([name, member]) => member.node === 'group' && variable.startsWith(`MORTAR_${name.toUpperCase()}_`),
  );
  if (meant === undefined && !inGroup) {
    findings.warnings.push({ key: '', source, message: 'is no variable of the server and sets nothing' });
    return;
  }
  const remedy = meant === undefined ? 'unset it' : `did you mean \`MORTAR_${meant}\`?`;
  findings.faults.push({ key: '', source, found: 'unknown variable', remedy });
}
