import { setMaxListeners } from 'node:events';

/** A signal that follows all of these, for many listeners at a time (Node warns of a leak from the eleventh on). */
export function anySignal(...signals: readonly AbortSignal[]): AbortSignal {
  const signal = AbortSignal.any([...signals]);
  setMaxListeners(0, signal);
  return signal;
}

/** A controller whose signal may have many listeners. */
export function sharedController(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}
