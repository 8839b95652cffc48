import { expect } from 'vitest';
import type { Lab } from './lab.ts';

const point = '/mnt/mortar-test';

/** A volume mounted over FUSE on a node, as its users see it. */
export class ClientMount {
  readonly #lab: Lab;
  readonly node: number;

  private constructor(lab: Lab, node: number) {
    this.#lab = lab;
    this.node = node;
  }

  /** @param volume as the API shows it. */
  static async open(
    lab: Lab,
    node: number,
    volume: { mount: { glusterfs: { device: string; options: Record<string, string> } } },
  ): Promise<ClientMount> {
    const { device, options } = volume.mount.glusterfs;
    const words = Object.entries(options).map(([name, value]) => `${name}=${value.replaceAll(',', ':')}`);
    const command = `mkdir -p ${point} && mount -t glusterfs -o ${words.join(',')} ${device} ${point}`;
    // After a boot glusterd is there before the bricks of a volume are.
    await expect
      .poll(async () => (await lab.ssh(node, command)).exitCode, { timeout: 60_000, interval: 1000 })
      .toBe(0);
    return new ClientMount(lab, node);
  }

  async write(name: string, text: string): Promise<void> {
    const outcome = await this.#lab.ssh(this.node, `cat > ${point}/${name} && sync ${point}/${name}`, {
      stdin: text,
      timeoutMs: 120_000,
    });
    expect(outcome.exitCode, outcome.stderr).toBe(0);
  }

  async read(name: string): Promise<string> {
    const outcome = await this.#lab.ssh(this.node, `cat ${point}/${name}`, { timeoutMs: 120_000 });
    expect(outcome.exitCode, outcome.stderr).toBe(0);
    return outcome.stdout;
  }

  /** Appends numbered lines to a file, one by one, until `stop`. */
  async startWriting(name: string): Promise<{ stop(): Promise<void> }> {
    const stopFile = `/tmp/stop-writing-${name}`;
    const file = `${point}/${name}`;
    await this.#lab.ssh(this.node, `rm -f ${stopFile}; echo "line 1" > ${file}`);
    const loop = `i=1; while [ ! -e ${stopFile} ]; do i=$((i+1)); echo "line $i" >> ${file} || exit 1; done; echo $i`;
    const writing = this.#lab.ssh(this.node, loop, { timeoutMs: 300_000 });
    return {
      stop: async () => {
        await this.#lab.ssh(this.node, `touch ${stopFile}`);
        const { exitCode, stdout, stderr } = await writing;
        expect(exitCode, stderr).toBe(0);
        expect(Number(stdout)).toBeGreaterThan(10);
        const compare = `seq -f 'line %.0f' ${stdout.trim()} | cmp - ${file} && rm ${stopFile}`;
        const compared = await this.#lab.ssh(this.node, compare);
        expect(compared.exitCode, compared.stdout + compared.stderr).toBe(0);
      },
    };
  }

  /** Group and mode of the top folder. */
  async owner(): Promise<{ gid: string; mode: string }> {
    const outcome = await this.#lab.ssh(this.node, `stat -c '%g %a' ${point}`);
    const [gid = '', mode = ''] = outcome.stdout.trim().split(' ');
    return { gid, mode };
  }

  /** Room of the volume in KiB, as `df` shows it. */
  async sizeKib(): Promise<number> {
    const outcome = await this.#lab.ssh(this.node, `df -k --output=size ${point} | tail -1`);
    return Number(outcome.stdout.trim());
  }

  async close(): Promise<void> {
    await this.#lab.ssh(this.node, `umount -l ${point}; rmdir ${point}`);
  }
}
