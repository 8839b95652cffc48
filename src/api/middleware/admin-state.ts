import type { Middleware } from 'koa';
import { AppError } from '../../errors.ts';

export type AdminStateName = 'normal' | 'read-only' | 'local-client';

/** The maintenance mode (wire contract section 15). Not stored: a restart brings back the configured one. */
export class AdminState {
  #state: AdminStateName;

  constructor(initial: AdminStateName) {
    this.#state = initial;
  }

  get state(): AdminStateName {
    return this.#state;
  }

  set(state: AdminStateName): void {
    this.#state = state;
  }
}

const localAddresses = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/** Refuses changes while the mode forbids them; also the change of the mode itself, as the contract says. */
export const adminStateGuard =
  (adminState: AdminState): Middleware =>
  async (context, next) => {
    const isRead = context.method === 'GET' || context.method === 'HEAD';
    const isLocal = localAddresses.has(context.req.socket.remoteAddress ?? '');
    const { state } = adminState;
    const isOpen = state === 'normal' || isRead || (state === 'local-client' && isLocal);
    if (!isOpen && context.state.isPublic !== true) {
      throw new AppError('server.maintenance', 'Service disabled for maintenance');
    }
    await next();
  };
