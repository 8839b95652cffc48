import type { Budget } from '../budget.ts';
import type { Maybe } from '../values.ts';
import { noFlags } from './flags.ts';
import { Printer } from './printer.ts';

/** The largest width and precision: Go's. */
const largest = 1_000_000;

/**
 * Go's `fmt.Sprintf`. It never fails: what does not fit together is told in the text, as `%!d(string=x)`.
 */
export const sprintf = (format: string, args: readonly Maybe[], budget: Budget): string =>
  new Formatter(format, args, budget).run();

class Formatter {
  readonly #format: string;
  readonly #args: readonly Maybe[];
  readonly #printer: Printer;
  #at = 0;
  #argument = 0;
  /** An index `[2]` stood somewhere: then surplus arguments are not told. */
  #isReordered = false;
  #isIndexGood = true;
  /** An index was the last thing before here. */
  #isAfterIndex = false;

  constructor(format: string, args: readonly Maybe[], budget: Budget) {
    this.#format = format;
    this.#args = args;
    this.#printer = new Printer(budget);
  }

  run(): string {
    while (this.#at < this.#format.length) {
      const percent = this.#format.indexOf('%', this.#at);
      const end = percent < 0 ? this.#format.length : percent;
      if (end > this.#at) this.#printer.write(this.#format.slice(this.#at, end));
      this.#at = end + 1;
      if (percent >= 0) this.#directive();
    }
    if (!this.#isReordered && this.#argument < this.#args.length) this.#tellSurplus();
    return this.#printer.text;
  }

  get #letter(): string {
    return this.#format[this.#at] ?? '';
  }

  #directive(): void {
    this.#isIndexGood = true;
    this.#isAfterIndex = false;
    this.#readFlags();
    this.#readIndex();
    this.#readWidth();
    if (this.#letter === '.' && this.#at + 1 < this.#format.length) this.#readPrecision();
    if (!this.#isAfterIndex) this.#readIndex();
    const code = this.#format.codePointAt(this.#at);
    if (code === undefined) {
      this.#printer.write('%!(NOVERB)');
      return;
    }
    const verb = String.fromCodePoint(code);
    this.#at += verb.length;
    this.#apply(verb);
  }

  #apply(verb: string): void {
    const { flags } = this.#printer;
    if (verb === '%') this.#printer.write('%');
    else if (!this.#isIndexGood) this.#printer.write(`%!${verb}(BADINDEX)`);
    else if (this.#argument >= this.#args.length) this.#printer.write(`%!${verb}(MISSING)`);
    else {
      if (verb === 'v') {
        Object.assign(flags, { sharpV: flags.sharp, sharp: false, plusV: flags.plus, plus: false });
      }
      this.#printer.print(this.#args[this.#argument], verb);
      this.#argument += 1;
    }
  }

  #readFlags(): void {
    const flags = noFlags();
    for (; ; this.#at += 1) {
      if (this.#letter === '#') flags.sharp = true;
      else if (this.#letter === '0') flags.zero = true;
      else if (this.#letter === '+') flags.plus = true;
      else if (this.#letter === '-') flags.minus = true;
      else if (this.#letter === ' ') flags.space = true;
      else break;
    }
    this.#printer.flags = flags;
  }

  /** `[2]`: the argument that is next, counted from 1. */
  #readIndex(): void {
    this.#isAfterIndex = false;
    if (this.#letter !== '[') return;
    this.#isReordered = true;
    const end = this.#format.indexOf(']', this.#at);
    const digits = end < 0 ? '' : this.#format.slice(this.#at + 1, end);
    this.#at = end < 0 ? this.#at + 1 : end + 1;
    const index = /^\d{1,7}$/.test(digits) ? Number(digits) - 1 : -1;
    this.#isAfterIndex = /^\d{1,7}$/.test(digits);
    if (index >= 0 && index < this.#args.length) this.#argument = index;
    else this.#isIndexGood = false;
  }

  #readWidth(): void {
    const { flags } = this.#printer;
    if (this.#letter === '*') {
      this.#at += 1;
      flags.width = this.#fromArgument();
      if (flags.width === undefined) this.#printer.write('%!(BADWIDTH)');
      else if (flags.width < 0) Object.assign(flags, { width: -flags.width, minus: true, zero: false });
      this.#isAfterIndex = false;
      return;
    }
    flags.width = this.#number();
    if (this.#isAfterIndex && flags.width !== undefined) this.#isIndexGood = false;
  }

  #readPrecision(): void {
    const { flags } = this.#printer;
    this.#at += 1;
    if (this.#isAfterIndex) this.#isIndexGood = false;
    this.#readIndex();
    if (this.#letter !== '*') {
      flags.precision = this.#number() ?? 0;
      return;
    }
    this.#at += 1;
    const precision = this.#fromArgument();
    flags.precision = precision === undefined || precision < 0 ? undefined : precision;
    if (flags.precision === undefined) this.#printer.write('%!(BADPREC)');
    this.#isAfterIndex = false;
  }

  /** Digits here. One that is too large spoils the rest of the format, as in Go. */
  #number(): number | undefined {
    const digits = /^\d*/.exec(this.#format.slice(this.#at, this.#at + 8))?.[0] ?? '';
    if (digits === '') return undefined;
    if (digits.length > 7 || Number(digits.slice(0, -1)) > largest) {
      this.#at = this.#format.length;
      return undefined;
    }
    this.#at += digits.length;
    return Number(digits);
  }

  /** @returns undefined when it is no number, or too large. */
  #fromArgument(): number | undefined {
    if (this.#argument >= this.#args.length) return undefined;
    const value = this.#args[this.#argument];
    this.#argument += 1;
    const isNumber = value?.kind === 'int' || value?.kind === 'uint';
    return isNumber && value.data <= largest && value.data >= -largest ? Number(value.data) : undefined;
  }

  #tellSurplus(): void {
    this.#printer.flags = noFlags();
    this.#printer.write('%!(EXTRA ');
    for (const [at, value] of this.#args.slice(this.#argument).entries()) {
      if (at > 0) this.#printer.write(', ');
      if (value !== undefined) this.#printer.write(`${value.type}=`);
      this.#printer.print(value, 'v');
    }
    this.#printer.write(')');
  }
}
