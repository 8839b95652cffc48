import { expect } from 'vitest';
import type { BrickRecord } from '../../src/db/bricks.ts';
import type { Finding, FindingKind } from '../../src/doctor/finding.ts';
import { mountPoint, volumeGroupName } from '../../src/storage/naming.ts';
import { findDifferences } from './checker.ts';
import { loadNodes, replica3, startManager, type TestManager } from './manager.ts';
import { simulatedFacts } from './simulated-facts.ts';

export interface DoctorScene extends TestManager {
  readonly volumeId: string;
  readonly name: string;
  readonly clusterId: string;
  /** The volume's brick on the first node, and where it is. */
  readonly brick: BrickRecord;
  readonly host: string;
  readonly at: string;
  readonly group: string;
  look(): Promise<readonly Finding[]>;
}

/** Three nodes with two disks each, and a volume. */
export async function scene(env: Readonly<Record<string, string>> = {}): Promise<DoctorScene> {
  const manager = await startManager({ env });
  const { clusterId } = await loadNodes(manager.wire, 3, 2);
  const volume = (await manager.wire.finish('/volumes', { body: replica3(4) })).json();
  const bricks = await manager.app.database.read.bricks.listByVolume(volume.id as string);
  const brick = bricks[0];
  if (brick === undefined) throw new Error('the volume has no brick');
  const node = await manager.app.database.read.nodes.find(brick.nodeId);
  return {
    ...manager,
    volumeId: volume.id as string,
    name: volume.name as string,
    clusterId,
    brick,
    host: node?.manageNames[0] ?? '',
    at: mountPoint(brick.deviceId, brick.id),
    group: volumeGroupName(brick.deviceId),
    look: async () => (await manager.app.doctor.look()).findings,
  };
}

export const differences = ({ app, simulation }: TestManager): Promise<string[]> =>
  findDifferences(app.database.read, { factsOf: (host) => simulatedFacts(simulation, host) });

export const kindsOf = (findings: readonly Finding[]): FindingKind[] => findings.map(({ kind }) => kind);

/** Somebody else runs a command on a node; it must work. */
export function act({ simulation }: TestManager, host: string, ...argv: string[]): void {
  const answer = simulation.act(host, argv);
  if (answer.exitCode !== 0 || answer.stdout.includes('<opRet>-1'))
    throw new Error(`${argv.join(' ')}: ${answer.stderr}${answer.stdout}`);
}

export function unmountBehind(it: DoctorScene): void {
  it.simulation.endBrick(it.host, it.brick.path);
  act(it, it.host, 'umount', it.at);
}

/** Mends a finding over the wire. @returns the operation as it ended. */
export async function fix({ wire, app }: TestManager, { id }: Finding) {
  const answer = await wire.send('/doctor/fix', { body: { findings: [id] } });
  expect(answer.status, answer.text).toBe(202);
  const [start] = answer.json().started;
  expect(start.refused).toBeNull();
  return app.engine.whenEnded(start.operation as string);
}
