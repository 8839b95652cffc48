import type { Database } from '../db/database.ts';
import type { NodeRecord } from '../db/nodes.ts';
import { compare } from './compare/compare.ts';
import type { DoctorTools } from './doctor-tools.ts';
import type { Finding, FindingKind } from './finding.ts';
import { readIntent, type SteadyIntent, steadyIntent } from './look/intent.ts';
import { type Look, lookAt } from './look/look.ts';

export interface Examination {
  readonly findings: readonly Finding[];
  readonly look: Look;
  readonly intent: SteadyIntent;
}

/** What operations do side by side with a look takes about so long to come to an end. */
const secondLookMs = 2000;

/** Nodes that commands may be sent to. */
export const isInReach = ({ phase, lostAtMs }: NodeRecord): boolean => phase === 'ready' && lostAtMs === null;

/**
 * Looks at all nodes and compares. On a busy system a difference may be an operation half done, or one that came and went
 * during the look: then only what a second look finds again counts.
 */
export async function examine(tools: DoctorTools, signal: AbortSignal): Promise<Examination> {
  const first = await examineOnce(tools, signal);
  if (first.findings.length === 0 || first.intent.isQuiet) return first;
  await tools.clock.sleep(secondLookMs, signal);
  const second = await examineOnce(tools, signal);
  const seen = new Set(first.findings.map(traceOf));
  return { ...second, findings: second.findings.filter((finding) => seen.has(traceOf(finding))) };
}

/** Findings that sum up several things: the same one twice may be two passing states of different things. */
const coarse: ReadonlySet<FindingKind> = new Set(['space-differs', 'volumes-disagree']);

const traceOf = ({ id, kind, evidence }: Finding): string => (coarse.has(kind) ? `${id} ${evidence}` : id);

/** One look, one comparison. */
export async function examineOnce(
  tools: Omit<DoctorTools, 'database'> & { readonly database: Pick<Database, 'read'> },
  signal: AbortSignal,
): Promise<Examination> {
  const { database, access, engine, commands, mountSettings, settings } = tools;
  const before = await readIntent(database.read);
  const lookTools = { access, lanes: engine.lanes, ...commands, mountSettings, settings };
  const look = await lookAt(before.nodes.filter(isInReach), lookTools, signal);
  const intent = steadyIntent(before, await readIntent(database.read));
  return {
    look,
    intent,
    findings: compare(look, intent, { mountSettings, poolLimitPercent: settings.poolLimitPercent }),
  };
}
