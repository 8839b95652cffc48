import type { z } from 'zod';
import type { Once } from '../../operations/once.ts';
import type { Reply } from './reply.ts';

interface Call<Body> {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Body;
  /** The client's `Idempotency-Key`, on routes that create. */
  readonly once: Once | undefined;
  /** What the client calls itself; empty when it does not say. */
  readonly userAgent: string;
  /** Calls the listener when the client has been sent the whole answer. */
  readonly onSent: (listener: () => void) => void;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
}

interface Answer {
  readonly description: string;
  readonly schema?: z.ZodType;
  readonly contentType?: string;
}

/** One route: what it takes, what it answers, what it does. The router and the OpenAPI document are made from it. */
export interface Route<Body = unknown> {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** With parameters as `{id}`; these are ids and match hex digits only, but `{nameOrId}`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly body?: z.ZodType<Body>;
  /** The body is looked at only when there is one (wire contract section 2). */
  readonly isBodyOptional?: boolean;
  /**
   * A body that cannot be read is a 400 that says why, in place of the plain 422: some routes of the contract (section 2),
   * and all of Mortar's own.
   */
  readonly namesParseFault?: boolean;
  /**
   * Keys that its query may have, each once; for the OpenAPI document also what their values are. Absent: any query is
   * passed over, as the contract does.
   */
  readonly query?: Readonly<Record<string, z.ZodType>>;
  /** Needs no token: only this exact path and method. */
  readonly isPublic?: boolean;
  /** Takes an `Idempotency-Key`. */
  readonly isCreate?: boolean;
  readonly answers: Readonly<Record<number, Answer>>;
  handle(call: Call<Body>): Promise<Reply> | Reply;
}

/** Gives a route's handler the type of its body. */
export const route = <Body = undefined>(definition: Route<Body>): Route => definition;
