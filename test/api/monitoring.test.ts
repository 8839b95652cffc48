import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseSamples, valuesOf } from '../support/exposition.ts';
import { loadNodes, replica3, startManager } from '../support/manager.ts';

const folder = resolve(import.meta.dirname, '../../deploy/monitoring');
const read = (name: string): string => readFileSync(resolve(folder, name), 'utf8');

const rules = (
  parse(read('alerts.yaml')) as { groups: { rules: { alert: string; expr: string }[] }[] }
).groups.flatMap((group) => group.rules);
const panels = (
  JSON.parse(read('grafana-board.json')) as { panels: { title: string; targets: { expr: string }[] }[] }
).panels;

/** Everything that can be told is told: a node is off, a pool is nearly full, a brick is down, the doctor has found something, a backup was made. */
async function toldNames(): Promise<Set<string>> {
  const manager = await startManager();
  const { wire, simulation, app } = manager;
  const { nodeIds } = await loadNodes(wire, 4, 1);
  const volume = (await wire.finish('/volumes', { body: replica3(10) })).json();
  const [brick] = volume.bricks;
  const host = `node${nodeIds.indexOf(brick.node) + 1}`;
  simulation.setUsage(host, { group: `vg_${brick.device}`, volume: `tp_${brick.id}` }, 97, 97);
  simulation.endBrick(host, brick.path);
  const node = await app.database.read.nodes.find(brick.node);
  const unhealed = { brick: `${node?.storageNames[0]}:${brick.path}`, entries: 3 };
  simulation.setUnhealed(host, volume.name, unhealed);
  await app.health.probeAll();
  simulation.powerOff(`node${nodeIds.indexOf(volume.bricks[1].node) + 1}`);
  await app.doctor.look();
  expect((await wire.send('/backups', { method: 'POST' })).status).toBeLessThan(300);
  return new Set(parseSamples((await wire.send('/metrics')).text).map(({ name }) => name));
}

const metricsIn = (expression: string): string[] =>
  [...expression.matchAll(/\b(?:heketi|mortar|process|nodejs)_[a-zA-Z_]+/g)].map(([name]) => name);

describe('deploy/monitoring', () => {
  it('speaks of figures that the manager tells, and of nothing else', async () => {
    const told = await toldNames();
    const expressions = [
      ...rules.map(({ expr }) => expr),
      ...panels.flatMap((panel) => panel.targets.map(({ expr }) => expr)),
    ];
    const asked = [...new Set(expressions.flatMap(metricsIn))];
    expect(asked.length).toBeGreaterThan(15);
    expect(asked.filter((name) => !told.has(name))).toEqual([]);
  });

  it('has one rule of each name', () => {
    const names = rules.map(({ alert }) => alert);
    expect(new Set(names).size).toBe(names.length);
  });
});

it('the metrics tell of each node whether it answered the last probe', async () => {
  const { wire, simulation, app } = await startManager();
  await loadNodes(wire, 3, 1);
  simulation.powerOff('node2');
  await app.health.probeAll();
  const samples = parseSamples((await wire.send('/metrics')).text);
  const up = (hostname: string): number[] => valuesOf(samples, 'mortar_node_up', { hostname });
  expect([up('node1'), up('node2'), up('node3')]).toEqual([[1], [0], [1]]);
});
