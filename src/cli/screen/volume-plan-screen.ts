import type { VolumePlan } from '../../client/wire-types.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';
import { countOf, gibCell, sizeText } from './wording.ts';

type Sets = NonNullable<VolumePlan['sets']>;
type Refusal = NonNullable<VolumePlan['refusals']>[number];

/** Where the bricks would go, or why they cannot. */
export async function volumePlanScreen(plan: VolumePlan, style: Style): Promise<string> {
  if (plan.possible) return placementText(plan, style);
  const texts = await Promise.all((plan.refusals ?? []).map((refusal) => refusalText(refusal, style)));
  return texts.join('\n');
}

async function placementText(
  { cluster, way, brick_size_kib, sets = [] }: VolumePlan,
  style: Style,
): Promise<string> {
  const size = brick_size_kib === undefined ? '' : ` of ${sizeText(brick_size_kib)} a brick`;
  const what = `${countOf(sets.length, 'brick set')}${size}`;
  const verdict = way === 'in-place' ? 'It can grow in place' : 'It fits';
  const head = `${style.good(verdict)}: ${what}, in cluster ${cluster ?? '?'}\n`;
  return `${head}${await placementTable(sets, style)}`;
}

function placementTable(sets: Sets, style: Style): Promise<string> {
  const rows = sets.flatMap((bricks, set) =>
    bricks.map((brick, index) => [
      index === 0 ? String(set + 1) : '',
      brick.node_name || brick.node,
      String(brick.zone),
      brick.device_name || brick.device,
      brick.kind,
      gibCell(brick.size_kib),
      gibCell(brick.taken_kib),
    ]),
  );
  const head = ['Set', 'Node', 'Zone', 'Device', 'Kind', 'GiB', 'Taken'];
  return renderTable({ head, rows, right: [0, 2, 5, 6] }, style);
}

async function refusalText(refusal: Refusal, style: Style): Promise<string> {
  const { cluster, reason, devices, suggestions, largest_size_gib: largest } = refusal;
  // The rest of the reason says in lines what stands in the table.
  const [headline = reason] = reason.split('\n');
  const lines = [
    ...(largest === undefined ? [] : [`Largest size that fits: ${largest} GiB`]),
    ...suggestions.map((suggestion) => `To let it pass: ${suggestion}`),
  ];
  const table = devices.length === 0 ? '' : await reasonTable(devices, style);
  return `${style.bad('It does not fit')} in cluster ${cluster}: ${headline}\n${table}${lines.map((line) => `${line}\n`).join('')}`;
}

function reasonTable(devices: Refusal['devices'], style: Style): Promise<string> {
  const rows = devices.map((device) => [
    device.node_name || device.node,
    device.device_name || device.device,
    gibCell(device.free_kib),
    gibCell(device.needed_kib),
    device.text,
  ]);
  return renderTable({ head: ['Node', 'Device', 'Free', 'Needed', 'Why not'], rows, right: [2, 3] }, style);
}
