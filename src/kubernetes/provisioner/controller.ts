import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import type { Events } from '../events.ts';
import { type KubeApi, paths } from '../kube-api.ts';
import {
  type Claim,
  claimSchema,
  classSchema,
  type PersistentVolume,
  type StorageClass,
  volumeSchema,
} from '../objects.ts';
import { type Listener, Reflector, type ReflectorOptions } from '../reflector.ts';
import { type Outcome, WorkQueue } from '../work-queue.ts';
import { type ClaimWork, decideClaim, decideVolume, type Identity, isOurs } from './decide.ts';
import { ProvisionFailure } from './failure.ts';
import { GidTable } from './gid-table.ts';
import type { ProvisionerMetrics } from './metrics.ts';
import { annotations, classNameOf, volumeNameOf } from './names.ts';
import { ClaimService, type ServeTools } from './serve-claims.ts';
import { VolumeService } from './serve-volumes.ts';

export interface ControllerOptions extends Pick<ServeTools, 'servers' | 'resolveHost' | 'stamp'> {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly log: Log;
  readonly events: Events;
  readonly metrics: ProvisionerMetrics;
  readonly identity: Identity;
  readonly workers: number;
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  readonly signal: AbortSignal;
}

/** Watches claims, classes and PersistentVolumes, and has the work done that they ask for. */
export class Controller {
  readonly #options: ControllerOptions;
  readonly #gids = new GidTable();
  readonly #claimsByUid = new Map<string, Claim>();
  readonly #classes: Reflector<StorageClass>;
  readonly #volumes: Reflector<PersistentVolume>;
  readonly #claims: Reflector<Claim>;
  readonly #claimQueue: WorkQueue;
  readonly #volumeQueue: WorkQueue;
  readonly #claimService: ClaimService;
  readonly #volumeService: VolumeService;
  #isReady = false;

  constructor(options: ControllerOptions) {
    this.#options = options;
    const { api, clock, log } = options;
    const common = { api, clock, log };
    const reflect = <Item extends Claim | PersistentVolume | StorageClass>(
      path: string,
      schema: ReflectorOptions<Item>['schema'],
      listener: Listener<Item>,
    ): Reflector<Item> => new Reflector({ ...common, path, schema, listener });
    this.#classes = reflect<StorageClass>(paths.classes, classSchema, this.#classListener());
    this.#volumes = reflect<PersistentVolume>(paths.volumes, volumeSchema, this.#volumeListener());
    this.#claims = reflect<Claim>(paths.claims, claimSchema, this.#claimListener());
    const learnVolume = (sent: unknown): void => this.#volumes.put(sent);
    this.#claimService = new ClaimService({ ...options, gids: this.#gids, learnVolume });
    this.#volumeService = new VolumeService(options);
    this.#claimQueue = this.#queue((uid) => this.#workOnClaim(uid));
    this.#volumeQueue = this.#queue((name) => this.#workOnVolume(name));
  }

  /** Everything was read once. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** Works until the signal. @throws KubeError when the first lists cannot be read. */
  async run(): Promise<void> {
    const { signal } = this.#options;
    const all = [this.#classes, this.#volumes, this.#claims];
    // Nothing is decided, and no group given away, before everything is known.
    for (const reflector of all) await reflector.sync(signal);
    this.#isReady = true;
    this.#options.log.info(
      { claims: this.#claims.size, volumes: this.#volumes.size, classes: this.#classes.size },
      'serving claims',
    );
    for (const claim of this.#claims.values()) this.#considerClaim(claim);
    for (const volume of this.#volumes.values()) this.#considerVolume(volume);
    await Promise.all(all.map((reflector) => reflector.follow(signal)));
  }

  #queue(work: (key: string) => Promise<Outcome>): WorkQueue {
    return new WorkQueue({ ...this.#options, random: Math.random, work });
  }

  #classListener(): Listener<StorageClass> {
    const urge = ({ metadata: { name } }: StorageClass): void => {
      if (!this.#isReady) return;
      for (const claim of this.#claims.values()) {
        if (classNameOf(claim) === name) this.#considerClaim(claim, true);
      }
    };
    return { onChange: urge, onRemove: () => undefined };
  }

  #claimListener(): Listener<Claim> {
    return {
      onChange: (claim, before) => {
        const { uid } = claim.metadata;
        this.#claimsByUid.set(uid, claim);
        this.#gids.set(
          `claim/${uid}`,
          classNameOf(claim),
          claim.metadata.annotations[annotations.reservedGid],
        );
        this.#considerClaim(claim, before !== undefined && asksOther(claim, before));
      },
      onRemove: ({ metadata: { uid } }) => {
        this.#claimsByUid.delete(uid);
        this.#gids.clear(`claim/${uid}`);
      },
    };
  }

  #volumeListener(): Listener<PersistentVolume> {
    return {
      onChange: (volume) => {
        const { metadata, spec } = volume;
        this.#gids.set(
          `volume/${metadata.name}`,
          spec.storageClassName,
          metadata.annotations[annotations.gid],
        );
        this.#considerVolume(volume);
      },
      onRemove: (volume) => {
        const { name } = volume.metadata;
        this.#gids.clear(`volume/${name}`);
        // Somebody else may have been waiting for its room.
        if (this.#isReady && isOurs(volume, this.#options.identity)) this.#claimQueue.urgeAll();
      },
    };
  }

  #factsOf(claim: Claim): Parameters<typeof decideClaim>[0] {
    return {
      claim,
      storageClass: this.#classes.get(classNameOf(claim)),
      volume: this.#volumes.get(volumeNameOf(claim.metadata.uid)),
    };
  }

  #considerClaim(claim: Claim, isUrgent = false): void {
    if (!this.#isReady || decideClaim(this.#factsOf(claim), this.#options.identity) === 'none') return;
    if (isUrgent) this.#claimQueue.urge(claim.metadata.uid);
    else this.#claimQueue.add(claim.metadata.uid);
  }

  #considerVolume(volume: PersistentVolume): void {
    if (!this.#isReady || decideVolume(volume, this.#options.identity) === 'none') return;
    this.#volumeQueue.add(volume.metadata.name);
  }

  async #workOnClaim(uid: string): Promise<Outcome> {
    const claim = this.#claimsByUid.get(uid);
    if (claim === undefined) return { type: 'done' };
    const work = decideClaim(this.#factsOf(claim), this.#options.identity);
    try {
      await this.#doClaim(work, claim);
      return { type: 'done' };
    } catch (thrown) {
      return this.#failed(thrown, () => this.#tellClaim(work, claim, thrown as Error));
    }
  }

  async #doClaim(work: ClaimWork, claim: Claim): Promise<void> {
    const { storageClass, volume } = this.#factsOf(claim);
    switch (work) {
      case 'provision':
        if (storageClass !== undefined) await this.#provision(claim, storageClass);
        return;
      case 'abandon':
        return this.#claimService.abandon(claim, storageClass);
      case 'release':
        return this.#claimService.release(claim);
      case 'expand':
        if (volume !== undefined) await this.#claimService.expand(claim, volume, storageClass);
        return;
      case 'none':
    }
  }

  async #provision(claim: Claim, storageClass: StorageClass): Promise<void> {
    const { metrics, log, events } = this.#options;
    const labels = { class: storageClass.metadata.name };
    const end = metrics.provisioned.startTimer(labels);
    await this.#claimService.provision(claim, storageClass).catch((thrown: unknown) => {
      if (!isBusy(thrown)) metrics.provisionFailed.inc(labels);
      throw thrown;
    });
    end();
    metrics.provisionedTotal.inc(labels);
    const { namespace, name, uid } = claim.metadata;
    const volume = volumeNameOf(uid);
    log.info({ claim: `${namespace}/${name}`, volume }, 'a volume was provisioned');
    const message = `Successfully provisioned volume ${volume}`;
    events.claim(claim, { type: 'Normal', reason: 'ProvisioningSucceeded', message });
  }

  async #workOnVolume(name: string): Promise<Outcome> {
    const volume = this.#volumes.get(name);
    if (volume === undefined) return { type: 'done' };
    try {
      await this.#doVolume(volume);
      return { type: 'done' };
    } catch (thrown) {
      return this.#failed(thrown, () => {
        const { message } = thrown as Error;
        this.#options.events.volume(volume, { type: 'Warning', reason: 'VolumeFailedDelete', message });
        this.#options.log.warn({ volume: name, reason: message }, 'a volume could not be deleted');
      });
    }
  }

  async #doVolume(volume: PersistentVolume): Promise<void> {
    const work = decideVolume(volume, this.#options.identity);
    if (work === 'protect') return this.#volumeService.protect(volume);
    if (work === 'unprotect') return this.#volumeService.unprotect(volume);
    if (work === 'none') return undefined;
    const { metrics, log } = this.#options;
    const className = volume.spec.storageClassName;
    const end = metrics.deleted.startTimer({ class: className });
    await this.#volumeService.delete(volume, this.#classes.get(className)).catch((thrown: unknown) => {
      metrics.deleteFailed.inc({ class: className });
      throw thrown;
    });
    end();
    metrics.deletedTotal.inc({ class: className });
    log.info({ volume: volume.metadata.name }, 'a volume was deleted');
  }

  #failed(thrown: unknown, tell: () => void): Outcome {
    if (this.#options.signal.aborted) return { type: 'done' };
    if (!isBusy(thrown)) tell();
    const isWrong = thrown instanceof ProvisionFailure && thrown.kind === 'wrong';
    return { type: isWrong ? 'rarely' : 'retry' };
  }

  #tellClaim(work: ClaimWork, claim: Claim, { message }: Error): void {
    const { namespace, name } = claim.metadata;
    this.#options.log.warn(
      { claim: `${namespace}/${name}`, work, reason: message },
      'a claim could not be served',
    );
    const reasons: Partial<Record<ClaimWork, string>> = {
      expand: 'VolumeResizeFailed',
      abandon: 'ProvisioningCleanupFailed',
    };
    const reason = reasons[work] ?? 'ProvisioningFailed';
    const prefix = work === 'provision' ? `class ${classNameOf(claim)}: ` : '';
    this.#options.events.claim(claim, { type: 'Warning', reason, message: `${prefix}${message}` });
  }
}

const isBusy = (thrown: unknown): boolean => thrown instanceof ProvisionFailure && thrown.kind === 'busy';

/** Whether the user, or the scheduler, asks for something else than before: worth a try at once. */
function asksOther(claim: Claim, before: Claim): boolean {
  const isDeleted = claim.metadata.deletionTimestamp !== before.metadata.deletionTimestamp;
  return isDeleted || JSON.stringify(claim.spec) !== JSON.stringify(before.spec);
}
