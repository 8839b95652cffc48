/** A template as it was read. */
import type { NumberLiteral } from './literals.ts';

/** Where something stands in the template. */
export interface Place {
  readonly from: number;
  readonly to: number;
}

export type Operand = Place &
  (
    | { readonly kind: 'bool'; readonly value: boolean }
    | { readonly kind: 'string'; readonly value: string }
    | { readonly kind: 'number'; readonly value: NumberLiteral }
    | { readonly kind: 'nil' }
    | { readonly kind: 'dot' }
    | { readonly kind: 'field'; readonly path: readonly string[] }
    | { readonly kind: 'variable'; readonly name: string; readonly path: readonly string[] }
    | { readonly kind: 'function'; readonly name: string }
    | { readonly kind: 'chain'; readonly of: Operand; readonly path: readonly string[] }
    | Omit<Pipeline, keyof Place>
  );

export interface Command extends Place {
  readonly operands: readonly [Operand, ...Operand[]];
}

export interface Pipeline extends Place {
  readonly kind: 'pipeline';
  /** The variables that take the value. */
  readonly targets: readonly string[];
  /** `=`, not `:=`. */
  readonly isAssignment: boolean;
  readonly commands: readonly Command[];
}

export type Body = readonly Node[];

export type Node = Place &
  (
    | { readonly kind: 'text'; readonly text: string }
    | { readonly kind: 'action'; readonly pipeline: Pipeline }
    | {
        readonly kind: 'if' | 'with' | 'range';
        readonly pipeline: Pipeline;
        readonly body: Body;
        readonly otherwise: Body | undefined;
      }
    | { readonly kind: 'break' | 'continue' }
    | { readonly kind: 'template'; readonly name: string; readonly pipeline: Pipeline | undefined }
  );

/** Nothing but white space, which a later definition of the same name replaces. */
export const isEmpty = (body: Body): boolean =>
  body.every((node) => node.kind === 'text' && node.text.trim() === '');
