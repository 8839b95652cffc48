import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { memoryOf } from './memory.ts';

/** A real `mortar provisioner` process. */
export class ProvisionerProcess {
  readonly #child: ChildProcess;
  readonly #port: number;
  /** From starting the process until it serves claims. */
  readonly startMs: number;

  private constructor(child: ChildProcess, port: number, startMs: number) {
    this.#child = child;
    this.#port = port;
    this.startMs = startMs;
  }

  /** @throws Error with what it said when it ends before it serves. */
  static async start(program: string, kubeconfig: string): Promise<ProvisionerProcess> {
    const started = performance.now();
    const flags = [`--kubeconfig=${kubeconfig}`, '--namespace=mortar', '--http=127.0.0.1:0'];
    const child = spawn(join(program, 'main.js'), ['provisioner', ...flags], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    const port = await new Promise<number>((resolve, reject) => {
      child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        const found = /"port":(\d+)/.exec(said)?.[1];
        if (found !== undefined && said.includes('"serving claims"')) resolve(Number(found));
      });
      child.once('exit', () => reject(new Error(`mortar provisioner ended: ${said}`)));
    });
    return new ProvisionerProcess(child, port, performance.now() - started);
  }

  /** What it has asked of the API server so far, without the upkeep of its lease. */
  async requests(): Promise<{ readonly total: number; readonly lists: number }> {
    const text = await (await fetch(`http://127.0.0.1:${this.#port}/metrics`)).text();
    const samples = [
      ...text.matchAll(/^mortar_provisioner_api_requests_total\{verb="(\w+)",resource="(\w+)"\} (\d+)/gm),
    ];
    const sum = (isMeant: (verb: string, resource: string) => boolean): number =>
      samples
        .filter(([, verb = '', resource = '']) => isMeant(verb, resource))
        .reduce((total, [, , , count]) => total + Number(count), 0);
    return {
      total: sum((_verb, resource) => resource !== 'leases'),
      lists: sum((verb) => verb === 'list'),
    };
  }

  memoryMib(): { readonly now: number; readonly peak: number } {
    return memoryOf(this.#child.pid);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await ended;
  }
}
