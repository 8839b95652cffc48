import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  type CopyManifest,
  type CopyReason,
  manifestName,
  manifestText,
  newManifest,
} from '../db/copies/manifest.ts';
import type { Database } from '../db/database.ts';
import { AppError, toAppError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import { Lanes } from '../lib/lanes.ts';
import type { Log } from '../lib/log.ts';
import { Catalogue } from './catalogue.ts';
import { checkSum, fetchBackup } from './fetch.ts';
import { stagedPath, sweepStaging } from './staging.ts';
import type { BackupTarget } from './target.ts';
import { type Compare, type VerifyReport, verifyCopy } from './verify.ts';

interface BackupSettings {
  /** At most so many are kept. */
  readonly keepCount: number;
  /** What is older goes, except the newest; infinite for no limit. */
  readonly keepMs: number;
}

/**
 * `good`: read back whole with the right checksum since this Mortar started. `unchecked`: nothing speaks against it.
 * `incomplete`: the copy is not there, since it is just being made, or the making or the removal was cut off.
 */
type BackupState = 'good' | 'unchecked' | 'damaged' | 'incomplete';

export interface BackupInfo {
  readonly manifest: CopyManifest;
  readonly state: BackupState;
  /** Why it is damaged. */
  readonly fault: string | undefined;
  readonly checkedAtMs: number | undefined;
}

/** A consistent copy of the database as it is now, to be handed out. */
export interface Download {
  readonly path: string;
  readonly manifest: CopyManifest;
  /** Removes the file. */
  dispose(): Promise<void>;
}

/** What is known of backups without asking the place where they are kept. */
export interface BackupHealth {
  /** When the newest one was made that nothing speaks against; undefined while none is known. */
  readonly newestAtMs: number | undefined;
  /** Backups that did not come to be since this Mortar started. */
  readonly failures: number;
  /** The last one did not come to be. */
  readonly isFailing: boolean;
}

interface Check {
  readonly atMs: number;
  readonly fault: string | undefined;
}

interface BackupTools {
  readonly database: Database;
  readonly target: BackupTarget;
  readonly settings: BackupSettings;
  readonly clock: Clock;
  readonly log: Log;
}

/** One backup is made at a time. */
const lane = ['backup'];

function stateOf(hasCopy: boolean, fault: string | undefined, check: Check | undefined): BackupState {
  if (!hasCopy) return 'incomplete';
  if (fault !== undefined) return 'damaged';
  return check === undefined ? 'unchecked' : 'good';
}

/**
 * Makes, lists, checks and forgets backups of a database in use. The manifest is written first and removed last; a backup
 * counts as good when it was read back from the target with the right checksum. Only after a new good one old ones are forgotten.
 */
export class Backups {
  readonly #tools: BackupTools;
  readonly #catalogue: Catalogue;
  readonly #lanes = new Lanes();
  readonly #checks = new Map<string, Check>();
  #newestAtMs: number | undefined;
  #failures = 0;
  #lastFailure: { readonly atMs: number; readonly message: string } | undefined;

  constructor(tools: BackupTools) {
    this.#tools = tools;
    this.#catalogue = new Catalogue(tools.target);
  }

  /** Where backups are kept, for people. */
  get place(): string {
    return this.#tools.target.description;
  }

  /** Why the last backup did not come to be; undefined when it did. */
  get lastFailure(): { readonly atMs: number; readonly message: string } | undefined {
    return this.#lastFailure;
  }

  /** For metrics: as it was when backups were last listed or made. */
  get health(): BackupHealth {
    const isFailing = this.#lastFailure !== undefined;
    return { newestAtMs: this.#newestAtMs, failures: this.#failures, isFailing };
  }

  /** Newest first. @throws AppError `backup.failed`. */
  async list(): Promise<BackupInfo[]> {
    const backups = (await this.#catalogue.list()).map((backup): BackupInfo => {
      const check = this.#checks.get(backup.manifest.id);
      const fault = backup.fault ?? check?.fault;
      const state = stateOf(backup.hasCopy, fault, check);
      return { manifest: backup.manifest, state, fault, checkedAtMs: check?.atMs };
    });
    const newest = backups.find(({ state }) => state === 'good' || state === 'unchecked');
    this.#newestAtMs = newest === undefined ? undefined : Date.parse(newest.manifest.createdAt);
    return backups;
  }

  /** Makes a backup now. @throws AppError `backup.failed`, `backup.damaged`, `database.unusable`. */
  create(reason: Extract<CopyReason, 'scheduled' | 'request'>): Promise<BackupInfo> {
    return this.#lanes.with(lane, async () => {
      try {
        const made = await this.#create(reason);
        this.#lastFailure = undefined;
        this.#newestAtMs = Date.parse(made.manifest.createdAt);
        return made;
      } catch (thrown) {
        const { message } = toAppError(thrown);
        this.#failures += 1;
        this.#lastFailure = { atMs: this.#tools.clock.now(), message };
        throw thrown;
      }
    });
  }

  /** Restores a backup into a scratch database and looks for faults; with `compare` also at the nodes. @throws AppError `object.not_found`, `backup.failed`. */
  async verify(id: string, compare?: Compare): Promise<VerifyReport> {
    const { target, clock } = this.#tools;
    const { manifest } = await this.#catalogue.find(id);
    const path = await stagedPath(this.#workFolder);
    try {
      await fetchBackup(target, manifest, path);
      const options = { clock, scratchFolder: this.#workFolder };
      const report = await verifyCopy(path, compare === undefined ? options : { ...options, compare });
      this.#remember(manifest, report.problems[0]?.text);
      return report;
    } catch (thrown) {
      if (thrown instanceof AppError && thrown.code === 'backup.damaged')
        this.#remember(manifest, thrown.message);
      throw thrown;
    } finally {
      await rm(path, { force: true });
    }
  }

  /** A copy of the database as it is now. @throws AppError `database.unusable`. */
  async download(): Promise<Download> {
    const { database, clock } = this.#tools;
    const path = await stagedPath(this.#workFolder);
    const { problems: _problems, ...facts } = await database.copyTo(path);
    const manifest = newManifest({ reason: 'download', nowMs: clock.now(), facts });
    return { path, manifest, dispose: () => rm(path, { force: true }) };
  }

  /** Removes what a killed predecessor left in the making. */
  async sweep(): Promise<void> {
    const { target, clock } = this.#tools;
    const staged = await target.stage();
    await sweepStaging(dirname(staged), clock.now());
    await sweepStaging(this.#workFolder, clock.now());
  }

  close(): void {
    this.#tools.target.close();
  }

  /** Beside the database: the one place where room for a copy must be. */
  get #workFolder(): string {
    return dirname(this.#tools.database.path);
  }

  async #create(reason: CopyReason): Promise<BackupInfo> {
    const { database, target, clock, log } = this.#tools;
    const staged = await target.stage();
    try {
      const { problems, ...facts } = await database.copyTo(staged);
      if (problems[0] !== undefined) {
        throw new AppError(
          'backup.failed',
          `no backup was made, since the database itself has faults (${problems[0].text}); older backups are kept`,
        );
      }
      const manifest = newManifest({ reason, nowMs: clock.now(), facts });
      await target.putText(manifestName(manifest.name), manifestText(manifest));
      await target.put(staged, manifest.name, manifest);
      await checkSum(target, manifest);
      this.#remember(manifest, undefined);
      log.info({ backup: manifest.name, sizeBytes: manifest.sizeBytes, target: this.place }, 'backup made');
      await this.#forgetOld(manifest);
      return { manifest, state: 'good', fault: undefined, checkedAtMs: this.#checks.get(manifest.id)?.atMs };
    } finally {
      await rm(staged, { force: true });
    }
  }

  /** `newest` was just read back and is good, so nothing else is the last good one. */
  async #forgetOld(newest: CopyManifest): Promise<void> {
    const { settings, clock, log } = this.#tools;
    try {
      const others = (await this.list()).filter(({ manifest }) => manifest.id !== newest.id);
      // A damaged one does not push out one that may be good.
      const sound = others.filter(({ state }) => state === 'good' || state === 'unchecked');
      const tooMany = new Set(sound.slice(settings.keepCount - 1));
      const beforeMs = clock.now() - settings.keepMs;
      for (const backup of others) {
        const isOld = Date.parse(backup.manifest.createdAt) < beforeMs;
        if (isOld || tooMany.has(backup) || backup.state === 'incomplete')
          await this.#forget(backup.manifest);
      }
    } catch (thrown) {
      log.warn({ err: thrown }, 'old backups could not be removed');
    }
  }

  /** The manifest goes last: as long as something is there, it says what it is. */
  async #forget({ id, name }: CopyManifest): Promise<void> {
    await this.#tools.target.remove(name);
    await this.#tools.target.remove(manifestName(name));
    this.#checks.delete(id);
    this.#tools.log.info({ backup: name }, 'old backup removed');
  }

  #remember({ id }: CopyManifest, fault: string | undefined): void {
    this.#checks.set(id, { atMs: this.#tools.clock.now(), fault });
  }
}
