import type { Finding, QuarantineItem, RebuildReport } from '../../client/wire-types.ts';
import { groupBy } from '../../lib/group-by.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';
import { countOf, sizeText } from './wording.ts';

/** As much of an id as tells it from others; commands take it. */
export const shortId = (id: string): string => id.slice(0, 8);

const paints = { error: 'bad', warning: 'warn', info: 'dim' } as const;

/** Findings node by node: what, where, what was seen, and what would mend it. */
export function findingsScreen(
  findings: readonly Finding[],
  hostOf: (nodeId: string) => string,
  style: Style,
): string {
  if (findings.length === 0) return `${style.good('Nodes and database agree.')}\n`;
  const byPlace = groupBy(findings, ({ node, cluster }) =>
    node === null ? `cluster ${cluster}` : hostOf(node),
  );
  const texts = [...byPlace].map(
    ([place, own]) => `${style.bold(place)}\n${own.map((finding) => findingLines(finding, style)).join('')}`,
  );
  return `${texts.join('\n')}\n${summary(findings)}\n`;
}

const indent = ' '.repeat(20);

function findingLines(finding: Finding, style: Style): string {
  const paint = style[paints[finding.severity]];
  const { size, made } = finding;
  const facts = [size === null ? '' : sizeText(size), made === null ? '' : `made ${made}`];
  const tail = facts.filter((fact) => fact !== '').join(', ');
  const head = `  ${paint(finding.severity.padEnd(8))}  ${shortId(finding.id)}  ${finding.title}: ${finding.object}`;
  const mend = finding.mend === 'none' ? 'by hand:' : finding.safe ? 'fix, safe:' : 'fix:';
  return [
    `${head}${tail === '' ? '' : ` (${tail})`}`,
    `${indent}${finding.evidence}`,
    `${indent}${style.accent(mend)} ${finding.advice}`,
    '',
  ].join('\n');
}

function summary(findings: readonly Finding[]): string {
  const count = (severity: Finding['severity']): number =>
    findings.filter((finding) => finding.severity === severity).length;
  const fixable = findings.filter(({ mend }) => mend !== 'none').length;
  const safe = findings.filter((finding) => finding.safe).length;
  const parts = [countOf(count('error'), 'error'), countOf(count('warning'), 'warning')];
  return `${parts.join(', ')}, ${count('info')} for information; ${fixable} can be fixed, ${safe} of them safely.`;
}

export function quarantineScreen(items: readonly QuarantineItem[], style: Style): Promise<string> {
  const rows = items.map(({ id, object, since, until, size }) => [
    shortId(id),
    object,
    size === 0 ? '' : sizeText(size),
    since,
    until,
  ]);
  return renderTable({ head: ['Id', 'What', 'Size', 'Since', 'Kept until'], rows }, style);
}

export async function rebuildScreen(report: RebuildReport, style: Style): Promise<string> {
  const { clusters, nodes, devices, volumes, bricks, problems, notes, done } = report;
  const rows = volumes.map(({ id, name, size, cluster }) => [id, name, `${size} GiB`, cluster]);
  const table =
    rows.length === 0 ? '' : await renderTable({ head: ['Volume', 'Name', 'Size', 'Cluster'], rows }, style);
  const counts = [
    countOf(clusters.length, 'cluster'),
    countOf(nodes.length, 'node'),
    countOf(devices.length, 'device'),
    countOf(volumes.length, 'volume'),
    countOf(bricks, 'brick'),
  ].join(', ');
  return [
    table,
    ...notes.map((note) => `${style.dim('note:')} ${note}\n`),
    ...problems.map((problem) => `${style.bad('in the way:')} ${problem}\n`),
    `${counts} ${done ? 'recorded' : 'would be recorded'}.\n`,
  ].join('');
}
