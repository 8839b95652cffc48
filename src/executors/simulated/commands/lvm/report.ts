import { type Answer, done, failed } from '../../world/answer.ts';
import { parseOptions } from '../options.ts';
import { type Call, NotSimulated } from '../program.ts';
import { lvmFailure, noSuchGroup } from './groups.ts';
import type { Row, RowSource, SizeText } from './report-fields.ts';
import { parseSelection } from './selection.ts';

const divisors: Readonly<Record<string, number>> = { b: 1 / 1024, k: 1, m: 1024, g: 1024 ** 2, t: 1024 ** 3 };

const namesInOrder = 'vg_name,lv_name';

/** `lvm pvs|vgs|lvs`: a report as JSON, or as bare columns with `--noheadings`. */
export function report(call: Call, source: RowSource): Answer {
  const options = parseOptions(call.args, {
    flags: ['-a', '--nosuffix', '--noheadings', '-qq', '-q'],
    values: ['--reportformat', '--units', '-o', '--options', '-S', '--select', '--separator', '--sort'],
  });
  // Rows stand in the order of their groups and names anyway.
  const order = options.value('--sort') ?? namesInOrder;
  if (order !== namesInOrder) throw new NotSimulated(`the order ${order}`);
  const fields = (options.value('-o') ?? options.value('--options') ?? source.defaultFields).split(',');
  const selection = parseSelection(options.value('-S') ?? options.value('--select'));
  const size = sizeText(options.value('--units') ?? 'k', options.has('--nosuffix'));
  const { rows, missing } = source.rows(call.node, {
    names: options.rest,
    groups: selection.groups,
    withHidden: options.has('-a'),
    candidates: selection.candidates,
  });
  const lines = rows
    .filter((row) => selection.matches((name) => valueOf(row, name, size)))
    .map((row) => fields.map((name) => [name, valueOf(row, name, size)] as const));
  // A group on several disks has a row for each, which shows only in fields of physical volumes.
  const distinct =
    source.kind === 'vg' ? [...new Map(lines.map((line) => [line.join('\n'), line])).values()] : lines;
  const isJson = options.value('--reportformat') === 'json';
  if (!isJson && !options.has('--noheadings')) throw new NotSimulated('a report with headings');
  const text = isJson
    ? asJson(source.kind, distinct)
    : asColumns(distinct, options.value('--separator') ?? ' ');
  if (missing.length === 0) return done(text);
  const words = missing.flatMap((name) => (source.kind === 'pv' ? [noSuchVolume(name)] : noSuchGroup(name)));
  return { ...failed(lvmFailure, ...words), stdout: text };
}

const noSuchVolume = (device: string): string => `  Failed to find physical volume "${device}".`;

function valueOf(row: Row, field: string, size: SizeText): string {
  const value = row(field, size);
  if (value === undefined) throw new NotSimulated(`the field ${field}`);
  return value;
}

function sizeText(units: string, isBare: boolean): SizeText {
  const unit = units.toLowerCase();
  const divisor = divisors[unit];
  if (divisor === undefined) throw new NotSimulated(`the unit ${units}`);
  return (kib) => `${(kib / divisor).toFixed(unit === 'b' ? 0 : 2)}${isBare ? '' : unit}`;
}

type Line = readonly (readonly [field: string, value: string])[];

/** As LVM writes it. None of its values needs escaping: names and tags have no quotes. */
function asJson(kind: RowSource['kind'], lines: readonly Line[]): string {
  const rows = lines.map((line) => {
    const pairs = line.map(([field, value]) => `"${field}":"${value}"`);
    return `                  {${pairs.join(', ')}}`;
  });
  return [
    '  {',
    '      "report": [',
    '          {',
    `              "${kind}": [`,
    ...(rows.length === 0 ? [] : [rows.join(',\n')]),
    '              ]',
    '          }',
    '      ]',
    '  }',
    '',
  ].join('\n');
}

const asColumns = (lines: readonly Line[], separator: string): string =>
  lines.map((line) => `  ${line.map(([, value]) => value).join(separator)}\n`).join('');
