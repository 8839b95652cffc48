import { expect } from 'vitest';
import type { WireAnswer, WireRequest } from '../support/wire.ts';
import type { Lab } from './lab.ts';
import { Scene } from './scene.ts';
import type { NodeSnapshot } from './snapshot.ts';

const marker = '/run/mortar-test-reached';

export const replica3 = { size: 1, durability: { type: 'replicate', replicate: { replica: 3 } } };
export const replica2 = {
  size: 1,
  durability: { type: 'replicate', replicate: { replica: 2 } },
  glustervolumeoptions: ['cluster.quorum-type none'],
};

/** Three loaded nodes with a manager, and levers to break them. */
export class FaultBench {
  readonly scene: Scene;
  readonly #blank: readonly NodeSnapshot[];
  /** The nodes with their topology and nothing else. */
  readonly loaded: readonly NodeSnapshot[];
  #mends: (() => Promise<unknown>)[] = [];

  private constructor(scene: Scene, blank: readonly NodeSnapshot[], loaded: readonly NodeSnapshot[]) {
    this.scene = scene;
    this.#blank = blank;
    this.loaded = loaded;
  }

  static async open(env: Readonly<Record<string, string>> = {}): Promise<FaultBench> {
    const scene = await Scene.open(3, env);
    const blank = await scene.pictures();
    await scene.loadTopology();
    // Devices are marked with what is known of them in operations of their own.
    await scene.mortar.settle();
    return new FaultBench(scene, blank, await scene.pictures());
  }

  get lab(): Lab {
    return this.scene.lab;
  }

  /** Runs a script as root on a node; it must work. */
  async act(node: number, script: string): Promise<string> {
    const { exitCode, stdout, stderr } = await this.lab.ssh(node, script);
    expect(exitCode, `node ${node}: ${script}: ${stderr}`).toBe(0);
    return stdout;
  }

  /** Breaks a node with a script; it is mended by `mend` with the others. */
  async breakNode(node: number, script: string, mend: string): Promise<void> {
    this.mendWith(() => this.act(node, mend));
    await this.act(node, script);
  }

  mendWith(mend: () => Promise<unknown>): void {
    this.#mends.unshift(mend);
  }

  /** Puts everything right again, in reverse order. */
  async mend(): Promise<void> {
    for (const mend of this.#mends.splice(0)) await mend();
  }

  /**
   * Puts a shell script in a program's place. In it, `$real` is the program and `reached` tells the test. The program comes
   * back at once and whole, and what a script that runs just then looks at stays: it goes on as if nothing had happened.
   */
  async replaceProgram(node: number, path: string, script: string): Promise<void> {
    const stand = `#!/bin/bash\nreal=${path}.real\nreached() { touch ${marker}; }\n${script}\n`;
    await this.breakNode(
      node,
      `rm -f ${marker} ${path}.real.once; { test -e ${path}.real || ln ${path} ${path}.real; } && printf '%s' ${quote(stand)} > ${path}.new && chmod 755 ${path}.new && mv ${path}.new ${path} && sync`,
      `rm -f ${marker}; test ! -e ${path}.real || { ln ${path}.real ${path}.new && mv ${path}.new ${path} && sync; }`,
    );
  }

  /** Waits until a replaced program has said `reached`. */
  async untilReached(node: number): Promise<void> {
    await expect
      .poll(async () => (await this.lab.ssh(node, ['test', '-e', marker])).exitCode, { timeout: 60_000 })
      .toBe(0);
  }

  /** Sends a request and follows it to its end; a failure comes as a problem document. */
  finish(path: string, request: WireRequest): Promise<WireAnswer> {
    return this.scene.mortar.wire.finish(path, { ...request, headers: { accept: 'application/json' } });
  }

  create(body: object): Promise<WireAnswer> {
    return this.finish('/volumes', { body });
  }

  async created(body: object): Promise<{ id: string; bricks: unknown[] }> {
    const answer = await this.create(body);
    expect(answer.status, answer.text).toBe(200);
    return answer.json();
  }

  async delete(id: string): Promise<void> {
    const answer = await this.finish(`/volumes/${id}`, { method: 'DELETE' });
    expect(answer.status, answer.text).toBe(204);
  }

  /** What a volume is refused with. */
  async refused(body: object): Promise<{ code: string; detail: string }> {
    const answer = await this.create(body);
    expect(answer.status, answer.text).toBe(500);
    return answer.json();
  }

  /** Nothing is unfinished, nodes and database agree, and the nodes are as after the topology was loaded. */
  async expectNothingLeft(): Promise<void> {
    await this.#wakeOperations();
    await this.scene.mortar.settle();
    await this.#deleteVolumes();
    expect(await this.scene.differences()).toEqual([]);
    expect(await this.scene.pictures()).toEqual(this.loaded);
  }

  /** What waits for a node would look at it within a minute; nobody wants to wait for that. */
  async #wakeOperations(): Promise<void> {
    const { wire } = this.scene.mortar;
    const { operations } = (await wire.send('/operations/history?limit=20')).json() as {
      operations: { id: string; finished: string | null }[];
    };
    for (const { id, finished } of operations) {
      if (finished === null) await wire.send(`/operations/${id}/resume`, { method: 'POST' });
    }
  }

  /** There are some after a test that has failed: they shall not make the next one fail, too. */
  async #deleteVolumes(): Promise<void> {
    const { volumes } = (await this.scene.mortar.wire.send('/volumes')).json() as { volumes: string[] };
    for (const id of volumes) await this.delete(id);
  }

  /** Gives the nodes back as they were before all this. */
  async close(): Promise<void> {
    try {
      await this.mend();
      await this.scene.removeTopology();
      expect(await this.scene.pictures()).toEqual(this.#blank);
    } finally {
      await this.scene.close();
    }
  }
}

const quote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
