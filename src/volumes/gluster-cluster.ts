import { AppError } from '../errors.ts';
import type { Command, CommandResult } from '../lib/command.ts';
import { isOutOfReach } from '../operations/failures.ts';
import type { StepContext } from '../operations/kinds.ts';
import { glusterFailure, isGlusterdDown, withGlustersWords } from '../storage/gluster/failure.ts';
import type { Gluster } from '../storage/gluster/gluster.ts';
import { type GlusterVolume, parseVolumeInfo } from '../storage/gluster/volume-info.ts';

/** How often a command that met glusterd's lock is repeated, and how long is waited (with jitter from the try's number). */
const busyTries = 30;
const busyPauseMs = 1000;

/**
 * gluster as a whole: a command may be given to any node of the cluster. Tries the nodes in order until one can be
 * reached, waits out glusterd's lock (W6), and gives failures in gluster's own words.
 */
export class GlusterCluster {
  readonly #context: StepContext;
  readonly #nodeIds: readonly string[];
  readonly #gluster: Gluster;

  constructor(context: StepContext, nodeIds: readonly string[], gluster: Gluster) {
    this.#context = context;
    this.#nodeIds = nodeIds;
    this.#gluster = gluster;
  }

  /**
   * Runs commands on the first node that can be reached.
   *
   * @throws AppError `gluster.failed` with gluster's words, or the failure of the last node when none can be reached.
   */
  async run(commands: readonly Command[]): Promise<CommandResult[]> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#onSomeNode(commands);
      } catch (thrown) {
        const isBusy = glusterFailure(thrown)?.isBusy === true;
        if (!isBusy || tries === busyTries) throw withGlustersWords(thrown);
        await this.#context.sleep(busyPauseMs);
      }
    }
  }

  /** What gluster knows of the volume; undefined when it says that there is none. */
  async look(name: string): Promise<GlusterVolume | undefined> {
    const [answer] = await this.run([this.#gluster.volumeInfo(name)]);
    return parseVolumeInfo(answer?.stdout ?? '');
  }

  async #onSomeNode(commands: readonly Command[]): Promise<CommandResult[]> {
    const refusals: string[] = [];
    let last: unknown;
    for (const nodeId of this.#nodeIds) {
      try {
        return await this.#context.execOn(nodeId, commands);
      } catch (thrown) {
        if (!isElsewherePossible(thrown)) throw thrown;
        refusals.push(thrown.message);
        last = thrown;
      }
    }
    if (refusals.length === 0) throw new AppError('node.unreachable', 'no hosts available (0 total)');
    throw this.#allRefused(refusals, last);
  }

  /** The contract's two forms for "no host worked" (engine reference, appendix C). */
  #allRefused(refusals: readonly string[], last: unknown): unknown {
    if (refusals.length === 1 || !(last instanceof AppError)) return last;
    return new AppError(last.code, `All ${refusals.length} hosts: ${refusals.join('; ')}`, {
      cause: last,
      details: last.details,
    });
  }
}

/** The node is out of reach, or its glusterd does not run: another node can serve as well. */
function isElsewherePossible(thrown: unknown): thrown is AppError {
  if (!(thrown instanceof AppError) || thrown.code === 'node.connection_lost') return false;
  return isOutOfReach(thrown) || isGlusterdDown(thrown);
}
