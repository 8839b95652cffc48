import type { Answer } from '../../world/answer.ts';
import type { GlusterVolume, NodeState, PoolState } from '../../world/state.ts';
import type { Call } from '../program.ts';
import { refusal } from './answers.ts';

/** One gluster command as it reaches a node's glusterd. */
export interface Request {
  readonly call: Call;
  readonly node: NodeState;
  readonly pool: PoolState;
  /** The words after the command's own, `force` taken out. */
  readonly words: readonly string[];
  readonly isForced: boolean;
}

export type GlusterCommand = (request: Request) => Answer;

/** The volume that the first word names, or the refusal that most commands answer. */
export function volumeNamed(request: Request): GlusterVolume | Answer {
  const [name = ''] = request.words;
  return request.pool.volumes.get(name) ?? refusal(`Volume ${name} does not exist`);
}

export const isAnswer = (value: GlusterVolume | Answer): value is Answer => 'exitCode' in value;
