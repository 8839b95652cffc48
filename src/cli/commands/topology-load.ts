import type { Command } from 'commander';
import { ClientError } from '../../client/client-error.ts';
import type { Topology } from '../../client/shapes.ts';
import { defineAction } from '../define.ts';
import { failure } from '../exit-error.ts';
import type { Run } from '../run.ts';
import type { Surroundings } from '../surroundings.ts';
import {
  type LoadCluster,
  type LoadDevice,
  type LoadDocument,
  type LoadNode,
  readLoadFile,
} from '../topology-file/load-document.ts';

export function addTopologyLoad(group: Command, around: Surroundings): void {
  const command = group
    .command('load')
    .description('add what a topology file has and the server has not (like heketi-cli; see also apply)')
    .option('-j, --json <file>', 'the topology file, in JSON');
  defineAction<{ json?: string }>(command, around, async (run, { json }) => {
    const { document, unknownKeys } = readLoadFile(readConfigFile(run, json));
    for (const unknown of unknownKeys) run.complain(`${json}: ${unknown}, passed over`);
    await new Loader(run, await readPresent(run)).load(document);
  });
}

function readConfigFile({ around }: Run, file: string | undefined): string {
  if (!file) throw failure('Missing configuration file');
  try {
    return around.readFile(file);
  } catch {
    throw failure('Unable to open config file');
  }
}

async function readPresent({ client }: Run): Promise<Topology> {
  try {
    return await client.topology.get();
  } catch (thrown) {
    throw failure(`Unable to get topology information: ${(thrown as Error).message}`);
  }
}

type Present = { readonly id: string; readonly cluster: string; readonly devices: ReadonlySet<string> };

/** Adds what is missing, one after the other, and says so in heketi-cli's words (wire contract section 19.2). */
class Loader {
  readonly #run: Run;
  /** By first manage name, as they were before. */
  readonly #present: ReadonlyMap<string, Present>;
  readonly #created: string[] = [];

  constructor(run: Run, { clusters }: Topology) {
    this.#run = run;
    const nodes = clusters.flatMap((cluster) => cluster.nodes);
    this.#present = new Map(
      nodes.map(({ id, cluster, hostnames, devices }) => [
        hostnames.manage[0] ?? '',
        { id, cluster, devices: new Set(devices.map(({ name }) => name)) },
      ]),
    );
  }

  async load({ clusters }: LoadDocument): Promise<void> {
    try {
      for (const cluster of clusters) await this.#loadCluster(cluster);
    } finally {
      await this.#deleteEmptyClusters();
    }
  }

  async #loadCluster(cluster: LoadCluster): Promise<void> {
    let clusterId: string | undefined;
    for (const { node, devices } of cluster.nodes) {
      const name = node.hostnames.manage[0] ?? '';
      const known = this.#present.get(name);
      if (known === undefined) clusterId ??= await this.#createCluster(cluster);
      else clusterId = await this.#foundNode(name, known);
      const nodeId = known?.id ?? (await this.#createNode(name, { ...node, cluster: clusterId }));
      if (nodeId === undefined) continue;
      for (const device of devices) await this.#loadDevice(nodeId, device, known);
    }
  }

  async #foundNode(name: string, { cluster }: Present): Promise<string> {
    this.#run.print(`\tFound node ${name} on cluster ${cluster}\n`);
    try {
      return (await this.#run.client.clusters.get(cluster)).id;
    } catch {
      this.#run.print('Unable to get cluster information\n');
      throw failure('Unable to get cluster information');
    }
  }

  async #createCluster({ file, block }: LoadCluster): Promise<string> {
    this.#run.print('Creating cluster ... ');
    const { id } = await this.#run.client.clusters.create({ file, block });
    this.#created.push(id);
    this.#run.print(`ID: ${id}\n`);
    if (file) this.#run.print('\tAllowing file volumes on cluster.\n');
    if (block) this.#run.print('\tAllowing block volumes on cluster.\n');
    return id;
  }

  /** @returns undefined when it could not be made: then the others still are. */
  async #createNode(name: string, request: LoadNode & { cluster: string }): Promise<string | undefined> {
    this.#run.print(`\tCreating node ${name} ... `);
    try {
      const { id } = await this.#run.waitQuietly((options) => this.#run.client.nodes.add(request, options));
      this.#run.print(`ID: ${id}\n`);
      return id;
    } catch (thrown) {
      this.#run.print(`Unable to create node: ${messageOf(thrown)}\n`);
      return undefined;
    }
  }

  async #loadDevice(nodeId: string, device: LoadDevice, known: Present | undefined): Promise<void> {
    if (known?.devices.has(device.name) === true) {
      this.#run.print(`\t\tFound device ${device.name}\n`);
      return;
    }
    this.#run.print(`\t\tAdding device ${device.name} ... `);
    try {
      const request = { ...device, node: nodeId };
      await this.#run.waitQuietly((options) => this.#run.client.devices.add(request, options));
      this.#run.print('OK\n');
    } catch (thrown) {
      this.#run.print(`Unable to add device: ${messageOf(thrown)}\n`);
    }
  }

  async #deleteEmptyClusters(): Promise<void> {
    const { clusters } = this.#run.client;
    for (const id of this.#created) {
      try {
        const { nodes, volumes } = await clusters.get(id);
        if (nodes.length === 0 && volumes.length === 0) await clusters.delete(id);
      } catch {
        // Silently, as heketi-cli does: what matters has been said.
      }
    }
  }
}

/** The server's words; what is no failure of the server's, Ctrl-C for one, is thrown on. */
function messageOf(thrown: unknown): string {
  if (thrown instanceof ClientError) return thrown.message;
  throw thrown;
}
