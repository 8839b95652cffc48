import type {
  ReplacementPlan,
  ReplacementPlanRequest,
  WhatIfReport,
  WhatIfRequest,
} from '../api/schema/replacements.ts';
import type { QueueOptions } from './queue.ts';
import { queuedDone } from './queued-calls.ts';
import { replacementPlanShape, whatIfShape } from './replacement-shapes.ts';
import { type CallOptions, type Session, segment } from './session.ts';

interface MoveOptions extends QueueOptions {
  /** What only a brick that cannot be read has is given up. */
  readonly acceptDataLoss?: boolean;
}

/** Bricks that leave their devices. All but `evict` is Mortar's own. */
export interface ReplacementCalls {
  evict(brickId: string, options?: MoveOptions): Promise<void>;
  /** Where bricks would go; nothing is changed. */
  plan(request: ReplacementPlanRequest, options?: CallOptions): Promise<ReplacementPlan>;
  /** Moves all bricks of a device, or of a node, to another one. */
  replaceAll(kind: 'nodes' | 'devices', id: string, to: string, options?: MoveOptions): Promise<void>;
  /** Declares that a node, or the disk of a device, is gone for good. */
  declareLost(kind: 'nodes' | 'devices', id: string, options?: CallOptions): Promise<void>;
  whatIf(request: WhatIfRequest, options?: CallOptions): Promise<WhatIfReport>;
}

const healCheck = (acceptDataLoss: boolean): '' | 'disable' => (acceptDataLoss ? 'disable' : '');

export const createReplacementCalls = (session: Session): ReplacementCalls => ({
  evict: (brickId, { acceptDataLoss = false, ...options } = {}) =>
    queuedDone(
      session,
      {
        method: 'POST',
        target: `/bricks/to-evict/${segment(brickId)}`,
        body: { healcheck: healCheck(acceptDataLoss) },
      },
      options,
    ),
  plan: (request, options) =>
    session.value(
      { ...options, method: 'POST', target: '/replacements/plan', body: request },
      replacementPlanShape,
    ),
  replaceAll: (kind, id, to, { acceptDataLoss = false, ...options } = {}) =>
    queuedDone(
      session,
      {
        method: 'POST',
        target: `/${kind}/${segment(id)}/replace`,
        body: { to, healcheck: healCheck(acceptDataLoss) },
      },
      options,
    ),
  declareLost: (kind, id, options) =>
    session.done({ ...options, method: 'POST', target: `/${kind}/${segment(id)}/lost` }, 204),
  whatIf: (request, options) =>
    session.value({ ...options, method: 'POST', target: '/what-if', body: request }, whatIfShape),
});
