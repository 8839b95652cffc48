import type { ReplacementPlan, WhatIfReport } from '../../client/wire-types.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';
import { countOf, gibCell } from './wording.ts';

type Move = ReplacementPlan['moves'][number];

const placeText = ({ node_name, node, device_name, device }: Move['from']): string =>
  `${node_name || node} ${device_name || device}`;

/** Each brick with its old and new place, or why there is none. */
export async function replacementPlanText(
  { moves, possible }: ReplacementPlan,
  style: Style,
): Promise<string> {
  if (moves.length === 0) return 'There is no brick to be moved.\n';
  const head = possible
    ? `${style.good('All fit')}: ${countOf(moves.length, 'brick')} would be moved\n`
    : `${style.bad('Not all fit')}: ${moves.filter(({ to }) => to === undefined).length} of ${countOf(moves.length, 'brick')} would find no place\n`;
  return `${head}${await movesTable(moves, style)}${refusals(moves, style)}${onlyCopies(moves, style)}`;
}

function movesTable(moves: readonly Move[], style: Style): Promise<string> {
  const rows = moves.map((move) => [
    move.brick,
    move.volume_name,
    move.kind,
    gibCell(move.size_kib),
    placeText(move.from),
    move.to === undefined ? 'nowhere' : placeText(move.to),
  ]);
  return renderTable({ head: ['Brick', 'Volume', 'Kind', 'GiB', 'From', 'To'], rows, right: [3] }, style);
}

const refusals = (moves: readonly Move[], style: Style): string =>
  moves
    .flatMap(({ brick, refusal }) => (refusal === undefined ? [] : [`${style.bad(brick)}: ${refusal}\n`]))
    .join('');

function onlyCopies(moves: readonly Move[], style: Style): string {
  const names = [...new Set(moves.filter((move) => move.only_copy).map((move) => move.volume_name))];
  if (names.length === 0) return '';
  return `${style.warn('No copies')}: the files of ${names.join(', ')} are moved one by one; what nobody can read would be lost\n`;
}

const effectTexts = {
  lost: 'data out of reach',
  'read-only': 'no longer written',
  degraded: 'in use, less to spare',
} as const;

/** Which volumes would suffer, and whether they could be protected again. */
export async function whatIfText(report: WhatIfReport, style: Style): Promise<string> {
  if (report.volumes.length === 0) return `${style.good('Nothing')}: no volume has a brick there.\n`;
  const rows = report.volumes.flatMap(({ name, sets }) =>
    sets.map(({ set, effect, text }) => [name, String(set + 1), effectTexts[effect], text]),
  );
  const table = await renderTable({ head: ['Volume', 'Set', 'Then', 'Why'], rows, right: [1] }, style);
  const beyond = report.beyond_repair.length;
  const end = report.all_protected_again
    ? `${style.good('All')} could be protected again: ${countOf(report.moves.length, 'brick')} ${report.moves.length === 1 ? 'fits' : 'fit'} on what is left\n`
    : `${style.bad('Not all')} could be protected again: ${beyond === 0 ? '' : `of ${countOf(beyond, 'brick')} too little is left; `}${report.moves.filter(({ to }) => to === undefined).length} would find no place\n${refusals(report.moves, style)}`;
  return `${table}${end}`;
}
