import type { Reads } from '../../db/queries.ts';
import type { LossReport } from '../../volumes/loss-report.ts';
import type { PlannedMove } from '../../volumes/plan-moves.ts';
import type { ReplacementPlan, WhatIfReport } from '../schema/replacements.ts';

type WireMove = ReplacementPlan['moves'][number];

export async function presentMoves(reads: Reads, moves: readonly PlannedMove[]): Promise<ReplacementPlan> {
  const shown: WireMove[] = [];
  for (const move of moves) shown.push(await presentMove(reads, move));
  return { possible: moves.every(({ result }) => result.ok), moves: shown };
}

async function presentMove(
  reads: Reads,
  { brick, volume, result, isOnlyCopy }: PlannedMove,
): Promise<WireMove> {
  return {
    brick: brick.id,
    volume: volume.id,
    volume_name: volume.name,
    kind: brick.kind,
    size_kib: brick.sizeKib,
    only_copy: isOnlyCopy,
    from: await placeOf(reads, brick.nodeId, brick.deviceId),
    ...(result.ok
      ? { to: await placeOf(reads, result.brick.nodeId, result.brick.deviceId) }
      : { refusal: result.message }),
  };
}

async function placeOf(reads: Reads, nodeId: string, deviceId: string): Promise<WireMove['from']> {
  const node = await reads.nodes.find(nodeId);
  const device = await reads.devices.find(deviceId);
  return {
    node: nodeId,
    node_name: node?.manageNames[0] ?? '',
    device: deviceId,
    device_name: device?.name ?? '',
  };
}

export async function presentLoss(reads: Reads, report: LossReport): Promise<WhatIfReport> {
  const { moves, possible } = await presentMoves(reads, report.moves);
  return {
    volumes: report.volumes.map(({ volume, effect, sets }) => ({
      id: volume.id,
      name: volume.name,
      effect,
      sets: sets.map((set) => ({
        set: set.setIndex,
        lost_bricks: [...set.lostBrickIds],
        effect: set.effect,
        text: set.text,
      })),
    })),
    moves,
    beyond_repair: report.beyondRepair.map(({ id }) => id),
    all_protected_again: possible && report.beyondRepair.length === 0,
  };
}
