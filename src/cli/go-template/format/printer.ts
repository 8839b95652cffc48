import type { Budget } from '../budget.ts';
import {
  type GoMap,
  type GoSlice,
  type GoString,
  type GoStruct,
  type GoValue,
  goString,
  type Maybe,
} from '../values.ts';
import { type Flags, noFlags, padded } from './flags.ts';
import { floatVerbs, formatFloat } from './float.ts';
import { characterOf, formatCodePoint, formatInteger, integerNotations } from './integer.ts';
import { canBackquote, quote } from './quote.ts';

const nothing = '<nil>';

/** Prints values the way Go's fmt does, piece by piece. */
export class Printer {
  flags: Flags = noFlags();
  readonly #budget: Budget;
  readonly #pieces: string[] = [];
  /** A value is shown in a complaint about its verb: `%!d(string=x)`. */
  #isComplaining = false;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  get text(): string {
    return this.#pieces.join('');
  }

  write(text: string): void {
    this.#budget.spend(text.length);
    this.#pieces.push(text);
  }

  /** An argument under a verb. */
  print(value: Maybe, verb: string): void {
    if (value === undefined) {
      if (verb === 'v' || verb === 'T') this.#pad(nothing);
      else this.write(`%!${verb}(${nothing})`);
    } else if (verb === 'T') this.#pad(this.#cut(value.type));
    else if (verb === 'p' || verb === 'w') this.#complain(value, verb);
    else this.#value(value, verb);
  }

  #pad(text: string): void {
    this.write(padded(text, this.flags));
  }

  #complain(value: GoValue, verb: string): void {
    this.write(`%!${verb}(${value.type}=`);
    this.#isComplaining = true;
    this.#value(value, 'v');
    this.#isComplaining = false;
    this.write(')');
  }

  #value(value: GoValue, verb: string): void {
    this.#budget.spend(1);
    switch (value.kind) {
      case 'bool':
        if (verb === 't' || verb === 'v') this.#pad(String(value.data));
        else this.#complain(value, verb);
        break;
      case 'int':
      case 'uint':
        this.#integer(value.data, value, verb);
        break;
      case 'float':
        if (floatVerbs.has(verb)) this.write(formatFloat(value.data, value.type, verb, this.flags));
        else this.#complain(value, verb);
        break;
      case 'string':
        this.#string(value, verb);
        break;
      case 'slice':
      case 'map':
      case 'struct':
        this.#budget.within(() => this.#composite(value, verb));
        break;
    }
  }

  #integer(data: bigint, value: GoValue, verb: string): void {
    const { flags } = this;
    const notation = integerNotations.get(verb);
    if (verb === 'v' && flags.sharpV && value.kind === 'uint') {
      this.write(formatInteger(data, { base: 16 }, { ...flags, sharp: true }));
    } else if (notation !== undefined) this.write(formatInteger(data, notation, flags));
    else if (verb === 'c') this.#pad(characterOf(data));
    else if (verb === 'q') this.#pad(quote(characterOf(data), "'", flags.plus));
    else if (verb === 'U') this.write(formatCodePoint(data, flags));
    else this.#complain(value, verb);
  }

  #string(value: GoString, verb: string): void {
    const isSaid = value.said !== undefined && !this.flags.sharpV && !this.#isComplaining;
    const data = isSaid && 'vsxXq'.includes(verb) ? (value.said ?? '') : value.data;
    if (verb === 's' || (verb === 'v' && !this.flags.sharpV)) this.#pad(this.#cut(data));
    else if (verb === 'q' || verb === 'v') this.#pad(this.#quoted(this.#cut(data)));
    else if (verb === 'x' || verb === 'X') this.#hex(data, verb === 'X');
    else this.#complain(value, verb);
  }

  /** To so many characters as the precision says. */
  #cut(text: string): string {
    const { precision } = this.flags;
    if (precision === undefined || text.length <= precision) return text;
    return Array.from(text).slice(0, precision).join('');
  }

  #quoted(text: string): string {
    const { sharp, plus } = this.flags;
    return sharp && canBackquote(text) ? `\`${text}\`` : quote(text, '"', plus);
  }

  #hex(text: string, isUpper: boolean): void {
    const { sharp, space, precision, width, minus } = this.flags;
    const bytes = Buffer.from(text).subarray(0, precision);
    const pairs = [...bytes].map((byte) => byte.toString(16).padStart(2, '0'));
    const [prefix, between] = [sharp ? '0x' : '', space ? ' ' : ''];
    const shown =
      space || pairs.length === 0
        ? pairs.map((pair) => `${prefix}${pair}`).join(between)
        : `${prefix}${pairs.join('')}`;
    const flags =
      pairs.length === 0 && width !== undefined ? { ...this.flags, minus: false } : { ...this.flags, minus };
    this.write(padded(isUpper ? shown.toUpperCase() : shown, flags));
  }

  #composite(value: GoSlice | GoMap | GoStruct, verb: string): void {
    const { sharpV } = this.flags;
    if (sharpV) this.write(value.type);
    if (sharpV && value.kind !== 'struct' && value.isNil) {
      this.write('(nil)');
      return;
    }
    if (value.kind === 'map' && !sharpV) this.write('map');
    const [open, close] = sharpV || value.kind === 'struct' ? ['{', '}'] : ['[', ']'];
    this.write(open);
    if (value.kind === 'slice') this.#each(value.items, (item) => this.#value(item, verb));
    else if (value.kind === 'map') this.#each(value.entries, (entry) => this.#entry(entry, verb));
    else {
      this.#each(value.fields, (field) => {
        if (sharpV || this.flags.plusV) this.write(`${field.name}:`);
        this.#value(field.value, verb);
      });
    }
    this.write(close);
  }

  #entry([key, value]: readonly [string, Maybe], verb: string): void {
    this.#value(goString(key), verb);
    this.write(':');
    if (value !== undefined) this.#value(value, verb);
    else this.write(verb === 'v' ? nothing : `%!${verb}(${nothing})`);
  }

  #each<Item>(items: Iterable<Item>, print: (item: Item) => void): void {
    let isFirst = true;
    for (const item of items) {
      if (!isFirst) this.write(this.flags.sharpV ? ', ' : ' ');
      isFirst = false;
      print(item);
    }
  }
}
