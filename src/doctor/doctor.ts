import type { OperationRecord } from '../db/operations.ts';
import type { Reads } from '../db/queries.ts';
import { AppError, toAppError } from '../errors.ts';
import { sharedController } from '../lib/abort.ts';
import { withAnySignal } from '../lib/any-signal.ts';
import { newId } from '../lib/ids.ts';
import type { Action, OperationKind } from '../operations/kinds.ts';
import { Adoption } from './adopt/adoption.ts';
import type { DoctorTools } from './doctor-tools.ts';
import { type Examination, examine, examineOnce } from './examination.ts';
import type { Finding, FindingKind, Severity } from './finding.ts';
import { ImprintKeeper } from './imprint-keeper.ts';
import { lookKind, reconcileKind } from './look/intent.ts';
import { mendActions, mendKind } from './mend/mend-kind.ts';
import { planMend } from './mend/plan-mend.ts';
import { Quarantine } from './quarantine.ts';
import { Rebuild } from './rebuild/rebuild.ts';
import { type MendStart, type Reconciliation, reconcile } from './reconcile.ts';

/** A finding with the times at which it was seen. */
export interface KnownFinding extends Finding {
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
}

export interface DoctorSummary {
  /** End of the last look; null before the first of this process. */
  readonly lookedAtMs: number | null;
  readonly counts: readonly {
    readonly kind: FindingKind;
    readonly severity: Severity;
    readonly count: number;
  }[];
}

/** The first look waits so long after the start, or for the interval when that is shorter. */
const startDelayMs = 5 * 60_000;

/** Compares the nodes with the database, remembers what differs, and mends what is asked for. */
export class Doctor {
  readonly #tools: DoctorTools;
  readonly #stop = sharedController();
  readonly quarantine: Quarantine;
  readonly adoption: Adoption;
  readonly rebuild: Rebuild;
  readonly imprints: ImprintKeeper;
  #lookedAtMs: number | null = null;
  #summary: DoctorSummary['counts'] = [];
  #loop: Promise<void> | undefined;

  constructor(tools: DoctorTools) {
    this.#tools = tools;
    this.quarantine = new Quarantine(tools);
    this.adoption = new Adoption(tools);
    this.rebuild = new Rebuild(tools);
    this.imprints = new ImprintKeeper(tools);
    tools.engine.register(
      [looking(lookKind), looking(reconcileKind), mendKind],
      [this.#lookAction(), this.#reconcileAction(), ...mendActions(tools)],
    );
  }

  /** Begins to look by itself, when that is configured. */
  start(): void {
    if (this.#tools.settings.enabled) this.#loop = this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort(new AppError('server.stopping'));
    this.imprints.stop();
    await this.#loop;
  }

  /** Takes a look in as an operation; its result is the list of findings. @throws AppError `server.busy`. */
  async startLook(): Promise<OperationRecord> {
    return this.#startOver(lookKind, 'look-at-nodes');
  }

  /** The same for a reconciliation. @throws AppError `server.busy`. */
  async startReconciliation(): Promise<OperationRecord> {
    return this.#startOver(reconcileKind, 'reconcile-nodes');
  }

  async #startOver(kind: string, action: string): Promise<OperationRecord> {
    return this.#tools.engine.submit(async () => {
      const id = newId();
      const stages = [[{ action, nodeId: null, params: {} }]];
      return { id, kind, clusterId: null, target: { kind: 'nodes', id }, input: {}, plan: { stages } };
    });
  }

  /**
   * After a restore: takes up again what came after the backup (`reconcile.ts`). May be called before the engine has started.
   */
  async reconcile(signal: AbortSignal = this.#stop.signal): Promise<Reconciliation> {
    const { engine, log } = this.#tools;
    const parts = {
      look: (either: AbortSignal) => this.look(either),
      mend: (ids: readonly string[]) => this.mend(ids),
      whenEnded: (id: string) => engine.whenEnded(id),
    };
    const outcome = await reconcile(parts, signal);
    const { taken, refused, left } = outcome;
    log.info({ taken, refused, left: left.length }, 'the nodes were reconciled with the database');
    return outcome;
  }

  /** Looks at all nodes now and remembers what was found. One look at a time. */
  async look(signal: AbortSignal = this.#stop.signal): Promise<Examination> {
    const { engine } = this.#tools;
    return engine.lanes.with(
      ['doctor'],
      async () => {
        const examination = await examine(this.#tools, signal);
        for (const node of examination.look.nodes)
          if ('facts' in node) await this.#tools.pools.see(node.nodeId, node.facts.logicalVolumes);
        await this.#remember(examination);
        return examination;
      },
      signal,
    );
  }

  /** Compares the nodes with another database than the one in use, such as that of a backup. Remembers nothing. */
  async compareWith(reads: Reads, signal: AbortSignal = this.#stop.signal): Promise<readonly Finding[]> {
    const { findings } = await examineOnce({ ...this.#tools, database: { read: reads } }, signal);
    return findings;
  }

  /** What was found at the last looks, also of an earlier process. */
  async findings(): Promise<KnownFinding[]> {
    const records = await this.#tools.database.read.findings.list();
    return records.map(({ document, firstSeenMs, lastSeenMs }) => ({
      ...(document as Finding),
      firstSeenMs,
      lastSeenMs,
    }));
  }

  /** How many findings there are of each kind and weight, for metrics. Reads nothing. */
  summary(): DoctorSummary {
    return { lookedAtMs: this.#lookedAtMs, counts: this.#summary };
  }

  /**
   * Starts an operation for each finding that can be mended. Each looks again before it does anything: what was found may
   * be gone.
   */
  async mend(findingIds: readonly string[]): Promise<MendStart[]> {
    const started = new Map<string, Promise<OperationRecord>>();
    return this.#startEach(findingIds, (finding) => {
      // One mend may be good for several findings.
      const key = JSON.stringify(finding.mend);
      const start = started.get(key) ?? this.#startMend(finding);
      if (finding.mend.action !== 'none') started.set(key, start);
      return start;
    });
  }

  /** Starts an operation for each finding about an orphan that puts it into quarantine. */
  async isolate(findingIds: readonly string[]): Promise<MendStart[]> {
    return this.#startEach(findingIds, (finding) => this.quarantine.add(finding));
  }

  async #startEach(
    findingIds: readonly string[],
    start: (finding: Finding) => Promise<OperationRecord>,
  ): Promise<MendStart[]> {
    const known = new Map((await this.findings()).map((finding) => [finding.id, finding]));
    const starts: MendStart[] = [];
    for (const findingId of findingIds) {
      try {
        const finding = known.get(findingId);
        if (finding === undefined)
          throw new AppError('object.not_found', `there is no finding ${findingId}; look again`);
        starts.push({ findingId, operation: await start(finding) });
      } catch (thrown) {
        starts.push({ findingId, refusal: toAppError(thrown) });
      }
    }
    return starts;
  }

  async #startMend(finding: Finding): Promise<OperationRecord> {
    const { mend } = finding;
    if (mend.action === 'none') {
      throw new AppError('doctor.by_hand', `${finding.object}: ${finding.advice}`, {
        details: { findingId: finding.id, kind: finding.kind },
      });
    }
    if (mend.action === 'resync-device') return this.#tools.devices.resync(mend.deviceId);
    return this.#tools.engine.submit((tx) => planMend(tx, finding, mend, this.#tools));
  }

  async #remember({ findings, look }: Examination): Promise<void> {
    const { database, clock } = this.#tools;
    const unseen = new Set(look.nodes.filter((node) => 'failure' in node).map(({ nodeId }) => nodeId));
    const seenClusters = new Set(look.clusters.map(({ clusterId }) => clusterId));
    const now = new Set(findings.map(({ id }) => id));
    // What was found where nothing could be looked at this time is neither confirmed nor gone.
    const isOpen = ({ nodeId, clusterId, kind }: Finding): boolean =>
      kind !== 'node-unreachable' &&
      (nodeId !== null ? unseen.has(nodeId) : clusterId !== null && !seenClusters.has(clusterId));
    const nowMs = clock.now();
    const known = await this.findings();
    const gone = known.filter((finding) => !now.has(finding.id) && !isOpen(finding));
    if (findings.length + gone.length > 0) {
      await database.write(async (tx) => {
        for (const { id } of gone) await tx.findings.forget(id);
        for (const finding of findings) await tx.findings.see(finding.id, finding, nowMs);
      });
    }
    this.#lookedAtMs = nowMs;
    this.#summary = countByKind(await this.findings());
  }

  async #run(): Promise<void> {
    const { clock, log, settings } = this.#tools;
    let waitMs = Math.min(startDelayMs, settings.intervalMs);
    for (;;) {
      await clock.sleep(waitMs, this.#stop.signal).catch(() => undefined);
      if (this.#stop.signal.aborted) return;
      await this.look().then(
        ({ findings }) => this.#tellLog(findings),
        (thrown: unknown) => {
          if (!this.#stop.signal.aborted) log.error({ err: thrown }, 'the doctor could not look');
        },
      );
      waitMs = settings.intervalMs;
    }
  }

  #tellLog(findings: readonly Finding[]): void {
    const serious = findings.filter(({ severity }) => severity !== 'info');
    if (serious.length === 0) return;
    const kinds = [...new Set(serious.map(({ kind }) => kind))];
    this.#tools.log.warn(
      { findings: serious.length, kinds },
      'nodes differ from the database: mortar doctor',
    );
  }

  #reconcileAction(): Action<object, Pick<Reconciliation, 'taken' | 'refused'>> {
    return {
      name: 'reconcile-nodes',
      title: 'take up again what came after the backup',
      run: async ({ signal }) => {
        const signals = [signal, this.#stop.signal];
        const { taken, refused } = await withAnySignal(signals, (either) => this.reconcile(either));
        return { taken, refused };
      },
    };
  }

  #lookAction(): Action<object, { readonly found: number }> {
    return {
      name: 'look-at-nodes',
      title: 'look at the nodes',
      run: async ({ signal }) => {
        const signals = [signal, this.#stop.signal];
        const { findings } = await withAnySignal(signals, (either) => this.look(either));
        return { found: findings.length };
      },
    };
  }
}

function countByKind(findings: readonly Finding[]): DoctorSummary['counts'] {
  const counts = new Map<string, DoctorSummary['counts'][number]>();
  for (const { kind, severity } of findings) {
    const key = `${kind}/${severity}`;
    counts.set(key, { kind, severity, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts.values()];
}

/** These wait for nodes or for other operations, so they take no slot. */
const looking = (name: string): OperationKind => ({
  name,
  coordinates: true,
  async finish(_tx, { steps }) {
    const refused = (steps[0]?.output as { refused?: readonly string[] } | null)?.refused ?? [];
    return { resultPath: '/doctor/findings', warnings: refused };
  },
  async abandon() {
    return {};
  },
});
