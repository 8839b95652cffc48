import type { Device } from '../../client/wire-types.ts';
import { tagWords } from '../text/tag-lines.ts';
import type { Style } from './style.ts';
import { renderFields, renderTable } from './table.ts';
import { gibCell, sizeText, stateCell } from './wording.ts';

export async function deviceScreen(device: Device, style: Style): Promise<string> {
  const { storage } = device;
  const fields: [string, string][] = [
    ['Device', style.bold(device.id)],
    ['Path', device.name],
    ['State', stateCell(device.state, style)],
    ['Size', sizeText(storage.total)],
    ['Used', sizeText(storage.used)],
    ['Free', sizeText(storage.free)],
    ['PV UUID', device.pv_uuid ?? ''],
    ['Known as', (device.paths ?? []).join(' ')],
    ['Tags', tagWords(device.tags)],
  ];
  return `${renderFields(fields, style)}\n${await brickTable(device.bricks, style)}`;
}

async function brickTable(bricks: Device['bricks'], style: Style): Promise<string> {
  if (bricks.length === 0) return `${style.dim('No bricks.')}\n`;
  const rows = bricks.map(({ id, volume, size }) => [id, volume, gibCell(size)]);
  return renderTable({ head: ['Brick', 'Volume', 'GiB'], rows, right: [2] }, style);
}

/** The devices of a node. */
export async function deviceTable(devices: readonly Device[], style: Style): Promise<string> {
  if (devices.length === 0) return `${style.dim('No devices.')}\n`;
  const rows = devices.map(({ id, name, state, storage, bricks, tags }) => [
    id,
    name,
    stateCell(state, style),
    gibCell(storage.total),
    gibCell(storage.used),
    gibCell(storage.free),
    String(bricks.length),
    tagWords(tags),
  ]);
  const head = ['Device', 'Path', 'State', 'GiB', 'Used', 'Free', 'Bricks', 'Tags'];
  return renderTable({ head, rows, right: [3, 4, 5, 6] }, style);
}
