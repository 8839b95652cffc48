import { chmod, chown, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Program } from '../support/manager-process.ts';
import type { ControlPlane } from './control-plane.ts';

interface KeyToPath {
  readonly key: string;
  readonly path: string;
}

interface ProjectedSource {
  readonly serviceAccountToken?: { readonly path: string };
  readonly configMap?: { readonly name: string; readonly items: readonly KeyToPath[] };
  readonly downwardAPI?: {
    readonly items: readonly { readonly path: string; readonly fieldRef: { readonly fieldPath: string } }[];
  };
}

interface Volume {
  readonly name: string;
  readonly configMap?: { readonly name: string };
  readonly secret?: { readonly secretName: string; readonly defaultMode?: number };
  readonly persistentVolumeClaim?: { readonly claimName: string };
  readonly emptyDir?: object;
  readonly projected?: { readonly sources: readonly ProjectedSource[] };
}

interface Mount {
  readonly name: string;
  readonly mountPath: string;
  readonly subPath?: string;
}

interface Pod {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly uid: string };
  readonly spec: {
    readonly serviceAccountName: string;
    readonly securityContext: {
      readonly runAsUser: number;
      readonly runAsGroup: number;
      readonly fsGroup: number;
    };
    readonly volumes?: readonly Volume[];
    readonly containers: readonly {
      readonly args: readonly string[];
      readonly env?: readonly {
        readonly name: string;
        readonly value?: string;
        readonly valueFrom?: { readonly fieldRef: { readonly fieldPath: string } };
      }[];
      readonly volumeMounts?: readonly Mount[];
    }[];
  };
}

const rootScript = fileURLToPath(new URL('container-root', import.meta.url));
const checkout = resolve(import.meta.dirname, '../..');

/**
 * Runs the container of a pod of Mortar's image as a kubelet does: its arguments and variables, its user, a root file system
 * that cannot be written to, config maps, secrets, claims and the service account where the pod's spec wants them, and nothing
 * else of this machine. In the place of the image is what the container file copies into it. The network is this machine's,
 * so the names of all services lead to 127.0.0.1.
 */
export async function runContainer(plane: ControlPlane, namespace: string, name: string): Promise<Program> {
  const pod = await read<Pod>(plane, 'pod', namespace, name);
  const [container] = pod.spec.containers;
  if (container === undefined) throw new Error(`the pod ${name} has no container`);
  const folder = await mkdtemp(join(plane.folder, `${name}-`));
  await writeFile(join(folder, 'hosts'), await hostsFile(plane));
  await mkdir(join(folder, 'root'));
  const mounts: string[] = [];
  for (const mount of container.volumeMounts ?? []) {
    const volume = pod.spec.volumes?.find((each) => each.name === mount.name);
    if (volume === undefined) throw new Error(`the pod ${name} has no volume ${mount.name}`);
    const source = await fill({ plane, pod, folder }, volume);
    mounts.push(`${join(source, mount.subPath ?? '')}:${mount.mountPath}`);
  }
  const { runAsUser, runAsGroup, fsGroup } = pod.spec.securityContext;
  const user = `${runAsUser}:${runAsGroup}:${fsGroup}`;
  const argv = ['unshare', '--mount', '--', rootScript, folder, checkout, dirname(process.execPath), user];
  const env = Object.fromEntries(
    (container.env ?? []).map((each) => [each.name, each.value ?? fieldOf(pod, each.valueFrom?.fieldRef)]),
  );
  return new Program([...argv, ...mounts, '--', '/opt/mortar/dist/main.js', ...container.args], {
    PATH: process.env.PATH ?? '',
    NODE_ENV: 'production',
    KUBERNETES_SERVICE_HOST: '127.0.0.1',
    KUBERNETES_SERVICE_PORT: new URL(plane.url).port,
    ...env,
  });
}

const read = async <T>(plane: ControlPlane, kind: string, namespace: string, name: string): Promise<T> =>
  JSON.parse(await plane.kubectl(['get', kind, name, '-n', namespace, '-o', 'json'])) as T;

async function hostsFile(plane: ControlPlane): Promise<string> {
  const { items } = JSON.parse(await plane.kubectl(['get', 'services', '-A', '-o', 'json'])) as {
    items: readonly { metadata: { name: string; namespace: string } }[];
  };
  const names = items.map(({ metadata }) => `${metadata.name}.${metadata.namespace}.svc`);
  return `127.0.0.1 localhost ${names.join(' ')}\n`;
}

function fieldOf(pod: Pod, reference: { readonly fieldPath: string } | undefined): string {
  if (reference?.fieldPath === 'metadata.namespace') return pod.metadata.namespace;
  throw new Error(`a field that no pod of Mortar has been given yet: ${reference?.fieldPath}`);
}

interface Place {
  readonly plane: ControlPlane;
  readonly pod: Pod;
  readonly folder: string;
}

/** Makes what a volume holds. @returns its folder. */
async function fill({ plane, pod, folder }: Place, volume: Volume): Promise<string> {
  const { namespace } = pod.metadata;
  const { fsGroup } = pod.spec.securityContext;
  if (volume.persistentVolumeClaim !== undefined) {
    // Another container of the same claim finds what the one before left.
    return makeFolder(join(plane.folder, `claim-${volume.persistentVolumeClaim.claimName}`), fsGroup);
  }
  const target = await makeFolder(join(folder, volume.name), fsGroup);
  const put = async (path: string, content: string | Buffer, mode: number): Promise<void> => {
    const file = join(target, path);
    await writeFile(file, content);
    await chown(file, 0, fsGroup);
    await chmod(file, mode);
  };
  if (volume.configMap !== undefined) {
    const { data } = await read<KeyValues>(plane, 'configmap', namespace, volume.configMap.name);
    for (const [key, value] of Object.entries(data)) await put(key, value, 0o644);
  } else if (volume.secret !== undefined) {
    const { data } = await read<KeyValues>(plane, 'secret', namespace, volume.secret.secretName);
    const mode = volume.secret.defaultMode ?? 0o644;
    for (const [key, value] of Object.entries(data)) await put(key, Buffer.from(value, 'base64'), mode);
  } else if (volume.projected !== undefined) {
    for (const source of volume.projected.sources)
      for (const [path, content] of await contentOf(plane, pod, source)) await put(path, content, 0o640);
  } else if (volume.emptyDir === undefined) {
    throw new Error(`a kind of volume that no pod of Mortar has had yet: ${JSON.stringify(volume)}`);
  }
  return target;
}

interface KeyValues {
  readonly data: Readonly<Record<string, string>>;
}

async function makeFolder(path: string, group: number): Promise<string> {
  await mkdir(path, { recursive: true });
  await chown(path, 0, group);
  await chmod(path, 0o2770);
  return path;
}

/** What the API server has every pod with a service account be given. */
async function contentOf(
  plane: ControlPlane,
  pod: Pod,
  { serviceAccountToken, configMap, downwardAPI }: ProjectedSource,
): Promise<[path: string, content: string][]> {
  const { name, namespace, uid } = pod.metadata;
  if (serviceAccountToken !== undefined) {
    const bound = ['--bound-object-kind=Pod', `--bound-object-name=${name}`, `--bound-object-uid=${uid}`];
    const account = pod.spec.serviceAccountName;
    const token = await plane.kubectl(['create', 'token', account, '-n', namespace, ...bound]);
    return [[serviceAccountToken.path, token.trim()]];
  }
  if (configMap !== undefined) {
    const { data } = await read<KeyValues>(plane, 'configmap', namespace, configMap.name);
    return configMap.items.map(({ key, path }) => [path, data[key] ?? '']);
  }
  return (downwardAPI?.items ?? []).map(({ path, fieldRef }) => [path, fieldOf(pod, fieldRef)]);
}
