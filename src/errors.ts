/**
 * The one error type of Mortar and the catalogue of its codes. Rooms throw an `AppError` with a code; only the edges
 * (api/, cli/) turn a code into an HTTP status or an exit status. `docs/errors.md` is made from this catalogue.
 */

import { errorCatalogue } from './errors/catalogue.ts';

export { errorCatalogue };

export type ErrorCode = keyof typeof errorCatalogue;

export interface ErrorOptions {
  /** Facts for programs, shown in problem documents; never secrets. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
  /** Overrides the catalogue's HTTP status where the wire contract asks for another. */
  readonly status?: number;
}

/** An error with a code of the catalogue. `message` is what the user reads, complete in itself. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message?: string, options: ErrorOptions = {}) {
    super(
      message ?? errorCatalogue[code].title,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.name = 'AppError';
    this.code = code;
    this.status = options.status ?? errorCatalogue[code].status;
    this.details = options.details ?? {};
  }

  get remedy(): string {
    return errorCatalogue[this.code].remedy;
  }
}

/** Turns whatever was thrown into an `AppError`; an unexpected one becomes `server.internal` and keeps its cause. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  return new AppError('server.internal', undefined, { cause: thrown });
}
