import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NodePicture } from '../../../../src/executors/simulated/picture.ts';
import { Simulation } from '../../../../src/executors/simulated/simulated-executor.ts';
import { parseLogicalVolumes } from '../../../../src/storage/lvm/reports.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import {
  brickCommands,
  brickVolume,
  deviceCommands,
  gluster,
  group,
  lvm,
  mounts,
  pathOf,
  topOf,
} from './support.ts';

const hosts = ['n1', 'n2', 'n3'];
const ids = ['b1', 'b2', 'b3'];
const host = fc.constantFrom(...hosts);
const id = fc.constantFrom(...ids);
/** Words of one line, chosen at random. */
const oneOf = (line: string): fc.Arbitrary<string> => fc.constantFrom(...line.split(' '));
const words = oneOf(`-f -qq --all -p --xml force volume info create /dev/sdb / /etc ${group} n2 -1 `);
const programs = oneOf(
  'lvm lvs lvcreate gluster mkdir rmdir rm cat mount umount wipefs blkid lsblk test sed grep tee ln mv install stat ' +
    'flock nsenter systemctl udevadm readlink bash',
);

type Act = (simulation: Simulation) => unknown;
const acting =
  (
    address: string,
    commands: readonly { readonly argv: readonly string[]; readonly stdin?: string }[],
  ): Act =>
  (simulation) => {
    if (simulation.hosts().includes(address) && !simulation.picture(address).isUp) return;
    for (const { argv, stdin } of commands) simulation.act(address, argv, stdin);
  };

const brickOf = (address: string, brick: string): string => `${address}:${pathOf(brick)}`;

/** A cluster of all nodes with a volume on each brick: from here most of the other acts can do something. */
const wholeCluster: Act = (simulation) => {
  for (const address of hosts) {
    acting(address, [...deviceCommands(), ...ids.flatMap(brickCommands)])(simulation);
    acting('n1', [gluster.probePeer(address)])(simulation);
  }
  for (const brick of ids) {
    const bricks = hosts.map((address) => brickOf(address, brick));
    const create = gluster.createVolume({ name: brick, durability: { type: 'none' }, bricks });
    acting('n1', [create, gluster.startVolume(brick)])(simulation);
  }
};

/** Sensible work, in any order, on any of the nodes; and nonsense. */
const anAct: fc.Arbitrary<Act> = fc.oneof(
  fc.constant(wholeCluster),
  host.map((address) => acting(address, deviceCommands())),
  fc.tuple(host, id).map(([address, brick]) => acting(address, brickCommands(brick))),
  fc
    .tuple(host, id, fc.integer({ min: 0, max: 700 }))
    .map(([address, brick, size]) => acting(address, [brickVolume(brick, size)])),
  fc.tuple(host, id).map(([address, brick]) => acting(address, [{ argv: ['umount', topOf(brick)] }])),
  fc
    .tuple(host, id, fc.constantFrom('brick', 'tp'))
    .map(([address, brick, kind]) =>
      acting(address, [lvm.removeLogicalVolumes([`${group}/${kind}_${brick}`])]),
    ),
  fc
    .tuple(host, id)
    .map(([address, brick]) =>
      acting(address, mounts.forget([{ device: '/dev/none', mountPoint: topOf(brick) }])),
    ),
  host.map((address) =>
    acting(address, [lvm.removeVolumeGroup(group), lvm.removePhysicalVolume('/dev/sdb')]),
  ),
  host.map((address) => acting(address, [{ argv: ['wipefs', '--all', '/dev/sdb'] }])),
  fc.tuple(host, host).map(([address, peer]) => acting(address, [gluster.probePeer(peer)])),
  fc.tuple(host, host).map(([address, peer]) => acting(address, [gluster.detachPeer(peer, 'force')])),
  fc.tuple(host, id, fc.subarray(hosts, { minLength: 1 })).map(([address, brick, nodes]) =>
    acting(address, [
      gluster.createVolume({
        name: brick,
        durability: { type: 'none' },
        bricks: nodes.map((node) => brickOf(node, brick)),
      }),
      gluster.startVolume(brick),
    ]),
  ),
  fc
    .tuple(host, id, id)
    .map(([address, name, brick]) => acting(address, [gluster.addBricks(name, [brickOf(address, brick)])])),
  fc.tuple(host, id).map(([address, name]) => acting(address, [gluster.stopVolume(name)])),
  fc.tuple(host, id).map(([address, name]) => acting(address, [gluster.deleteVolume(name)])),
  fc
    .tuple(host, fc.constantFrom('start', 'stop'))
    .map(([address, verb]) => acting(address, [{ argv: ['systemctl', verb, 'glusterd'] }])),
  host.map(
    (address): Act =>
      (simulation) =>
        simulation.powerOff(address),
  ),
  host.map(
    (address): Act =>
      (simulation) =>
        simulation.powerOn(address),
  ),
  host.map(
    (address): Act =>
      (simulation) =>
        simulation.pullDisk(address, '/dev/sdb'),
  ),
  host.map(
    (address): Act =>
      (simulation) =>
        simulation.plugDisk(address, '/dev/sdb'),
  ),
  fc
    .tuple(host, programs, fc.array(words, { maxLength: 5 }))
    .map(([address, program, args]) => acting(address, [{ argv: [program, ...args] }])),
);

const acts = fc.array(anAct, { maxLength: 60, size: 'max' });
const pictures = (of: Simulation) => of.hosts().map((address) => of.picture(address));

function assertSound(simulation: Simulation): void {
  for (const address of simulation.hosts()) {
    const picture = simulation.picture(address);
    if (picture.isUp) assertExtents(simulation, picture);
    expect(picture.isUp || picture.mounts.length + picture.runningBricks.length === 0).toBe(true);
    const groups = picture.volumeGroups.map(({ name }) => name);
    const volumes = picture.logicalVolumes;
    const pools = volumes
      .filter(({ kind }) => kind === 'pool')
      .map(({ volumeGroup, name }) => `${volumeGroup}/${name}`);
    for (const { volumeGroup, kind, pool } of volumes) {
      expect(groups).toContain(volumeGroup);
      expect(kind !== 'thin' || pools.includes(`${volumeGroup}/${pool}`)).toBe(true);
    }
    const devices = volumes.map(({ volumeGroup, name }) => `/dev/mapper/${volumeGroup}-${name}`);
    for (const { device } of picture.mounts) expect(devices).toContain(device);
    for (const brick of picture.runningBricks) {
      expect(picture.mounts.some(({ mountPoint }) => brick.startsWith(`${mountPoint}/`))).toBe(true);
    }
  }
}

/** What is free and what the volumes take is all there is. */
function assertExtents(
  simulation: Simulation,
  { host: address, volumeGroups, logicalVolumes }: NodePicture,
): void {
  for (const { name, extentKib, totalExtents, freeExtents } of volumeGroups) {
    const hidden = parseLogicalVolumes(
      simulation.act(address, lvm.listLogicalVolumes([name]).argv).stdout,
    ).filter(({ isHidden }) => isHidden);
    const linear = logicalVolumes.filter(
      ({ kind, volumeGroup }) => kind === 'linear' && volumeGroup === name,
    );
    const takenKib = [...hidden, ...linear].reduce((sum, { sizeKib }) => sum + sizeKib, 0);
    expect(freeExtents).toBeGreaterThanOrEqual(0);
    expect((totalExtents - freeExtents) * extentKib).toBe(takenKib);
  }
}

describe('a simulated world', () => {
  it('stays sound whatever is done to it, and is the same after the same acts', () => {
    fc.assert(
      fc.property(acts, (chosen) => {
        const simulation = new Simulation();
        for (const act of chosen) act(simulation);
        assertSound(simulation);
        const again = new Simulation();
        for (const act of chosen) act(again);
        expect(pictures(again)).toEqual(pictures(simulation));
      }),
      { numRuns: 150 },
    );
  });

  it('that is kept is the same when it is read back', () => {
    const folder = temporaryFolder();
    let number = 0;
    fc.assert(
      fc.property(acts, (chosen) => {
        number += 1;
        const stateFile = join(folder, String(number));
        const simulation = new Simulation({ stateFile });
        for (const act of chosen) act(simulation);
        simulation.close();
        const readBack = new Simulation({ stateFile, compactAfter: 0 });
        expect(pictures(readBack)).toEqual(pictures(simulation));
        expect(pictures(new Simulation({ stateFile }))).toEqual(pictures(simulation));
      }),
      { numRuns: 60 },
    );
  });
});
