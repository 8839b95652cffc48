import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runContainer } from '../kube/container.ts';
import { ControlPlane } from '../kube/control-plane.ts';
import { node } from '../kube/objects.ts';
import { Program } from '../support/manager-process.ts';
import { Lab } from './lab.ts';
import { hop, leaveNodes } from './plane.ts';
import { runProcess } from './run-process.ts';

const guide = readFileSync('docs/kubernetes.md', 'utf8');
const lab = new Lab({ nodes: Number(process.env.MORTAR_LAB_NODES ?? 4) });
const workers = lab.nodes.slice(0, 3).map(({ name, address }, index) => ({
  name: `worker-${index + 1}`,
  address,
  labNode: name,
}));

/** The blocks of code of the guide's first section, the way it goes. */
const blocks = [...(guide.split(/^## /m)[1] ?? '').matchAll(/^```\w+\n(.*?)^```$/gms)].map(
  ([, code = '']) => code,
);
const fileOf = (name: string): string => blocks.find((code) => code.startsWith(`# ${name}\n`)) ?? '';

/** The guide's numbered steps, without what needs a container engine or a kubelet. */
const steps = (blocks[0] ?? '')
  .split(/^# \d+\. .*\n/m)
  .slice(1)
  .map((step) => {
    const lines = step.split('\n').filter((line) => line !== '' && !/^docker build|port-forward/.test(line));
    return lines.join('\n');
  });

describe('docs/kubernetes.md, by somebody with a bare cluster', () => {
  let plane: ControlPlane;
  let folder: string;

  beforeAll(async () => {
    plane = await ControlPlane.start({ bash: hop });
    folder = join(plane.folder, 'person');
    mkdirSync(join(folder, 'bin'), { recursive: true });
    const mortar = join(folder, 'bin/mortar');
    writeFileSync(mortar, `#!/bin/sh\nexec ${process.execPath} ${process.cwd()}/dist/main.js "$@"\n`);
    chmodSync(mortar, 0o755);
    await plane.apply(...workers.map(({ name }) => node(name)), hostVolume());
  });
  afterAll(async () => {
    await plane?.stop();
    await leaveNodes(lab);
  });

  /** For the manager's claim: a cluster has a default class. */
  const hostVolume = (): object => ({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'of-the-cluster' },
    spec: {
      capacity: { storage: '2Gi' },
      accessModes: ['ReadWriteOnce'],
      hostPath: { path: '/var/lib/of-the-cluster' },
    },
  });

  const surroundings = (): Record<string, string> => ({
    PATH: `${folder}/bin:${plane.binaries}:${process.env.PATH}`,
    HOME: folder,
    KUBECONFIG: plane.kubeconfig(),
  });

  async function type(script: string): Promise<string> {
    const outcome = await runProcess(['bash', '-euc', script], { env: surroundings() });
    expect(outcome.exitCode, `${script}\n${outcome.stdout}${outcome.stderr}`).toBe(0);
    return outcome.stdout;
  }

  const podsOf = async (namespace: string): Promise<{ name: string; node: string }[]> => {
    const { items } = JSON.parse(await plane.kubectl(['get', 'pods', '-n', namespace, '-o', 'json'])) as {
      items: { metadata: { name: string }; spec: { nodeName?: string } }[];
    };
    return items.map(({ metadata, spec }) => ({ name: metadata.name, node: spec.nodeName ?? '' }));
  };

  /** What runs in a gluster pod runs on the node of the lab that its worker stands for. */
  async function letGlusterRun(): Promise<void> {
    await expect.poll(async () => (await podsOf('storage')).filter((pod) => pod.node !== '').length).toBe(3);
    const rules = (await podsOf('storage')).map((pod) => ({
      namespace: 'storage',
      pod: pod.name,
      env: {
        NODE: workers.find(({ name }) => name === pod.node)?.labNode ?? '',
        SSH_CONFIG: `${lab.stateDir}/ssh_config`,
      },
    }));
    await plane.setExecRules(rules);
    // The first thing that the container does.
    const file = '/var/lib/heketi/fstab';
    for (const { index } of lab.nodes) await lab.ssh(index, `mkdir -p /var/lib/heketi && touch ${file}`);
  }

  /** @returns what runs for the pods of the chart, the manager first. */
  async function letMortarRun(): Promise<Program[]> {
    const names = (await podsOf('mortar')).map(({ name }) => name).sort();
    expect(names).toEqual([
      'mortar-0',
      expect.stringMatching(/^mortar-provisioner-/),
      expect.stringMatching(/^mortar-provisioner-/),
    ]);
    const programs: Program[] = [];
    for (const name of names) {
      const program = await runContainer(plane, 'mortar', name);
      programs.push(program);
      if (name === 'mortar-0') await program.says(/Listening on port/);
    }
    return programs;
  }

  it('leads to a bound claim, and back to nothing', async () => {
    const [images = '', gluster = '', install = '', topology = '', claim = ''] = steps;
    expect(images).toBe('');
    await type(gluster);
    await letGlusterRun();
    await type(install);
    const programs = await letMortarRun();

    const described = workers.reduce(
      (text, { address }, index) => text.replace(`10.0.0.1${index + 1}`, address),
      fileOf('topology.yaml').replaceAll('/dev/sdb', lab.disks[0] ?? ''),
    );
    writeFileSync(join(folder, 'topology.yaml'), described);
    writeFileSync(join(folder, 'claim.yaml'), fileOf('claim.yaml'));
    await type(`cd ${folder}\n${topology}`);

    const [apply = '', watch = ''] = claim.split('\n');
    await type(`cd ${folder}\n${apply}`);
    const watching = new Program(['bash', '-c', watch], surroundings());
    await watching.says(/Bound/);
    await watching.end('SIGTERM');
    const { stdout: volumes } = await lab.ssh(1, 'gluster --mode=script volume list');
    expect(volumes).toMatch(/^vol_|^pvc/);

    await type('kubectl delete pvc data');
    const left = async (): Promise<string> => (await lab.ssh(1, 'gluster --mode=script volume list')).stdout;
    await expect.poll(left, { timeout: 120_000, interval: 1000 }).toBe('');
    for (const program of programs) await program.end('SIGTERM');
    expect(programs[0]?.child.exitCode).toBe(0);
  });
});
