import { AppError } from '../errors.ts';
import type { OperationKind } from './kinds.ts';

/** Of a kind that this Mortar does not know (a newer one recorded it): kept, shown, never touched. */
export function unknownKind(name: string): OperationKind {
  const refuse = (): never => {
    throw new AppError(
      'server.internal',
      `this Mortar knows no operation "${name}"; use the version that recorded it`,
    );
  };
  return { name, finish: refuse, abandon: refuse };
}
