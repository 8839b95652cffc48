import { timeEach } from './statistics.ts';
import type { WireClient } from './wire-client.ts';

const devicesPerNode = 4;
const zones = 3;
const fillingClients = 32;

/** The volumes that Heketi was measured with. */
export const volumeBody = {
  size: 10,
  durability: { type: 'replicate', replicate: { replica: 3 } },
} as const;

export interface LoadTimes {
  readonly totalMs: number;
  /** Of which all devices together. */
  readonly devicesMs: number;
}

/** Loads one cluster of so many nodes as `topology load` does: one operation after another. */
export async function loadTopology(client: WireClient, nodes: number): Promise<LoadTimes> {
  const started = performance.now();
  const answer = await client.send('POST', '/clusters', { file: true, block: true });
  const cluster = (JSON.parse(answer.body) as { id: string }).id;
  let devicesMs = 0;
  for (let index = 0; index < nodes; index += 1) {
    const hostnames = { manage: [`node${index}`], storage: [`storage${index}`] };
    const body = { zone: (index % zones) + 1, cluster, hostnames };
    const id = await client.finish('POST', '/nodes', body);
    const begun = performance.now();
    for (let disk = 0; disk < devicesPerNode; disk += 1) {
      await client.finish('POST', '/devices', { node: id, name: `/dev/sd${'bcde'[disk]}` });
    }
    devicesMs += performance.now() - begun;
  }
  return { totalMs: performance.now() - started, devicesMs };
}

/** Creates volumes, many at a time, until there are so many. */
export async function fillUp(client: WireClient, volumes: number): Promise<void> {
  const { volumes: present } = await client.read<{ volumes: string[] }>('/volumes');
  await timeEach(Math.max(0, volumes - present.length), fillingClients, async () => {
    await client.finish('POST', '/volumes', volumeBody);
  });
}
