/** heketi-cli's texts for devices (wire contract section 18.3). */
import type { Device } from '../../client/wire-types.ts';
import { kibToGib } from '../../lib/sizes.ts';
import { stateWord } from './entry-state.ts';
import { pad } from './pad.ts';
import { tagLines } from './tag-lines.ts';

const idColumns = 35;
const nameColumns = 20;
const stateColumns = 10;
const numberColumns = 8;

export function deviceText(device: Device): string {
  const { storage } = device;
  const lines = [
    `Device Id: ${device.id}`,
    `State: ${stateWord(device.state)}`,
    `Size (GiB): ${kibToGib(storage.total)}`,
    `Used (GiB): ${kibToGib(storage.used)}`,
    `Free (GiB): ${kibToGib(storage.free)}`,
    `Create Path: ${device.name}`,
    `Physical Volume UUID: ${device.pv_uuid ?? ''}`,
    `Known Paths: ${(device.paths ?? []).join(' ')}`,
  ];
  return `${lines.join('\n')}\n${tagLines(device.tags)}Bricks:\n${device.bricks.map(brickLine).join('')}`;
}

/** Also in the topology, behind its tabs. */
export function brickLine({ id, size, path }: Device['bricks'][number]): string {
  return `Id:${pad(id, idColumns)}Size (GiB):${pad(kibToGib(size), numberColumns)}Path: ${path}\n`;
}

/** The line of a device in its node. */
export function deviceLine(device: Device): string {
  const name = `Name:${pad(device.name, nameColumns)}`;
  const bricks = `Bricks:${pad(device.bricks.length, numberColumns)}`;
  return `Id:${pad(device.id, idColumns)}${name}${stateAndSizes(device)}${bricks}\n`;
}

/** The line of a device in the topology. */
export const topologyDeviceLine = (device: Device): string =>
  `Id:${pad(device.id, idColumns)}${stateAndSizes(device)}\n`;

function stateAndSizes({ state, storage }: Device): string {
  const sizes = [
    `Size (GiB):${pad(kibToGib(storage.total), numberColumns)}`,
    `Used (GiB):${pad(kibToGib(storage.used), numberColumns)}`,
    `Free (GiB):${pad(kibToGib(storage.free), numberColumns)}`,
  ];
  return `State:${pad(stateWord(state), stateColumns)}${sizes.join('')}`;
}
