/** Values of flags as heketi-cli takes them, with its complaints (wire contract section 18.1; Go's strconv). */
import { failure } from '../exit-error.ts';

const truths = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const untruths = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);

class ValueFault extends Error {}

const syntaxFault = (parser: string, text: string): ValueFault =>
  new ValueFault(`strconv.${parser}: parsing ${JSON.stringify(text)}: invalid syntax`);
const rangeFault = (parser: string, text: string): ValueFault =>
  new ValueFault(`strconv.${parser}: parsing ${JSON.stringify(text)}: value out of range`);

export function parseBoolean(text: string): boolean {
  if (truths.has(text)) return true;
  if (untruths.has(text)) return false;
  throw syntaxFault('ParseBool', text);
}

export function parseInteger(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) throw syntaxFault('ParseInt', text);
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw rangeFault('ParseInt', text);
  return value;
}

export function parseDecimal(text: string): number {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) throw syntaxFault('ParseFloat', text);
  const value = Number(text);
  if (!Number.isFinite(value)) throw rangeFault('ParseFloat', text);
  return value;
}

/** A parser that names the flag in its complaint. @param flags as they are declared: `-s, --server`. */
export function forFlag<Value>(flags: string, parse: (text: string) => Value): (text: string) => Value {
  return (text) => {
    try {
      return parse(text);
    } catch (thrown) {
      if (!(thrown instanceof ValueFault)) throw thrown;
      throw failure(`invalid argument ${JSON.stringify(text)} for "${flags}" flag: ${thrown.message}`);
    }
  };
}

/** A value that is no flag's own: the complaint stands alone. */
export function orFailure<Value>(parse: (text: string) => Value, text: string): Value {
  try {
    return parse(text);
  } catch (thrown) {
    throw thrown instanceof ValueFault ? failure(thrown.message) : thrown;
  }
}
