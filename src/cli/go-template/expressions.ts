import type { Budget } from './budget.ts';
import { CallFault, TemplateFault } from './fault.ts';
import type { Command, Operand, Pipeline, Place } from './nodes.ts';
import { type GoFunction, type GoFunctions, type Parameter, suits } from './parameters.ts';
import type { ParsedTemplate } from './parser.ts';
import {
  fieldNames,
  fieldOf,
  type GoValue,
  goBool,
  goFloat,
  goInt,
  goSlice,
  goString,
  goUint,
  isTrue,
  type Maybe,
  saidBy,
} from './values.ts';

/** What comes out of the command before in a pipeline; undefined for the first. */
type Piped = { readonly value: Maybe } | undefined;

interface Variable {
  readonly name: string;
  value: Maybe;
}

/** The values of pipelines, over the variables of the template that is being walked. */
export class Expressions {
  readonly #template: ParsedTemplate;
  readonly #functions: GoFunctions;
  readonly #budget: Budget;
  #variables: Variable[] = [];
  #name: string;

  constructor(template: ParsedTemplate, functions: GoFunctions, budget: Budget) {
    this.#template = template;
    this.#functions = functions;
    this.#budget = budget;
    this.#name = template.name;
  }

  /** In a template of its own, which sees no variables but its `$`. */
  inTemplate(name: string, value: Maybe, act: () => void): void {
    const before = { variables: this.#variables, name: this.#name };
    this.#variables = [{ name: '$', value }];
    this.#name = name;
    act();
    this.#variables = before.variables;
    this.#name = before.name;
  }

  /** Variables that are declared inside end with it. */
  scoped<Result>(act: () => Result): Result {
    const visible = this.#variables.length;
    const result = act();
    this.#variables.length = visible;
    return result;
  }

  /** Gives the variables of a range their values for one round. */
  setLoopVariables({ targets, isAssignment }: Pipeline, key: Maybe, item: Maybe): void {
    const values = targets.length > 1 ? [key, item] : [item];
    for (const [at, name] of targets.entries()) {
      // Those that are declared stand on top: they came with the pipeline.
      const top = this.#variables[this.#variables.length - targets.length + at];
      const variable = isAssignment ? this.#variable(name) : top;
      if (variable !== undefined) variable.value = values[at];
    }
  }

  /** Where it was, in Go's words. */
  fault({ from, to }: Place, message: string): TemplateFault {
    const before = this.#template.source.slice(0, from);
    const line = before.split('\n').length;
    const column = Buffer.byteLength(before.slice(before.lastIndexOf('\n') + 1));
    const what = this.#template.source.slice(from, to).replaceAll(/\s+/g, ' ');
    const place = `${this.#template.name}:${line}:${column}`;
    return new TemplateFault(
      `template: ${place}: executing ${JSON.stringify(this.#name)} at <${what}>: ${message}`,
    );
  }

  #variable(name: string): Variable {
    const found = this.#variables.findLast((variable) => variable.name === name);
    if (found === undefined) throw new TemplateFault(`template: ${this.#name}: undefined variable: ${name}`);
    return found;
  }

  /** @throws TemplateFault. */
  pipeline({ targets, isAssignment, commands }: Pipeline, dot: Maybe): Maybe {
    return this.#budget.within(() => {
      let piped: Piped;
      for (const command of commands) piped = { value: this.#command(command, dot, piped) };
      const value = piped?.value;
      for (const name of targets) {
        if (isAssignment) this.#variable(name).value = value;
        else this.#variables.push({ name, value });
      }
      return value;
    });
  }

  #command({ operands: [first, ...args] }: Command, dot: Maybe, piped: Piped): Maybe {
    this.#budget.spend(1);
    switch (first.kind) {
      case 'function':
        return this.#function(first, first.name, args, dot, piped);
      case 'field':
      case 'chain':
        return this.#path(first, dot, args, piped);
      case 'variable':
        if (first.path.length > 0) return this.#path(first, dot, args, piped);
        break;
      case 'nil':
        throw this.fault(first, 'nil is not a command');
      case 'bool':
      case 'dot':
      case 'number':
      case 'pipeline':
      case 'string':
        break;
    }
    if (args.length > 0 || piped !== undefined) {
      throw this.fault(first, `can't give argument to non-function ${this.#written(first)}`);
    }
    return this.#value(first, dot);
  }

  #written({ from, to }: Place): string {
    return this.#template.source.slice(from, to);
  }

  /** An operand by itself. */
  #value(operand: Operand, dot: Maybe): Maybe {
    this.#budget.spend(1);
    switch (operand.kind) {
      case 'bool':
        return goBool(operand.value);
      case 'string':
        return goString(operand.value);
      case 'number':
        return this.#number(operand);
      case 'nil':
        return undefined;
      case 'dot':
        return dot;
      case 'field':
      case 'chain':
        return this.#path(operand, dot, [], undefined);
      case 'variable':
        return operand.path.length > 0
          ? this.#path(operand, dot, [], undefined)
          : this.#variable(operand.name).value;
      case 'function':
        return this.#function(operand, operand.name, [], dot, undefined);
      case 'pipeline':
        return this.pipeline(operand, dot);
    }
  }

  #number(operand: Extract<Operand, { readonly kind: 'number' }>): GoValue {
    const { int, float, isWrittenAsFloat } = operand.value;
    if (isWrittenAsFloat && float !== undefined) return goFloat(float);
    if (int === undefined) throw this.fault(operand, `${this.#written(operand)} overflows int`);
    return goInt(int);
  }

  /** `.A.B`, `$x.A`, `(…).A`; only the last of it, if it is a method, may take what is piped into it. */
  #path(
    operand: Extract<Operand, { readonly path: readonly string[] }>,
    dot: Maybe,
    args: readonly Operand[],
    piped: Piped,
  ): Maybe {
    let value = dot;
    if (operand.kind === 'variable') ({ value } = this.#variable(operand.name));
    if (operand.kind === 'chain') {
      if (operand.of.kind === 'nil') throw this.fault(operand, 'indirection through explicit nil');
      value = this.#value(operand.of, dot);
    }
    const hasArguments = args.length > 0 || piped !== undefined;
    for (const [at, name] of operand.path.entries()) {
      value = this.#field(operand, name, value, hasArguments && at === operand.path.length - 1);
    }
    return value;
  }

  #field(place: Place, name: string, value: Maybe, hasArguments: boolean): Maybe {
    if (value === undefined) return undefined;
    const said = name === 'String' ? saidBy(value) : undefined;
    const found = value.kind === 'struct' && said === undefined ? fieldOf(value, name) : undefined;
    const isThere = said !== undefined || found !== undefined || value.kind === 'map';
    if (!isThere) {
      const fields = value.kind === 'struct' ? `; it has: ${fieldNames(value).join(', ')}` : '';
      throw this.fault(place, `can't evaluate field ${name} in type ${value.type}${fields}`);
    }
    if (hasArguments) throw this.fault(place, `${name} has arguments but cannot be invoked as function`);
    if (said !== undefined) return goString(said);
    return value.kind === 'map' ? value.entries.get(name) : found;
  }

  #function(place: Operand, name: string, args: readonly Operand[], dot: Maybe, piped: Piped): Maybe {
    const called = this.#functions.get(name);
    if (called === undefined) throw this.fault(place, `${JSON.stringify(name)} is not a defined function`);
    this.#countArguments(place, name, called, args.length + (piped === undefined ? 0 : 1));
    if (name === 'and' || name === 'or') return this.#shortCircuit(name, args, dot, piped);
    const values = args.map((arg, at) => this.#argument(arg, parameterAt(called, at), dot));
    if (piped !== undefined) values.push(this.#suited(place, piped.value, parameterAt(called, args.length)));
    try {
      return called.call(values, this.#budget);
    } catch (thrown) {
      if (!(thrown instanceof CallFault)) throw thrown;
      throw this.fault(place, `error calling ${name}: ${thrown.message}`);
    }
  }

  #countArguments(place: Place, name: string, { fixed, rest }: GoFunction, count: number): void {
    const isRight = rest === undefined ? count === fixed.length : count >= fixed.length;
    if (isRight) return;
    const want = `${rest === undefined ? '' : 'at least '}${fixed.length}`;
    throw this.fault(place, `wrong number of args for ${name}: want ${want} got ${count}`);
  }

  /** The first value that decides; what stands behind it is not looked at. */
  #shortCircuit(name: 'and' | 'or', args: readonly Operand[], dot: Maybe, piped: Piped): Maybe {
    let value: Maybe;
    for (const arg of args) {
      value = this.#argument(arg, 'any', dot);
      if (isTrue(value) === (name === 'or')) return value;
    }
    return piped === undefined ? value : piped.value;
  }

  #argument(arg: Operand, parameter: Parameter, dot: Maybe): Maybe {
    if (arg.kind === 'nil') {
      if (parameter === 'any') return undefined;
      if (parameter === '[]string') return goSlice('[]string', undefined, goString);
      throw this.fault(arg, `cannot assign nil to ${parameter}`);
    }
    const isLiteral = arg.kind === 'bool' || arg.kind === 'string' || arg.kind === 'number';
    if (!isLiteral || parameter === 'any') return this.#suited(arg, this.#value(arg, dot), parameter);
    if (parameter === 'string' && arg.kind === 'string') return goString(arg.value);
    if (parameter === 'uint64' && arg.kind === 'number' && arg.value.uint !== undefined) {
      return goUint(arg.value.uint);
    }
    const wanted = parameter === 'uint64' ? 'unsigned integer' : parameter;
    throw this.fault(arg, `expected ${wanted}; found ${this.#written(arg)}`);
  }

  #suited(place: Place, value: Maybe, parameter: Parameter): Maybe {
    if (value === undefined) {
      if (parameter === 'any') return undefined;
      if (parameter === '[]string') return goSlice('[]string', undefined, goString);
      throw this.fault(place, `invalid value; expected ${parameter}`);
    }
    if (suits(value, parameter)) return value;
    throw this.fault(place, `wrong type for value; expected ${parameter}; got ${value.type}`);
  }
}

const parameterAt = ({ fixed, rest }: GoFunction, at: number): Parameter => fixed[at] ?? rest ?? 'any';
