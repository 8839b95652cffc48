import { generateKeyPairSync } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { runProcess } from '../lab/run-process.ts';
import { files, type Site } from './components.ts';

/** Where `exec` in a pod runs its commands: on this machine, with these variables in the environment. */
export interface ExecRule {
  readonly namespace: string;
  readonly pod: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface User {
  readonly name: string;
  readonly token: string;
  readonly groups: readonly string[];
}

/** Writes what the programs read when they start. */
export async function writeSettings(
  site: Site,
  users: readonly User[],
  rules: readonly ExecRule[],
): Promise<void> {
  const { folder, ports } = site;
  const write = (name: string, text: string): Promise<void> =>
    writeFile(`${folder}/${name}`, text, { mode: 0o600 });
  await mkdir(`${folder}/pki`);
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await write(files.serviceAccountKey, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  await write(
    files.tokens,
    users.map(({ name, token, groups }) => `${token},${name},${name},"${groups.join(',')}"\n`).join(''),
  );
  for (const { name, token } of users)
    await write(`${name}.kubeconfig`, kubeconfig(folder, ports.api, name, token));
  await writeExecRules(site, rules);
  await makeCertificate(`${folder}/${files.kwokKey}`, `${folder}/${files.kwokCertificate}`);
}

/** What kwok reads when it starts. */
export async function writeExecRules({ folder }: Site, rules: readonly ExecRule[]): Promise<void> {
  const text = [...rules.map(execRule), clusterExec].map(toDocument).join('');
  await writeFile(`${folder}/${files.kwokConfig}`, text, { mode: 0o600 });
}

/** A kubeconfig is YAML, so JSON will do. */
export function kubeconfig(folder: string, port: number, user: string, token: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [
      {
        name: 'test',
        cluster: {
          server: `https://127.0.0.1:${port}`,
          'certificate-authority': `${folder}/${files.authority}`,
        },
      },
    ],
    users: [{ name: user, user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user } }],
  });
}

const execRule = ({ namespace, pod, env }: ExecRule): object => ({
  apiVersion: 'kwok.x-k8s.io/v1alpha1',
  kind: 'Exec',
  metadata: { name: pod, namespace },
  spec: {
    execs: [{ local: { workDir: '/', envs: Object.entries(env).map(([name, value]) => ({ name, value })) } }],
  },
});

/** For all other pods. */
const clusterExec = {
  apiVersion: 'kwok.x-k8s.io/v1alpha1',
  kind: 'ClusterExec',
  metadata: { name: 'all' },
  spec: { execs: [{ local: { workDir: '/' } }] },
};

const toDocument = (value: object): string => `---\n${JSON.stringify(value)}\n`;

async function makeCertificate(keyFile: string, file: string): Promise<void> {
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  const name = ['-subj', '/CN=kwok', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const make = ['openssl', 'req', '-x509', '-nodes', '-days', '7'];
  const outcome = await runProcess([...make, ...curve, ...name, '-keyout', keyFile, '-out', file]);
  if (outcome.exitCode !== 0) throw new Error(`no certificate: ${outcome.stderr}`);
}
