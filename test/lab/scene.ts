import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { findDifferences } from '../support/checker.ts';
import { labFacts } from './facts.ts';
import { Lab, type LabNode } from './lab.ts';
import { Mortar } from './mortar.ts';
import type { NodeSnapshot } from './snapshot.ts';

/** The lab with a manager beside it. */
export class Scene {
  readonly lab: Lab;
  readonly mortar: Mortar;
  readonly folder: string;

  private constructor(lab: Lab, mortar: Mortar, folder: string) {
    this.lab = lab;
    this.mortar = mortar;
    this.folder = folder;
  }

  static async open(
    nodes = Number(process.env.MORTAR_LAB_NODES ?? 4),
    env: Readonly<Record<string, string>> = {},
  ): Promise<Scene> {
    const lab = new Lab({ nodes });
    const folder = mkdtempSync(join(tmpdir(), 'mortar-lab-test-'));
    const mortar = new Mortar(lab, folder, { env });
    await mortar.start();
    return new Scene(lab, mortar, folder);
  }

  /**
   * Loads the lab's nodes and disks with `mortar topology load`.
   *
   * @param devices other ones than the lab's two disks, of some nodes.
   * @param nodes not all of the lab's.
   */
  async loadTopology(
    devices: Readonly<Record<string, readonly string[]>> = {},
    nodes: readonly LabNode[] = this.lab.nodes,
  ): Promise<string> {
    const file = join(this.folder, 'topology.json');
    writeFileSync(file, JSON.stringify(this.mortar.topology(devices, nodes)));
    const outcome = await this.mortar.cli('topology', 'load', `--json=${file}`);
    expect(outcome.exitCode, outcome.stderr).toBe(0);
    // What Mortar writes onto the nodes afterwards belongs to the picture of a loaded topology.
    await this.mortar.settle();
    return outcome.stdout;
  }

  /** Gives every node and disk back. */
  async removeTopology(): Promise<void> {
    const file = join(this.folder, 'empty.json');
    writeFileSync(file, JSON.stringify({ clusters: [] }));
    const outcome = await this.mortar.cli('topology', 'apply', '--yes', file);
    expect(outcome.exitCode, outcome.stdout + outcome.stderr).toBe(0);
  }

  /**
   * What is on the nodes, to be compared with later: gluster may call a peer by another of its names any time, and what
   * Mortar writes on its own must not be under way.
   */
  async pictures(): Promise<NodeSnapshot[]> {
    const uuidOf = (peer: string): string => peer.split(' ')[0] ?? '';
    const written = await this.mortar.rest();
    const snapshots = await this.#snapshots();
    if ((await this.mortar.rest()) !== written) return this.pictures();
    return snapshots.map((snapshot) => ({
      ...snapshot,
      glusterPeers: snapshot.glusterPeers.map(uuidOf).sort(),
    }));
  }

  /** Stops the manager, compares its database with all nodes, and starts it again. */
  async differences(): Promise<string[]> {
    await this.mortar.rest();
    await this.mortar.stop();
    const facts = new Map(
      (await this.#snapshots()).map((snapshot, index) => [this.lab.nodes[index]?.name, labFacts(snapshot)]),
    );
    const found = await this.mortar.read((reads) =>
      findDifferences(reads, {
        factsOf: (name) => {
          const known = facts.get(name);
          if (known === undefined) throw new Error(`no facts of ${name}`);
          return known;
        },
      }),
    );
    await this.mortar.start();
    return found;
  }

  /** Index of the lab's node that a storage address belongs to. */
  nodeOf(brick: string): number {
    return this.lab.nodes.find(({ address }) => brick.startsWith(`${address}:`))?.index ?? 0;
  }

  #snapshots(): Promise<NodeSnapshot[]> {
    return Promise.all(this.lab.nodes.map(({ index }) => this.lab.snapshotNode(index)));
  }

  async close(): Promise<void> {
    await this.mortar.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
