import type { z } from 'zod';
import type { Once } from '../../operations/once.ts';
import type { Reply } from './reply.ts';

export interface Call<Body> {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Body;
  /** The client's `Idempotency-Key`, on routes that create. */
  readonly once: Once | undefined;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly description: string;
  readonly schema?: z.ZodType;
  readonly contentType?: string;
}

/** One route: what it takes, what it answers, what it does. The router and the OpenAPI document are made from it. */
export interface Route<Body = unknown> {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** With parameters as `{id}`; these are ids and match hex digits only. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly body?: z.ZodType<Body>;
  /** The body is looked at only when there is one (wire contract section 2). */
  readonly isBodyOptional?: boolean;
  /** Needs no token: only this exact path and method. */
  readonly isPublic?: boolean;
  /** Takes an `Idempotency-Key`. */
  readonly isCreate?: boolean;
  readonly answers: Readonly<Record<number, Answer>>;
  handle(call: Call<Body>): Promise<Reply> | Reply;
}

/** Gives a route's handler the type of its body. */
export const route = <Body = undefined>(definition: Route<Body>): Route => definition;
