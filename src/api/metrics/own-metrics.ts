import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { BackupHealth } from '../../backup/backups.ts';
import type { OperationState } from '../../db/schema.ts';
import type { DoctorSummary } from '../../doctor/doctor.ts';
import type { OperationEngine } from '../../operations/engine.ts';

const states: readonly OperationState[] = ['planned', 'running', 'undoing', 'stuck'];

export interface OwnFacts {
  readonly unfinished: readonly { readonly state: OperationState; readonly count: number }[];
  readonly doctor: DoctorSummary;
  readonly backups: BackupHealth;
  readonly nowMs: number;
}

/** What Mortar tells beyond the contract, and the usual figures about its process. */
export class OwnMetrics {
  readonly #registry = new Registry();
  readonly #engine: OperationEngine;
  readonly #queue = this.#gauge('mortar_queue_waiting', 'Operations that wait for their turn.');
  readonly #operations = this.#gauge('mortar_operations', 'Unfinished operations by their state.', ['state']);
  readonly #findings = this.#gauge(
    'mortar_doctor_findings',
    'Differences between the records and the nodes.',
    ['kind', 'severity'],
  );
  readonly #lookedAt = this.#gauge(
    'mortar_doctor_last_look_timestamp_seconds',
    'When the doctor last looked at all nodes.',
  );
  readonly #backupMadeAt = this.#gauge(
    'mortar_backup_newest_timestamp_seconds',
    'When the newest backup was made that nothing speaks against; absent while none is known.',
  );
  readonly #backupAge = this.#gauge('mortar_backup_age_seconds', 'How old that backup is.');
  readonly #backupFailing = this.#gauge(
    'mortar_backup_failing',
    'Whether the last backup did not come to be: 1 or 0.',
  );
  readonly #backupFailures = new Counter({
    name: 'mortar_backup_failures_total',
    help: 'Backups that did not come to be since the start.',
    registers: [this.#registry],
  });
  readonly #ended = new Counter({
    name: 'mortar_operations_ended_total',
    help: 'Operations that ended since the start, by how.',
    labelNames: ['state'],
    registers: [this.#registry],
  });

  constructor(engine: OperationEngine, version: string) {
    this.#engine = engine;
    this.#gauge('mortar_info', 'The version that runs.', ['version']).set({ version }, 1);
    collectDefaultMetrics({ register: this.#registry });
    for (const state of ['done', 'undone']) this.#ended.inc({ state }, 0);
    engine.events.subscribe('*', (event) => {
      if (event.type !== 'state' || (event.state !== 'done' && event.state !== 'undone')) return;
      this.#ended.inc({ state: event.state });
    });
  }

  async text({ unfinished, doctor, backups, nowMs }: OwnFacts): Promise<string> {
    this.#tellBackups(backups, nowMs);
    this.#queue.set(this.#engine.waitingCount);
    for (const state of states)
      this.#operations.set({ state }, unfinished.find((row) => row.state === state)?.count ?? 0);
    this.#findings.reset();
    for (const { kind, severity, count } of doctor.counts) this.#findings.set({ kind, severity }, count);
    if (doctor.lookedAtMs !== null) this.#lookedAt.set(doctor.lookedAtMs / 1000);
    return this.#registry.metrics();
  }

  #tellBackups({ newestAtMs, failures, isFailing }: BackupHealth, nowMs: number): void {
    this.#backupFailing.set(isFailing ? 1 : 0);
    this.#backupFailures.reset();
    this.#backupFailures.inc(failures);
    // A gauge that was never set would be told as 0: a backup of 1970.
    for (const gauge of [this.#backupMadeAt, this.#backupAge]) gauge.remove();
    if (newestAtMs === undefined) return;
    this.#backupMadeAt.set(newestAtMs / 1000);
    this.#backupAge.set(Math.max(0, nowMs - newestAtMs) / 1000);
  }

  #gauge(name: string, help: string, labelNames: readonly string[] = []): Gauge {
    return new Gauge({ name, help, labelNames: [...labelNames], registers: [this.#registry] });
  }
}
