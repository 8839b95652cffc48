import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { runProcess } from '../lab/run-process.ts';
import { ControlPlane } from './control-plane.ts';

const repository = join(import.meta.dirname, '../..');
const chart = join(repository, 'deploy/helm/mortar');
const manifests = join(repository, 'deploy/kubernetes');
const namespace = 'mortar';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly rules?: readonly Rule[];
}

const read = (text: string): Manifest[] =>
  parseAllDocuments(text)
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);

/** Rights of roles, in an order of their own. */
const rights = (objects: readonly Manifest[], isMeant: (manifest: Manifest) => boolean): string[] =>
  objects
    .filter((manifest) => manifest.rules !== undefined && isMeant(manifest))
    .flatMap(({ rules = [] }) =>
      rules.map(({ apiGroups, resources, verbs }) => [apiGroups, resources, verbs].join(' ')),
    )
    .sort();

/** What the secrets of the chart hold. */
async function fill(folder: string): Promise<void> {
  for (const name of ['keys', 'ssh', 'tls', 'data']) mkdirSync(join(folder, name));
  for (const name of ['keys/key', 'keys/user'])
    writeFileSync(join(folder, name), `a long key of ${name}`, { mode: 0o600 });
  writeFileSync(join(folder, 'ssh/known_hosts'), '');
  const pem = (name: string): string => join(folder, 'tls', name);
  for (const argv of [
    ['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'ssh/id_ed25519')],
    `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=mortar -days 2 -keyout ${pem('tls.key')} -out ${pem('tls.crt')}`.split(
      ' ',
    ),
  ]) {
    const { exitCode, stderr } = await runProcess(argv);
    if (exitCode !== 0) throw new Error(stderr);
  }
}

/** Values that turn on whatever is off otherwise. */
const variants: readonly (readonly [name: string, values: readonly string[]])[] = [
  ['as it is', []],
  [
    'with SSH, TLS, a folder of a node and all that can be turned on',
    [
      'manager.config.executor=ssh',
      'manager.sshSecret=nodes',
      'manager.tlsSecret=tls',
      'manager.keysSecret=own',
      'manager.storage.hostPath=/srv/mortar',
      'manager.storage.nodeName=one',
      'provisioner.inTree=true',
      'provisioner.secretNamespaces={team-a,team-b}',
      'networkPolicy.enabled=true',
      'storageClasses[0].name=first',
      'storageClasses[0].isDefault=true',
      'imagePullSecrets[0].name=pull',
    ],
  ],
  [
    'without the provisioner, on a claim that is there',
    ['provisioner.enabled=false', 'manager.storage.existingClaim=mine'],
  ],
];

describe('deploy/', () => {
  let plane: ControlPlane;

  beforeAll(async () => {
    plane = await ControlPlane.start();
    for (const name of [namespace, 'storage', 'team-a', 'team-b'])
      await plane.kubectl(['create', 'namespace', name]);
  });
  afterAll(() => plane?.stop());

  const helm = async (...args: readonly string[]): Promise<string> => {
    const outcome = await runProcess([plane.binary('helm'), ...args], {
      env: { HOME: plane.folder, KUBECONFIG: plane.kubeconfig() },
    });
    expect(outcome.exitCode, outcome.stderr + outcome.stdout).toBe(0);
    return outcome.stdout;
  };
  const render = (values: readonly string[]): Promise<string> =>
    helm(
      'template',
      'mortar',
      chart,
      '--namespace',
      namespace,
      ...values.flatMap((value) => ['--set', value]),
    );
  const ask = (stdin: string): Promise<string> =>
    plane.kubectl(['apply', '--dry-run=server', '--validate=strict', '-f', '-'], { stdin });

  it('the chart has no faults that helm knows of', async () => {
    expect(await helm('lint', '--strict', chart)).toContain('0 chart(s) failed');
  });

  it.each(variants)('the chart is taken by the API server: %s', async (_name, values) => {
    const text = await render(values);
    const answer = await ask(text);
    for (const { kind, metadata } of read(text))
      expect(answer).toMatch(new RegExp(`${kind.toLowerCase()}[^/]*/${metadata.name} `));
  });

  it.each(variants)('the configuration in the chart passes the check: %s', async (_name, values) => {
    const objects = read(await render(values));
    const text = objects.find(({ kind }) => kind === 'ConfigMap')?.data?.['mortar.yaml'] ?? '';
    const folder = mkdtempSync(join(tmpdir(), 'mortar-chart-'));
    try {
      await fill(folder);
      const path = join(folder, 'mortar.yaml');
      writeFileSync(
        path,
        text.replaceAll('/etc/mortar', folder).replaceAll('/var/lib/mortar', join(folder, 'data')),
      );
      const argv = ['--import', 'tsx', 'src/main.ts', 'config', 'check', '--config', path];
      const outcome = await runProcess([process.execPath, ...argv]);
      expect(outcome.exitCode, outcome.stdout + outcome.stderr).toBe(0);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('the keys are made at the first installation, and stay', async () => {
    const install = (): Promise<string> =>
      helm('upgrade', '--install', 'mortar', chart, '--namespace', namespace);
    const keys = async (): Promise<Record<string, string>> =>
      JSON.parse(await plane.kubectl(['get', 'secret', 'mortar-keys', '-n', namespace, '-o', 'json'])).data;
    await install();
    const first = await keys();
    expect(Buffer.from(first['key'] ?? '', 'base64')).toHaveLength(43);
    expect(first['key']).not.toBe(first['user']);
    await install();
    expect(await keys()).toEqual(first);
    await helm('uninstall', 'mortar', '--namespace', namespace);
    expect(await keys()).toEqual(first);
  });

  it('the manager may exec in pods of one namespace, and nothing else', async () => {
    const objects = read(await render(['manager.glusterNamespace=team-a']));
    const own = objects.filter(
      ({ rules, metadata }) => rules !== undefined && metadata.name === 'mortar-exec',
    );
    expect(own.map(({ kind, metadata }) => `${kind} in ${metadata.namespace}`)).toEqual(['Role in team-a']);
    expect(rights(own, () => true)).toEqual([' pods get,list,watch', ' pods/exec get,create']);
  });

  it('the chart gives the provisioner the rights of the manifest, no more and no less', async () => {
    const plain = read(readFileSync(join(manifests, 'provisioner.yaml'), 'utf8'));
    const rendered = read(await render([]));
    const isProvisioner = ({ metadata }: Manifest): boolean => metadata.name.includes('provisioner');
    expect(rights(rendered, isProvisioner)).toEqual(rights(plain, isProvisioner));
  });

  it('the API server takes every manifest', async () => {
    const files = readdirSync(manifests).filter((name) => name.endsWith('.yaml'));
    expect(files.length).toBeGreaterThan(1);
    for (const file of files) await ask(readFileSync(join(manifests, file), 'utf8'));
  });
});
