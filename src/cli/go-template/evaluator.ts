import type { Budget } from './budget.ts';
import { Expressions } from './expressions.ts';
import { textOf } from './format/print.ts';
import type { Body, Node } from './nodes.ts';
import type { GoFunctions } from './parameters.ts';
import type { ParsedTemplate } from './parser.ts';
import { type GoInteger, type GoValue, goInt, goString, isTrue, type Maybe } from './values.ts';

/** How a body was left. */
type Way = 'through' | 'break' | 'continue';

type Control = Extract<Node, { readonly otherwise: unknown }>;
type TemplateCall = Extract<Node, { readonly kind: 'template' }>;

/** One rendering of a template. */
export class Evaluator {
  readonly #template: ParsedTemplate;
  readonly #expressions: Expressions;
  readonly #budget: Budget;
  readonly #output: string[] = [];

  constructor(template: ParsedTemplate, functions: GoFunctions, budget: Budget) {
    this.#template = template;
    this.#expressions = new Expressions(template, functions, budget);
    this.#budget = budget;
  }

  /** @throws TemplateFault that says where and why. */
  render(value: GoValue): string {
    const { name, templates } = this.#template;
    this.#expressions.inTemplate(name, value, () => this.#walk(templates.get(name) ?? [], value));
    return this.#output.join('');
  }

  #write(text: string): void {
    this.#budget.spend(text.length);
    this.#output.push(text);
  }

  #walk(body: Body, dot: Maybe): Way {
    return this.#budget.within(() => {
      for (const node of body) {
        this.#budget.spend(1);
        const way = this.#node(node, dot);
        if (way !== 'through') return way;
      }
      return 'through';
    });
  }

  #node(node: Node, dot: Maybe): Way {
    switch (node.kind) {
      case 'text':
        this.#write(node.text);
        return 'through';
      case 'action': {
        const value = this.#expressions.pipeline(node.pipeline, dot);
        if (node.pipeline.targets.length === 0) this.#write(this.#printed(value));
        return 'through';
      }
      case 'if':
      case 'with':
        return this.#expressions.scoped(() => this.#choose(node, dot));
      case 'range':
        return this.#expressions.scoped(() => this.#range(node, dot));
      case 'template':
        this.#call(node, dot);
        return 'through';
      case 'break':
      case 'continue':
        return node.kind;
    }
  }

  #printed(value: Maybe): string {
    if (value === undefined) return '<no value>';
    return value.kind === 'struct'
      ? (value.say?.() ?? textOf(value, this.#budget))
      : textOf(value, this.#budget);
  }

  #choose({ kind, pipeline, body, otherwise }: Control, dot: Maybe): Way {
    const value = this.#expressions.pipeline(pipeline, dot);
    if (isTrue(value)) return this.#walk(body, kind === 'with' ? value : dot);
    return otherwise === undefined ? 'through' : this.#walk(otherwise, dot);
  }

  #range(node: Control, dot: Maybe): Way {
    const { pipeline, body, otherwise } = node;
    const value = this.#expressions.pipeline(pipeline, dot);
    let isEmpty = true;
    for (const [key, item] of this.#items(node, value)) {
      isEmpty = false;
      this.#budget.spend(1);
      const way = this.#expressions.scoped(() => {
        this.#expressions.setLoopVariables(pipeline, key, item);
        return this.#walk(body, item);
      });
      if (way === 'break') return 'through';
    }
    return isEmpty && otherwise !== undefined ? this.#walk(otherwise, dot) : 'through';
  }

  #items({ pipeline }: Control, value: Maybe): Iterable<readonly [Maybe, Maybe]> {
    switch (value?.kind) {
      case undefined:
        return [];
      case 'slice':
        return numbered(value.items);
      case 'map':
        return keyed(value.entries);
      case 'int':
      case 'uint':
        if (pipeline.targets.length < 2) return counted(value);
        throw this.#expressions.fault(
          pipeline,
          `can't use ${value.data} to iterate over more than one variable`,
        );
      case 'bool':
      case 'float':
      case 'string':
      case 'struct':
        throw this.#expressions.fault(
          pipeline,
          `range can't iterate over ${textOf(value, this.#budget)}: it is a ${value.type}, not a list, map or count`,
        );
    }
  }

  /** Another template, which sees no variables but its own `$`. */
  #call(node: TemplateCall, dot: Maybe): void {
    const body = this.#template.templates.get(node.name);
    if (body === undefined) {
      const known = [...this.#template.templates.keys()].map((name) => JSON.stringify(name)).join(', ');
      throw this.#expressions.fault(
        node,
        `template ${JSON.stringify(node.name)} not defined; there are: ${known}`,
      );
    }
    const value = node.pipeline === undefined ? undefined : this.#expressions.pipeline(node.pipeline, dot);
    this.#expressions.inTemplate(node.name, value, () => this.#walk(body, value));
  }
}

function* numbered(items: readonly GoValue[]): Iterable<readonly [Maybe, Maybe]> {
  for (const [at, item] of items.entries()) yield [goInt(at), item];
}

function* keyed(entries: ReadonlyMap<string, Maybe>): Iterable<readonly [Maybe, Maybe]> {
  for (const [key, value] of entries) yield [goString(key), value];
}

function* counted(count: GoInteger): Iterable<readonly [Maybe, Maybe]> {
  for (let data = 0n; data < count.data; data += 1n) yield [undefined, { ...count, data }];
}
