import type { OperationRecord } from '../db/operations.ts';
import { AppError } from '../errors.ts';
import { newId } from '../lib/ids.ts';
import type { StepPlan } from '../operations/kinds.ts';
import { type Quarantined, quarantined } from './compare/quarantined.ts';
import type { DoctorTools } from './doctor-tools.ts';
import { examineOnce } from './examination.ts';
import type { Finding, Mend } from './finding.ts';
import { clusterNodes } from './mend/cluster-nodes.ts';
import { type MendInput, mendKindName } from './mend/mend-kind.ts';
import { planMend } from './mend/plan-mend.ts';

const dayMs = 86_400_000;

/** Something in quarantine, with the time from which on it may be destroyed. */
export type QuarantineItem = Quarantined & { readonly untilMs: number };

/** What was found without an owner is kept here, out of use, before anybody may destroy it. */
export class Quarantine {
  readonly #tools: DoctorTools;

  constructor(tools: DoctorTools) {
    this.#tools = tools;
  }

  /** What is in quarantine, as the nodes say it now. */
  async list(signal: AbortSignal): Promise<QuarantineItem[]> {
    const { look, intent } = await examineOnce(this.#tools, signal);
    const { mountSettings, settings } = this.#tools;
    return quarantined(look, intent, mountSettings).map((item) => ({
      ...item,
      untilMs: item.sinceMs + settings.quarantineMs,
    }));
  }

  /**
   * Puts what a finding is about into quarantine.
   *
   * @throws AppError `doctor.by_hand` for a finding about something else than an orphan; `server.busy`.
   */
  async add(finding: Finding): Promise<OperationRecord> {
    const mend = quarantineMend(finding);
    return this.#tools.engine.submit((tx) => planMend(tx, finding, mend, this.#tools));
  }

  /** Lets something out again. @throws AppError `object.not_found`, `server.busy`. */
  async release(id: string, signal: AbortSignal): Promise<OperationRecord> {
    const item = await this.#find(id, signal);
    return this.#start(item, item.kind === 'brick' ? 'release-brick' : 'release-volume');
  }

  /**
   * Destroys something that was in quarantine long enough.
   *
   * @throws AppError `object.not_found`; `request.conflict` before its stay is over; `server.busy`.
   */
  async destroy(id: string, signal: AbortSignal): Promise<OperationRecord> {
    const item = await this.#find(id, signal);
    const { clock, settings } = this.#tools;
    const until = new Date(item.untilMs).toISOString();
    if (clock.now() < item.untilMs) {
      throw new AppError(
        'request.conflict',
        `${item.object} stays in quarantine until ${until} (doctor.quarantine_days: ${settings.quarantineMs / dayMs})`,
        { details: { id, until } },
      );
    }
    return this.#start(
      item,
      item.kind === 'brick' ? 'destroy-quarantined-brick' : 'destroy-quarantined-volume',
    );
  }

  async #find(id: string, signal: AbortSignal): Promise<QuarantineItem> {
    const item = (await this.list(signal)).find((candidate) => candidate.id === id);
    if (item === undefined) throw new AppError('object.not_found', `nothing in quarantine has the id ${id}`);
    return item;
  }

  async #start(item: QuarantineItem, action: string): Promise<OperationRecord> {
    return this.#tools.engine.submit(async (tx) => {
      const operationId = newId();
      const step: StepPlan =
        item.kind === 'brick'
          ? { action, nodeId: item.nodeId, params: item }
          : { action, nodeId: null, params: { ...item, nodeIds: await clusterNodes(tx, item.clusterId) } };
      const input: MendInput = { findingId: item.id, action, object: item.object };
      return {
        id: operationId,
        kind: mendKindName,
        clusterId: item.clusterId,
        target: { kind: 'quarantine', id: item.id },
        input,
        plan: { stages: [[step]] },
      };
    });
  }
}

function quarantineMend(
  finding: Finding,
): Extract<Mend, { action: 'quarantine-brick' } | { action: 'quarantine-volume' }> {
  const { mend } = finding;
  if (mend.action === 'quarantine-brick' || mend.action === 'quarantine-volume') return mend;
  if (mend.action === 'adopt-volume') return { ...mend, action: 'quarantine-volume' };
  throw new AppError(
    'doctor.by_hand',
    `${finding.object} is nothing that could be put into quarantine: ${finding.advice}`,
  );
}
